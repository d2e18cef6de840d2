"""Only our own names are answered, however they are spelled, and nothing that merely looks like one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from finora.settings import Settings
from finora.web.wire.host_check import HostCheck, own_names

if TYPE_CHECKING:
    from starlette.types import Message

OWN = "finora.acme.test"
CHECK = HostCheck(
    PlainTextResponse("in"), names=own_names(Settings(base_url=f"https://{OWN}:8443", host="::1"))
)


def is_answered(*hosts: bytes) -> bool:
    """Return whether a request with such Host headers gets in."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("no body is read")

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", host) for host in hosts],
    }
    asyncio.run(CHECK(scope, receive, send))
    status: int = sent[0]["status"]
    assert status in {200, 421}
    return status == 200


def in_any_case(name: str) -> st.SearchStrategy[str]:
    flips = st.lists(st.booleans(), min_size=len(name), max_size=len(name))
    return flips.map(
        lambda chosen: "".join(
            each.upper() if flip else each for each, flip in zip(name, chosen, strict=True)
        )
    )


PORTS = st.just("") | st.just(":") | st.integers(0, 65_535).map(lambda port: f":{port}")
NAMES = st.sampled_from([OWN, "localhost"]).flatmap(in_any_case)


@given(NAMES, st.sampled_from(["", "."]), PORTS)
def test_our_names_are_answered_in_any_case_with_or_without_dot_and_port(
    name: str, dot: str, port: str
) -> None:
    assert is_answered(f"{name}{dot}{port}".encode())


@given(st.ip_addresses(), PORTS)
def test_plain_addresses_are_answered(address: object, port: str) -> None:
    text = f"[{address}]" if ":" in str(address) else str(address)
    assert is_answered(f"{text}{port}".encode())


@given(
    NAMES,
    st.sampled_from(
        [
            *"@/\\?#,;\t\n\r\0 %&=|`\"'<>{}()*~^$!",
            "..",
            "%00",
            "%2e",
            ":x",
            ":-1",
            ":1:2",
            "::",
            "\xa0",
            "\xad",
            "é",
        ]
    ),
    NAMES,
)
@example("localhost", "@", "localhost")
def test_what_merely_holds_our_name_is_refused(name: str, between: str, other: str) -> None:
    """Programs differ in what they take for the host in such texts, and an attacker uses the difference."""
    junk = between.encode("latin-1")
    for text in (
        name.encode() + junk,
        junk + name.encode(),
        name.encode() + junk + b"evil.test",
        b"evil.test" + junk + name.encode(),
        name.encode() + junk + other.encode(),
    ):
        assert not is_answered(text), text


@given(st.binary(max_size=40))
@example(b"localhost.")
@example(b"[::1")
@example(b"[localhost]")
@example(b"[127.0.0.1]")
@example(b"[::1%25lo]")
@example(b"::1")
@example(b"localhost:65536")
@example(b"localhost:8000 ")
@example(b"127.0.0.1.evil.test")
@example(b"2130706433")
@example(b"0x7f.1")
@example("localhost:\uff18\uff10".encode())
def test_whatever_else_is_answered_names_us_or_an_address_and_nothing_more(host: bytes) -> None:
    if is_answered(host):
        assert set(host) <= set(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:[]")
        name = host.decode().lower().rpartition("]")[0] or host.decode().lower().partition(":")[0]
        assert name.removesuffix(".") in own_names(Settings(base_url=f"https://{OWN}")) or not set(
            name
        ) - set("0123456789abcdef.:[")


@pytest.mark.parametrize("hosts", [(), (b"localhost", b"localhost"), (b"localhost", b"evil.test"), (b"",)])
def test_there_is_one_host_or_no_answer(hosts: tuple[bytes, ...]) -> None:
    assert not is_answered(*hosts)
