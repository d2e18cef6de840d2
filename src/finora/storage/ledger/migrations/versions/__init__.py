"""One file per revision; the number in its name is the revision."""
