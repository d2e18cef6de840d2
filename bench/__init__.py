"""Benchmarks: `make bench` measures speed and size against the limits we set ourselves, and prints a table."""
