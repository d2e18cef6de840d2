"""The settings: API keys and their connections, the own account, users, the audit log."""
