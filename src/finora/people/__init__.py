"""People, teams and their identities across providers."""

from finora.people.belonging import KnownTeam
from finora.people.service import KnownPerson, People
from finora.people.teams import Teams

__all__ = ["KnownPerson", "KnownTeam", "People", "Teams"]
