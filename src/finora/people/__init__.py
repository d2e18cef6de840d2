"""People, teams and their identities across providers."""

from finora.people.service import KnownPerson, People

__all__ = ["KnownPerson", "People"]
