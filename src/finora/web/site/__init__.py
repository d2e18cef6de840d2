"""What every page shares: its frame, its routes, its templates and its words."""
