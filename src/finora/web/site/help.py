"""Where the documentation goes on from an error."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TROUBLE: Final = "/docs/troubleshooting"

_SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "access_denied": "/docs/access#roles",
        "not_permitted": "/docs/access#roles",
        "link_invalid": "/docs/access#forgotten-password",
        "setup_link_invalid": f"{_TROUBLE}#i-lost-the-link-for-the-first-owner",
        "too_many_attempts": f"{_TROUBLE}#i-cannot-sign-in",
        "foreign_request": f"{_TROUBLE}#this-request-did-not-come-from-finoras-own-pages",
        "identity_refused": f"{_TROUBLE}#single-sign-on-does-not-let-me-in",
        "openid_refused": f"{_TROUBLE}#single-sign-on-does-not-let-me-in",
        "openid_failed": f"{_TROUBLE}#single-sign-on-does-not-let-me-in",
        "events_too_large": f"{_TROUBLE}#the-question-is-too-large",
        "took_too_long": f"{_TROUBLE}#the-question-is-too-large",
        "events_unusable": f"{_TROUBLE}#the-disk-is-full",
        "ledger_unusable": f"{_TROUBLE}#the-disk-is-full",
        "events_damaged": f"{_TROUBLE}#a-database-is-damaged",
        "ledger_damaged": f"{_TROUBLE}#a-database-is-damaged",
        "page_not_found": "/docs",
        "internal": f"{_TROUBLE}#something-went-wrong",
    }
)


def section_about(code: str) -> str:
    """Return the address of what the documentation says to an error; empty where the error says it all."""
    return _SECTIONS.get(code, "")
