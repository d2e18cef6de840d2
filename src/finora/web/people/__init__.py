"""People and Teams: everybody, one person, one team."""
