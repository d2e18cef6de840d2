"""The endpoints, one module a section of the reference."""
