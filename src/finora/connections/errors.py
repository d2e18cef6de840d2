"""What can be wrong with connecting, apart from what the provider says (`finora.providers.errors`)."""

from __future__ import annotations

from finora.errors import BadRequest, Conflict, NotFound


class ConnectionNotFound(NotFound):
    """There is no such connection."""

    title = "No such connection"


class InvalidKeyText(BadRequest):
    """What was entered cannot be a key."""

    code = "invalid_credentials"
    status = 422
    title = "This cannot be a key"


class DifferentTeam(Conflict):
    """The new key opens the account of a different team."""

    code = "different_team"
    title = "The key belongs to a different team"


class AlreadyConnected(Conflict):
    """The key opens an account that is connected already."""

    code = "already_connected"
    title = "This team is connected already"
