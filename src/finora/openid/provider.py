"""The authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 9700)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from finora.openid.errors import OpenIdFailed, OpenIdRefused
from finora.openid.issuer import Configuration, Issuer
from finora.openid.person import Person, person_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.settings import Settings
    from finora.values.clock import Clock

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key that only the issuer has; never those made with the client's secret, and never none."""
_TIMEOUT_SECONDS = 10
_LEEWAY_SECONDS = 60


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser keeps, sealed, between leaving for the issuer and coming back."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    linking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdProvider:
    """The one issuer that the operator trusts, as a client of which Finora is registered."""

    issuer: Issuer
    client_id: str
    client_secret: str
    domains: tuple[str, ...]
    clock: Clock

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> OpenIdProvider | None:
        """Return the provider of the settings, or None where they name none."""
        if not settings.openid_issuer:
            return None
        return cls(
            issuer=Issuer.named(settings.openid_issuer, settings.openid_label),
            client_id=settings.openid_client_id,
            client_secret=settings.openid_client_secret,
            domains=settings.openid_domains,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"OpenIdProvider({self.issuer.address})"

    @property
    def label(self) -> str:
        """What the button says."""
        return self.issuer.label

    def begin(self, redirect_uri: str, *, wanted: str, linking: bool = False) -> tuple[str, Begun]:
        """Return where to send a browser, and what it must bring back.

        Args:
            redirect_uri: Where the issuer sends it back to.
            wanted: The page to open afterwards.
            linking: Whether somebody signed in wants to add the identity to their account.

        Raises:
            OpenIdFailed: The issuer cannot be reached.
        """
        configuration = self._configuration()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            configuration.authorization_endpoint,
            client_id=self.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope="openid email profile",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url, Begun(state=state, nonce=nonce, verifier=verifier, wanted=wanted, linking=linking)

    def finish(self, redirect_uri: str, answer: Mapping[str, str], begun: Begun) -> Person:
        """Return who came back from the issuer.

        Args:
            redirect_uri: The same as at the beginning.
            answer: The parameters that the browser brought.
            begun: What it had to bring besides.

        Raises:
            OpenIdFailed: Something cannot be trusted, or the issuer cannot be reached.
            OpenIdRefused: The issuer or the allowed domains did not let them in.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise OpenIdFailed("This answer belongs to another sign-in. Begin again.")
        configuration = self._configuration()
        self._check_answer(answer, configuration)
        tokens = self._tokens(configuration, answer["code"], redirect_uri, begun)
        claims = self._claims(configuration, tokens, begun)
        if "email" not in claims and configuration.userinfo_endpoint:
            claims = self._told(configuration, str(tokens.get("access_token")), claims) | claims
        return person_of(claims, self.issuer, self.domains)

    def _check_answer(self, answer: Mapping[str, str], configuration: Configuration) -> None:
        # RFC 9207: the answer names its issuer, so that none can pass for another.
        named = answer.get("iss")
        must_name = configuration.authorization_response_iss_parameter_supported
        if (must_name or named is not None) and named != configuration.issuer:
            raise OpenIdFailed("This answer is from another issuer. Begin again.")
        if "code" not in answer:
            raise OpenIdRefused(f"{self.label} did not sign you in. Try again, or ask who runs it.")

    def _tokens(
        self, configuration: Configuration, code: str, redirect_uri: str, begun: Begun
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        auth = None
        if "client_secret_basic" in configuration.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(self.client_id, self.client_secret)
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return self._asked("POST", configuration.token_endpoint, data=form, auth=auth)

    def _claims(
        self, configuration: Configuration, tokens: Mapping[str, Any], begun: Begun
    ) -> dict[str, Any]:
        keys = self._asked("GET", configuration.jwks_uri)
        try:
            token = jwt.decode(
                str(tokens.get("id_token")),
                KeySet.import_key_set(keys),  # type: ignore[arg-type]  # checked by joserfc itself
                algorithms=_ALGORITHMS,
            )
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": configuration.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "nonce": {"essential": True, "value": begun.nonce},
                },
                {
                    "nonce": begun.nonce,
                    "client_id": self.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(self.clock.now().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            raise OpenIdFailed(
                f"What {self.label} says of you cannot be trusted ({type(problem).__name__})."
            ) from None
        return dict(claims)

    def _told(
        self, configuration: Configuration, access_token: str, claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        told = self._asked(
            "GET", configuration.userinfo_endpoint, headers={"Authorization": f"Bearer {access_token}"}
        )
        if told.get("sub") != claims["sub"]:
            raise OpenIdFailed(f"{self.label} answered for somebody else. Begin again.")
        return told

    def _configuration(self) -> Configuration:
        found = self._asked("GET", self.issuer.configuration_url)
        try:
            configuration = msgspec.convert(found, Configuration)
        except msgspec.ValidationError:
            raise OpenIdFailed(
                f"{self.issuer.configuration_url} is no OpenID Connect configuration."
            ) from None
        if configuration.issuer != self.issuer.address:
            raise OpenIdFailed(
                f"{self.issuer.configuration_url} is the configuration of another issuer. FINORA_OPENID_ISSUER must be exactly "
                "as the issuer writes it."
            )
        return configuration

    def _asked(self, method: str, url: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own arguments
        try:
            with httpx.Client(timeout=_TIMEOUT_SECONDS) as client:
                answer = client.request(method, url, **request)
            if answer.status_code != httpx.codes.OK:
                raise OpenIdFailed(f"{self.label} answered {answer.status_code}. Try again.")
            found = msgspec.json.decode(answer.content)
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError) as problem:
            # Their words may repeat what was sent, so that only their kind is told.
            raise OpenIdFailed(f"{self.label} cannot be reached ({type(problem).__name__}).") from None
        if not isinstance(found, dict):
            raise OpenIdFailed(f"{self.label} gave an answer that makes no sense.")
        return found
