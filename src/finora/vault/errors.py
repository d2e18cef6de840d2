"""What can be wrong with a credential or with the key to all of them."""

from __future__ import annotations

from finora.errors import ConfigurationError, Conflict, NotFound, StorageError


class InvalidMasterKey(ConfigurationError):
    """What was given as master key is none."""

    code = "invalid_master_key"
    title = "The master key is malformed"


class MissingMasterKey(ConfigurationError):
    """There are credentials, but the key to them is not there."""

    code = "missing_master_key"
    title = "The master key is missing"


class WrongMasterKey(ConfigurationError):
    """There are credentials, and the key at hand is not the key to them."""

    code = "wrong_master_key"
    title = "The master key is not the right one"


class NothingToForget(Conflict):
    """The credentials can all be read, so that none is given up."""

    code = "nothing_to_forget"
    title = "The master key is the right one"


class KeyIsSetting(ConfigurationError):
    """The master key is not in a file that Finora could write."""

    code = "key_is_setting"
    title = "The master key is a setting"


class CredentialNotFound(NotFound):
    """No such credential; it may have been deleted."""

    code = "credential_not_found"
    title = "Credential not found"


class CredentialUnreadable(StorageError):
    """A stored credential was damaged, or swapped with another."""

    code = "credential_unreadable"
    title = "A stored credential is damaged"
