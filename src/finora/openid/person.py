"""Who came from an issuer, and whether what it says of them is enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finora.openid.errors import OpenIdRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.openid.issuer import Issuer

_YES = (True, "true", 1, "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom an issuer vouches for.

    Attributes:
        issuer: Who vouches.
        subject: Who they are there; never given to anybody else.
        email: Their verified address, in lower case.
        name: For people to read; may be empty.
        may_join: Whether they may come in without having been invited.
    """

    issuer: str
    subject: str
    email: str
    name: str
    may_join: bool


def person_of(claims: Mapping[str, Any], issuer: Issuer, domains: tuple[str, ...]) -> Person:
    """Return whom claims describe.

    Args:
        claims: Those of a verified ID token, and of the userinfo endpoint.
        issuer: Who made them.
        domains: The e-mail domains that may come in; none means those who were invited.

    Raises:
        OpenIdRefused: The address is missing, not verified, or of another domain.
    """
    email = claims.get("email")
    email = email.strip().lower() if isinstance(email, str) else ""
    verified = claims.get("xms_edov" if issuer.is_microsoft else "email_verified")
    if not email or verified not in _YES:
        raise OpenIdRefused(
            f"{issuer.label} does not say that your e-mail address is verified, so Finora cannot know who you are. "
            + ("Its app registration must send the claims email and xms_edov." if issuer.is_microsoft else "")
        )
    # A private Google account can have a company's address; only `hd` says that the company manages it.
    home = str(claims.get("hd", "")).lower() if issuer.is_google else email.rpartition("@")[2]
    if domains and home not in domains:
        raise OpenIdRefused("Your account is of another organisation than those that may come in here.")
    name = claims.get("name")
    return Person(
        issuer=issuer.address,
        subject=str(claims["sub"]),
        email=email,
        name=name if isinstance(name, str) else "",
        may_join=bool(domains),
    )
