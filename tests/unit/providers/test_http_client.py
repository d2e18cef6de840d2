"""Requests to providers: each failure in its own words, retried only where that can help, and silent about the key."""

from __future__ import annotations

import base64
import json
import logging
import socket
import ssl
import struct
import threading
import traceback
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from finora.providers import errors
from finora.providers.base import Line
from finora.providers.cursor.api import CursorApi
from finora.providers.errors import ProviderError
from finora.providers.pace import Pacing
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "crsr_" + "0123456789abcdef" * 4
EVENTS = "/teams/filtered-usage-events"
OK = httpx.Response(200, content=b"[]")


def api(
    *answers: httpx.Response | Exception,
    patient: bool = True,
    clock: StoodClock | None = None,
    base_url: str = "https://api.cursor.test",
    network: bool = False,
    pace: int = 0,
) -> CursorApi:
    """Return the API, answering as given and then always with the last answer."""
    left = list(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    line = Line(
        base_url=base_url,
        requests_per_minute=pace,
        clock=clock or StoodClock(),
        transport=None if network else httpx.MockTransport(handle),
        patient=patient,
    )
    return CursorApi(KEY, line)


def refusal(found: CursorApi) -> ProviderError:
    """Return the error of a request."""
    with pytest.raises(ProviderError) as raised:
        found.client.post(EVENTS, {})
    return raised.value


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server on this machine that treats each connection as given."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


# What is sent


def test_the_key_is_sent_as_user_with_no_password_byte_for_byte() -> None:
    sent: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        sent.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    with server(talk) as place:
        assert api(base_url=f"http://{place}", network=True).client.get("/teams/members") == b"[]"
    expected = b"Authorization: Basic " + base64.b64encode(f"{KEY}:".encode())
    assert expected in sent[0].split(b"\r\n")
    assert KEY.encode() not in sent[0]
    assert b"?" not in sent[0].split(b"\r\n")[0]


def test_a_body_is_sent_as_json() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return OK

    line = Line(
        base_url="https://api.cursor.test",
        requests_per_minute=0,
        clock=StoodClock(),
        transport=httpx.MockTransport(handle),
    )
    CursorApi(KEY, line).client.post(EVENTS, {"page": 1})
    assert seen[0].headers["content-type"] == "application/json"
    assert json.loads(seen[0].content) == {"page": 1}
    assert str(seen[0].url) == "https://api.cursor.test/teams/filtered-usage-events"


# What is said


def said(status: int, message: str = "", **headers: str) -> httpx.Response:
    """Return an answer with the provider's own words."""
    return httpx.Response(status, headers=headers, json={"code": "error", "message": message})


def test_401_names_the_common_causes_the_providers_words_and_what_to_do() -> None:
    problem = refusal(api(said(401, "Invalid Team API Key")))
    assert isinstance(problem, errors.InvalidCredentials)
    assert problem.extra["provider_message"] == "Invalid Team API Key"
    for words in (
        "401",
        "revoked",
        "expired",
        "personal or an organization key",
        "no longer an administrator",
        "not copied whole",
        "plan does not include the Admin API",
        "can make a new key",
        "“Invalid Team API Key”",
    ):
        assert words in problem.message


FAILURES: list[tuple[httpx.Response | Exception, type[ProviderError], str]] = [
    (said(403, "Enterprise access required"), errors.AccessRefused, "“Enterprise access required”"),
    (said(404, "Resource not found"), errors.EndpointMissing, "404"),
    (said(429, "Rate limit exceeded"), errors.ProviderRateLimited, "shared by all tools"),
    (said(500, "An unexpected error occurred"), errors.ProviderFault, "“An unexpected error occurred”"),
    (httpx.Response(502, html="<html><h1>Bad Gateway</h1></html>"), errors.ProviderFault, "(502)"),
    (said(400, "range too long"), errors.RequestRefused, "“range too long”"),
    (httpx.Response(302, headers={"Location": "https://evil.test/"}), errors.UnexpectedAnswer, "302"),
    (httpx.Response(204), errors.UnexpectedAnswer, "204"),
    (httpx.ReadTimeout("slow"), errors.NoAnswerInTime, "did not answer in time"),
    (httpx.ConnectTimeout("slow"), errors.NoAnswerInTime, "did not answer in time"),
    (httpx.PoolTimeout("slow"), errors.NoAnswerInTime, "did not answer in time"),
    (httpx.ReadError("reset"), errors.ProviderUnreachable, "could not be reached at api.cursor.test"),
    (httpx.RemoteProtocolError("cut"), errors.ProviderUnreachable, "could not be reached"),
    (ConnectionResetError(104, "reset"), errors.ProviderUnreachable, "could not be reached"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), FAILURES)
def test_each_failure_has_its_own_plain_message(
    answer: httpx.Response | Exception, kind: type[ProviderError], words: str
) -> None:
    for patient in (True, False):
        problem = refusal(api(answer, patient=patient))
        assert type(problem) is kind
        assert words in problem.message


def test_no_two_kinds_of_failure_read_alike() -> None:
    messages = {refusal(api(answer, patient=False)).message for answer, _kind, _words in FAILURES}
    assert len(messages) == len(FAILURES) - 2  # three time-outs are one case


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code":"error","message":"shape A"}', "shape A"),
        (b'{"error":"Bad Request","message":"shape B"}', "shape B"),
        (b'{"error":"shape C"}', "shape C"),
        (b'{"outcome":"error","message":"shape D"}', "shape D"),
        (b"plain  words\n\x00 on lines", "plain words on lines"),
        (b"<!DOCTYPE html><p>proxy</p>", ""),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'["list"]', '["list"]'),
        (b"[" * 5000, "[" * 300),
        (b"9" * 5000, "9" * 300),
    ],
)
def test_the_providers_words_are_found_in_whatever_shape_it_says_them(body: bytes, words: str) -> None:
    assert refusal(api(httpx.Response(403, content=body))).extra["provider_message"] == words


