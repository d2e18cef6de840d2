"""What can go wrong between Finora and a provider.

The errors form this tree::

    ProviderError
    ├── InvalidCredentials       401: the key is not accepted
    ├── AccessRefused            403: the key may not do this
    ├── ProviderRateLimited      429, and waiting did not help or was not wanted
    ├── ProviderUnreachable      no answer
    │   ├── NameNotFound         DNS
    │   ├── InsecureConnection   TLS
    │   └── NoAnswerInTime       time-out
    ├── ProviderFault            5xx
    ├── RequestRefused           400 and other 4xx: a fault of Finora's request
    ├── EndpointMissing          404
    ├── UnexpectedAnswer         200, but not what the provider documents
    └── InconsistentRead         a window could not be read whole
"""

from __future__ import annotations

from finora.errors import FinoraError


class ProviderError(FinoraError):
    """Something between Finora and a provider went wrong. `extra["provider_message"]` holds its own words, if any."""

    code = "provider_error"
    status = 502
    title = "The provider did not answer as it should"


class InvalidCredentials(ProviderError):
    """The provider does not accept the key."""

    code = "invalid_credentials"
    status = 422
    title = "The key was not accepted"


class AccessRefused(ProviderError):
    """The provider knows the key but refuses this to it."""

    code = "access_refused"
    status = 422
    title = "The key may not do this"


class ProviderRateLimited(ProviderError):
    """The provider asks for patience."""

    code = "provider_rate_limited"
    status = 503
    title = "Too many requests for now"


class ProviderUnreachable(ProviderError):
    """There was no answer."""

    code = "provider_unreachable"
    title = "The provider could not be reached"


class NameNotFound(ProviderUnreachable):
    """The provider's name could not be looked up."""


class InsecureConnection(ProviderUnreachable):
    """A secure connection could not be made."""


class NoAnswerInTime(ProviderUnreachable):
    """The provider took too long."""


class ProviderFault(ProviderError):
    """The provider reports a fault of its own."""

    code = "provider_fault"


class RequestRefused(ProviderError):
    """The provider refuses the request as such."""

    code = "provider_refused_request"


class EndpointMissing(ProviderError):
    """The provider does not have what was asked for, or not for this plan."""

    code = "provider_endpoint_missing"


class UnexpectedAnswer(ProviderError):
    """The answer is not what the provider documents."""

    code = "provider_unexpected_answer"


class InconsistentRead(ProviderError):
    """The pages of a window contradict each other, time and again."""

    code = "inconsistent_read"
    title = "The provider's pages contradict each other"
