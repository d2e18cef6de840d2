"""What can go wrong between Finora and an OpenID Connect issuer."""

from __future__ import annotations

from finora.errors import AccessDenied, FinoraError


class OpenIdFailed(FinoraError):
    """The issuer cannot be reached, or what it or the browser brought cannot be trusted."""

    code = "openid_failed"
    status = 502
    title = "Single sign-on failed"


class OpenIdRefused(AccessDenied):
    """The issuer knows who it is, and that is not enough to come in."""

    code = "openid_refused"
    title = "Single sign-on did not let you in"
