"""Subscriptions: flat-rate AI spend that no billing API shows."""
