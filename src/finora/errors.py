"""The root of Finora's errors.

Every error a user can meet is one class per case below a room's own branch::

    FinoraError
    ├── ConfigurationError      a setting is wrong; nothing was started
    ├── StorageError            the data directory or a database cannot be used
    ├── BadRequest              what was asked cannot be done as asked
    │   ├── InvalidQuery        (finora.spend)
    │   └── …
    ├── NotFound
    ├── AccessDenied
    └── ProviderError           (finora.providers)

The message says what happened and what to do, in words for the person who reads it; it never holds a secret.
"""

from __future__ import annotations

from typing import Any, ClassVar


class FinoraError(Exception):
    """An error with a message for its reader.

    Attributes:
        code: Stable identifier, published in the API (`code` of problem+json).
        status: The HTTP status a face answers with.
        title: A short name of the case, the same for each occurrence.
        extra: Further members of the problem document, for example the provider's own words.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, **extra: Any) -> None:  # noqa: ANN401 - members of a JSON document
        super().__init__(message)
        self.message = message
        self.extra = extra


class ConfigurationError(FinoraError):
    """A setting is missing, malformed or contradicts another."""

    code = "configuration"
    title = "Configuration problem"


class StorageError(FinoraError):
    """The data directory or one of the databases in it cannot be used."""

    code = "storage"
    status = 503
    title = "Storage problem"


class BadRequest(FinoraError):
    """What was asked cannot be done as asked."""

    code = "bad_request"
    status = 400
    title = "Bad request"


class NotFound(FinoraError):
    """No such record, or not one that the reader may see."""

    code = "not_found"
    status = 404
    title = "Not found"


class NotSignedIn(FinoraError):
    """The request names no valid session or token."""

    code = "not_signed_in"
    status = 401
    title = "Not signed in"


class AccessDenied(FinoraError):
    """The reader is known but may not do this."""

    code = "access_denied"
    status = 403
    title = "Access denied"


class Conflict(FinoraError):
    """What was asked contradicts the present state."""

    code = "conflict"
    status = 409
    title = "Conflict"
