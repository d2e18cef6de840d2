"""Small pure values that the rest of Finora is written in."""
