"""Credentials, encrypted under a master key that lives outside of the database."""

from finora.vault.errors import (
    CredentialNotFound,
    CredentialUnreadable,
    InvalidMasterKey,
    KeyIsSetting,
    MissingMasterKey,
    NothingToForget,
    WrongMasterKey,
)
from finora.vault.key_file import KEY_FILE, check_master_key, forget_credentials, open_vault, rotate_key_file
from finora.vault.keys import KeyRing, MasterKey
from finora.vault.secret import Secret
from finora.vault.vault import Vault

__all__ = [
    "KEY_FILE",
    "CredentialNotFound",
    "CredentialUnreadable",
    "InvalidMasterKey",
    "KeyIsSetting",
    "KeyRing",
    "MasterKey",
    "MissingMasterKey",
    "NothingToForget",
    "Secret",
    "Vault",
    "WrongMasterKey",
    "check_master_key",
    "forget_credentials",
    "open_vault",
    "rotate_key_file",
]
