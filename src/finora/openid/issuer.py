"""Issuers: those that are known by name, and what each says about itself."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

GOOGLE = "https://accounts.google.com"
_MICROSOFT = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who vouches for people.

    Attributes:
        address: Its identifier, below which it publishes its configuration.
        label: What the button to it says.
    """

    address: str
    label: str

    @classmethod
    def named(cls, text: str, label: str) -> Issuer:
        """Return the issuer of a setting: `google`, `microsoft:<tenant id>` or an address."""
        name, _, tenant = text.partition(":")
        if name == "google":
            return cls(address=GOOGLE, label=label or "Google")
        if name == "microsoft":
            return cls(address=f"{_MICROSOFT}/{tenant}/v2.0", label=label or "Microsoft")
        return cls(address=text, label=label or "Single sign-on")

    @property
    def configuration_url(self) -> str:
        """Where it publishes its configuration (OpenID Connect Discovery 1.0, section 4)."""
        return f"{self.address.rstrip('/')}/.well-known/openid-configuration"

    @property
    def is_google(self) -> bool:
        """Whether `hd` names the organisation that an account belongs to."""
        return self.address == GOOGLE

    @property
    def is_microsoft(self) -> bool:
        """Whether `xms_edov` says that an address was verified; Microsoft has no `email_verified`."""
        return self.address.startswith(_MICROSOFT)


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer publishes about itself, as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False
