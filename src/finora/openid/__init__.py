"""Single sign-on by OpenID Connect: who somebody is at an issuer that the operator trusts."""

from finora.openid.errors import OpenIdFailed, OpenIdRefused
from finora.openid.person import Person
from finora.openid.provider import Begun, OpenIdProvider

__all__ = ["Begun", "OpenIdFailed", "OpenIdProvider", "OpenIdRefused", "Person"]
