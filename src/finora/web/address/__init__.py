"""What an address says and how it is written: every state of every page."""
