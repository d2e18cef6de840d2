"""`finora`: the command line, a face over the same API that others use."""

from finora.cli.main import main

__all__ = ["main"]