def test_a_name_that_cannot_be_looked_up_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    problem = refusal(api(base_url="https://api.cursor.test", network=True, patient=False))
    assert type(problem) is errors.NameNotFound
    assert "name api.cursor.test could not be looked up" in problem.message


def test_a_closed_port_is_told_as_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    problem = refusal(api(base_url=f"http://127.0.0.1:{port}", network=True, patient=False))
    assert type(problem) is errors.ProviderUnreachable


def test_a_connection_that_is_reset_is_told_as_unreachable() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with server(reset) as place:
        problem = refusal(api(base_url=f"http://{place}", network=True, patient=False))
    assert type(problem) is errors.ProviderUnreachable


def test_a_body_cut_short_is_asked_for_again() -> None:
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n[1",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]",
    ]

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answers.pop(0))

    with server(talk) as place:
        assert api(base_url=f"http://{place}", network=True).client.post(EVENTS, {}) == b"[]"


@contextmanager
def tls_server(folder: Path) -> Iterator[str]:
    """Run a server with a certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    received: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            received.append(secure.recv(65536))

    with server(talk) as place:
        yield place
    assert not any(b"Authorization" in each for each in received)


def test_a_certificate_nobody_vouches_for_is_told_and_gets_no_key(tmp_path: Path) -> None:
    with tls_server(tmp_path) as place:
        problem = refusal(api(base_url=f"https://{place}", network=True, patient=False))
    assert type(problem) is errors.InsecureConnection
    assert "(TLS)" in problem.message
    assert "Nothing was sent" in problem.message


def test_an_answer_without_end_is_cut_off() -> None:
    problem = refusal(api(httpx.Response(200, content=b" " * (64 * 1024 * 1024 + 1))))
    assert type(problem) is errors.UnexpectedAnswer
    assert "more than 64 MB" in problem.message


def test_a_redirect_is_never_followed_with_the_key() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.test/steal"})

    line = Line(
        base_url="https://api.cursor.test",
        requests_per_minute=0,
        clock=StoodClock(),
        transport=httpx.MockTransport(handle),
    )
    with pytest.raises(errors.UnexpectedAnswer):
        CursorApi(KEY, line).client.get("/teams/members")
    assert asked == ["api.cursor.test"]


# What is tried again


def attempts(found: CursorApi) -> int:
    """Return how many requests a failing call makes."""
    refusal(found)
    return found.client.requests


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 404, 405, 409, 422])
def test_what_cannot_get_better_is_never_tried_again(status: int) -> None:
    clock = StoodClock()
    assert attempts(api(said(status), clock=clock)) == 1
    assert clock.waits == []


@pytest.mark.parametrize("answer", [said(429), said(500), said(503), httpx.ReadTimeout("slow")])
def test_what_may_get_better_is_tried_a_limited_number_of_times(answer: httpx.Response | Exception) -> None:
    assert attempts(api(answer)) == 7


@pytest.mark.parametrize("answer", [said(429), said(500), httpx.ReadTimeout("slow")])
def test_a_person_at_a_form_is_answered_at_once(answer: httpx.Response | Exception) -> None:
    clock = StoodClock()
    assert attempts(api(answer, patient=False, clock=clock)) == 1
    assert clock.waits == []


def test_a_fault_that_passes_is_not_noticed() -> None:
    clock = StoodClock()
    assert api(said(500), httpx.ReadError("reset"), OK, clock=clock).client.get("/teams/members") == b"[]"
    assert clock.waits == [1.0, 2.0]


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("1.5", 1.5),
        ("100000", 300.0),
        ("date", 42.0),
        ("past", 0.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("Sat, 99 Nov 2026 99:00:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_obeyed_in_both_forms(header: str | None, expected: float | None, status: int) -> None:
    """A wait that is not obeyed keeps the customer's other tools locked out as well."""
    clock = StoodClock()
    dates = {"date": timedelta(seconds=42), "past": timedelta(days=-1)}
    if header in dates:
        header = format_datetime(clock.now() + dates[header], usegmt=True)
    headers = {} if header is None else {"Retry-After": header}
    api(said(status, **headers), OK, clock=clock).client.get("/teams/members")
    default = 60.0 if status == 429 else 1.0
    assert clock.waits == [default if expected is None else expected]


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    assert refusal(api(said(429, **{"Retry-After": "17"}), patient=False)).extra["retry_after"] == 17


