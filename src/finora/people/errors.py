"""What can be wrong with people and teams."""

from __future__ import annotations

from finora.errors import BadRequest, Conflict, NotFound


class PersonNotFound(NotFound):
    """Nobody of that address is known, or not somebody the reader may see."""

    code = "person_not_found"
    title = "No such person"


class TeamNotFound(NotFound):
    """There is no such team."""

    code = "team_not_found"
    title = "No such team"


class InvalidTeamName(BadRequest):
    """A team cannot be called that."""

    code = "invalid_team_name"
    title = "A team cannot be called that"


class TeamNameTaken(Conflict):
    """Another team has the name, and two that look alike could not be told apart in any table."""

    code = "team_name_taken"
    title = "Another team has this name"


class InvalidMembers(BadRequest):
    """Who shall be moved cannot be read or is nobody."""

    code = "invalid_members"
    title = "Nobody was moved"
