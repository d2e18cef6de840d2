"""Requests to providers: paced, retried where that can help, and silent about secrets.

The retry loop is our own and not a library's, because it is part of what Finora promises: it obeys `Retry-After` in
both forms, tells the progress row why it waits, and runs on the simulation's clock as it does on the machine's.
"""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import TYPE_CHECKING

import httpx

from finora.providers import errors
from finora.providers.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finora.providers.base import Line

_LARGEST_ANSWER = 64 * 1024 * 1024
_LONGEST_WAIT = 300.0
_BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_MINUTE = 60.0
_NEXT_LOOK = 1.0
"""Seconds after which a request that gave way to others looks whether they are done."""


@dataclass(frozen=True, slots=True)
class _Again:
    """An attempt failed in a way that may pass."""

    error: errors.ProviderError
    wait: float | None = None


class ApiClient:
    """Sends requests to one provider account, one at a time.

    Others may send to the same account meanwhile, from other threads: they have a client each, and `Line.pacing` in common.

    Args:
        line: How to reach the provider.
        auth: The account's credentials, as httpx sends them.
        account: Names the account whose limits these are; no secret.
        limits: Requests a minute by path, `""` for all others.
        label: The provider's name in messages.
        secrets: Texts that must never appear in a message.
        refused: What 401 means, for the message.
    """

    def __init__(
        self,
        line: Line,
        *,
        auth: httpx.Auth,
        account: str,
        limits: Mapping[str, int],
        label: str,
        secrets: tuple[str, ...],
        refused: str,
    ) -> None:
        self._line = line
        self._label = label
        self._secrets = secrets
        self._refused = refused
        self._pace = line.pacing.of(account, limits) if line.pacing else Pace(limits, line.clock)
        self._client = httpx.Client(
            base_url=line.base_url,
            auth=auth,
            transport=line.transport,
            timeout=httpx.Timeout(60.0 if line.patient else 15.0, connect=10.0),
            headers={"User-Agent": "finora", "Accept": "application/json"},
            follow_redirects=False,
            trust_env=True,
        )
        self.requests = 0

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """Return the body of a successful answer.

        Raises:
            ProviderError: There is none, after all the attempts that make sense.
        """
        return self._send("GET", path, parameters=parameters)

    def post(self, path: str, body: object) -> bytes:
        """Return the body of a successful answer; see `get`."""
        return self._send("POST", path, body=body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(
        self, method: str, path: str, *, body: object = None, parameters: Mapping[str, str] | None = None
    ) -> bytes:
        waits = self._waits()
        while True:
            self._keep_pace(path)
            outcome = self._attempt(method, path, body, parameters)
            if isinstance(outcome, bytes):
                return outcome
            backoff = next(waits, None)
            if backoff is None:
                raise outcome.error
            wait = backoff if outcome.wait is None else min(outcome.wait, _LONGEST_WAIT)
            if outcome.wait is not None:
                self._pace.hold(path, wait)
            self._wait(outcome.error.title, wait)

    def _waits(self) -> Iterator[float]:
        return iter(_BACKOFF if self._line.patient else ())

    def _keep_pace(self, path: str) -> None:
        if not self._line.patient:
            self._pace.count(path)
            return
        while (seconds := self._pace.wait_for(path, behind := self._line.behind())) > 0:
            self._wait(
                "Keeping below the provider's request limit", min(seconds, _NEXT_LOOK) if behind else seconds
            )

    def _wait(self, reason: str, seconds: float) -> None:
        self._line.on_wait(reason, seconds)
        self._line.clock.sleep(seconds)
        self._line.on_wait("", 0.0)

    def _attempt(
        self, method: str, path: str, body: object, parameters: Mapping[str, str] | None
    ) -> bytes | _Again:
        self.requests += 1
        try:
            with self._client.stream(method, path, json=body, params=parameters) as response:
                content = self._read(response)
        except httpx.HTTPError as problem:
            return _Again(self._unreachable(problem))
        except (ssl.SSLError, OSError) as problem:
            return _Again(self._unreachable(problem))
        if response.status_code == httpx.codes.OK:
            return content
        return self._failed(response, content)

    def _read(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > _LARGEST_ANSWER:
                raise errors.UnexpectedAnswer(
                    f"{self._label} sent an answer of more than {_LARGEST_ANSWER >> 20} MB."
                )
            parts.append(part)
        return b"".join(parts)

    def _failed(self, response: httpx.Response, content: bytes) -> _Again:
        """Return what may pass, and raise what will not."""
        status, words = response.status_code, self._words(content)
        said = f" {self._label} says: “{words}”" if words else ""
        extra = {"provider_message": words, "provider_status": status}
        match status:
            case 401:
                raise errors.InvalidCredentials(
                    f"{self._label} did not accept the key (401 Unauthorized). {self._refused}{said}", **extra
                )
            case 403:
                raise errors.AccessRefused(
                    f"{self._label} knows the key but refuses this to it (403 Forbidden). The plan may not include the "
                    f"Admin API, or the key lacks the scope for it.{said}",
                    **extra,
                )
            case 404:
                raise errors.EndpointMissing(
                    f"{self._label} has no such thing for this account (404 Not Found).{said}", **extra
                )
            case 429:
                wait = self._retry_after(response)
                wait = _MINUTE if wait is None else wait  # its limits are by the minute
                return _Again(
                    errors.ProviderRateLimited(
                        f"{self._label} asks for patience (429 Too Many Requests): its limit is shared by all tools that use "
                        f"a key of this team. Wait a minute and try again.{said}",
                        retry_after=round(wait),
                        **extra,
                    ),
                    wait,
                )
        if status >= 500:
            return _Again(
                errors.ProviderFault(
                    f"{self._label} reports a fault of its own ({status}). Try again in a while.{said}",
                    **extra,
                ),
                self._retry_after(response),
            )
        if status < 400:
            raise errors.UnexpectedAnswer(
                f"{self._label} answered {status}, which is no answer to this request.{said}", **extra
            )
        raise errors.RequestRefused(f"{self._label} refused the request ({status}).{said}", **extra)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Return the seconds the provider asks to wait, in either form of the header; none where it does not say."""
        header = response.headers.get("retry-after", "")
        try:
            seconds = float(header)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(header) - self._line.clock.now()).total_seconds()
            except (ValueError, TypeError, OverflowError):
                return None
        return max(seconds, 0.0) if isfinite(seconds) else None

    def _words(self, content: bytes) -> str:
        """Return the provider's own words from an error's body, in any of the shapes it uses, without secrets."""
        text = content[:10_000].decode("utf-8", "replace").strip()
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            text = str(body.get("message") or body.get("error") or text)
        elif text.startswith("<"):
            text = ""
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        printable = "".join(character if character.isprintable() else " " for character in text)
        return " ".join(printable.split())[:300]

    def _unreachable(self, problem: Exception) -> errors.ProviderError:
        causes = list(_causes(problem))
        host = httpx.URL(self._line.base_url).host
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return errors.NameNotFound(
                f"The name {host} could not be looked up (DNS). Check this machine's network and name server."
            )
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return errors.InsecureConnection(
                f"A secure connection to {host} could not be made (TLS). A proxy that reads along, a wrong clock or an "
                "outdated certificate store on this machine are the usual causes. Nothing was sent."
            )
        if isinstance(problem, httpx.TimeoutException):
            return errors.NoAnswerInTime(
                f"{self._label} did not answer in time ({host}). Try again in a while."
            )
        return errors.ProviderUnreachable(
            f"{self._label} could not be reached at {host} ({type(problem).__name__}). Check this machine's network, and try again."
        )


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
