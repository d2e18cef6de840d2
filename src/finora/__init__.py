"""Finora: what a company spends on AI tools, to the event and to the cent."""

__version__ = "0.1.0"
