"""Explore: any question of the catalogue as chart and table."""