def test_why_and_how_long_it_waits_is_told() -> None:
    told: list[tuple[str, float]] = []
    line = Line(
        base_url="https://api.cursor.test",
        requests_per_minute=1,
        clock=StoodClock(),
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, content=b"[]")),
        on_wait=lambda reason, seconds: told.append((reason, seconds)),
    )
    found = CursorApi(KEY, line)
    found.client.post(EVENTS, {})
    found.client.post(EVENTS, {})
    assert told == [("Keeping below the provider's request limit", 60.0), ("", 0.0)]


def test_while_one_waits_as_the_provider_asked_another_of_the_same_account_asks_for_nothing() -> None:
    """A sync reads several windows at once; a provider that asks for patience means all of them."""
    clock = StoodClock()
    pacing, waits = Pacing(clock), []

    def line(on_wait: Callable[[str, float], None], *answers: httpx.Response) -> Line:
        left = list(answers)
        transport = httpx.MockTransport(lambda _request: left.pop(0))
        return Line(
            base_url="https://api.cursor.test",
            requests_per_minute=0,
            clock=clock,
            transport=transport,
            on_wait=on_wait,
            pacing=pacing,
        )

    other = CursorApi(KEY, line(lambda _reason, seconds: waits.append(seconds), OK))

    def ask_as_well(reason: str, _seconds: float) -> None:
        if reason and not waits:
            assert other.client.post(EVENTS, {}) == b"[]"

    CursorApi(KEY, line(ask_as_well, said(429, **{"Retry-After": "40"}), OK)).client.post(EVENTS, {})
    assert waits[0] == 40


def test_what_gives_way_asks_again_soon_whether_it_still_has_to() -> None:
    """A window that was read ahead becomes the one that is waited for."""
    clock, places = StoodClock(), [2, 2, 1, 0]
    line = Line(
        base_url="https://api.cursor.test",
        requests_per_minute=4,
        clock=clock,
        transport=httpx.MockTransport(lambda _request: OK),
        behind=lambda: places.pop(0) if places else 0,
    )
    found = CursorApi(KEY, line)
    found.client.post(EVENTS, {})
    found.client.post(EVENTS, {})
    assert clock.waits == [1.0, 1.0]


# The key


def leaking() -> list[httpx.Response | Exception]:
    """Return answers that repeat what they were sent, as proxies and careless servers do."""
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    return [
        said(401, f"Invalid key {KEY}"),
        said(403, f"header was Authorization: Basic {basic}"),
        httpx.Response(400, content=f"{KEY} {KEY} Basic {basic}".encode()),
        said(404, f"{KEY}"),
        said(429, f"{KEY}"),
        httpx.Response(500, content=json.dumps({"error": KEY}).encode()),
        httpx.ConnectError(f"cannot reach {KEY}"),
        httpx.ReadTimeout(f"slow {basic}"),
        OSError(f"odd {KEY}"),
    ]


@pytest.mark.parametrize("number", range(9))
def test_the_key_is_in_no_message_log_repr_or_traceback(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = api(leaking()[number])
    texts = [repr(found), repr(found.client), repr(vars(found.client)["_client"])]
    try:
        found.client.post(EVENTS, {})
    except ProviderError as problem:
        shown = traceback.format_exception_only(problem)
        texts += [str(problem), repr(problem), problem.message, repr(problem.extra), *shown]
    texts += [record.getMessage() for record in caplog.records] + [caplog.text]
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    for text in texts:
        assert KEY not in text
        assert basic not in text
        assert basic.rstrip("=")[:40] not in text


def test_the_key_is_in_no_log_of_the_network_stack(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with server(talk) as place:
        problem = refusal(api(base_url=f"http://{place}", network=True))
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    everything = caplog.text + "".join(traceback.format_exception(problem))
    assert KEY not in everything
    assert base64.b64encode(f"{KEY}:".encode()).decode() not in everything
