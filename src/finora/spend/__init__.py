"""The heart of Finora: events, the catalogue of what can be asked of them, and the one query all faces share."""
