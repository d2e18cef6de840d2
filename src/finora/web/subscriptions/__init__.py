"""AI Subscriptions: what is paid at a flat rate, and whose seats it buys."""
