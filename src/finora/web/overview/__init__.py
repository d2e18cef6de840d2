"""The Overview and its patterns of days and hours."""
