"""Encryption round trips, and any change to what is stored is noticed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.vault.cipher import NotAuthentic
from finora.vault.envelope import Envelope
from finora.vault.errors import InvalidMasterKey
from finora.vault.keys import KeyRing, MasterKey
from finora.vault.secret import Secret

RING = KeyRing(MasterKey.generate())


@given(st.text())
def test_a_secret_comes_back_as_it_was(text: str) -> None:
    envelope = Envelope.seal(Secret(text), "a", RING)
    assert envelope.open(RING).reveal() == text
    assert text.encode() not in envelope.ciphertext or len(text) < 4


def changed(content: bytes, place: int, change: int) -> bytes:
    place %= len(content)
    return content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_change_of_any_byte_is_noticed(place: int, change: int) -> None:
    envelope = Envelope.seal(Secret("crsr_0123456789"), "a", RING)
    with pytest.raises(NotAuthentic):
        replace(envelope, ciphertext=changed(envelope.ciphertext, place, change)).open(RING)
    with pytest.raises(NotAuthentic):
        replace(envelope, wrapped_key=changed(envelope.wrapped_key, place, change)).open(RING)


@given(st.integers(0, 40))
def test_what_was_cut_short_is_noticed(length: int) -> None:
    envelope = Envelope.seal(Secret("crsr_0123456789"), "a", RING)
    with pytest.raises(NotAuthentic):
        replace(envelope, ciphertext=envelope.ciphertext[:length]).open(RING)
    with pytest.raises(NotAuthentic):
        replace(envelope, wrapped_key=envelope.wrapped_key[:length]).open(RING)


def test_another_credentials_envelope_does_not_open() -> None:
    """Who can write the database must not make a connection use another one's key."""
    envelope = Envelope.seal(Secret("crsr_0123456789"), "a", RING)
    with pytest.raises(NotAuthentic):
        replace(envelope, credential_id="b").open(RING)


def test_a_ciphertext_under_another_ones_data_key_does_not_open() -> None:
    one, other = (Envelope.seal(Secret("crsr_0123456789"), "a", RING) for _ in range(2))
    with pytest.raises(NotAuthentic):
        replace(one, ciphertext=other.ciphertext).open(RING)


def test_a_new_master_key_leaves_the_ciphertext_alone() -> None:
    envelope = Envelope.seal(Secret("crsr_0123456789"), "a", RING)
    ring = RING.led_by(MasterKey.generate())
    moved = envelope.rewrapped(ring)
    assert moved.ciphertext == envelope.ciphertext
    assert moved.open(KeyRing(ring.current)).reveal() == "crsr_0123456789"
    with pytest.raises(NotAuthentic):
        moved.open(RING)


KEY = bytes(range(32))


@pytest.mark.parametrize(
    "text",
    [
        KEY.hex(),
        KEY.hex().upper(),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    ],
)
def test_a_master_key_may_be_spelled_in_hexadecimal_or_base64(text: str) -> None:
    assert MasterKey.parse(text, "here").id == MasterKey(KEY).id


def test_both_alphabets_of_base64_are_read() -> None:
    assert MasterKey.parse("-_" * 21 + "8=", "here").id == MasterKey.parse("+/" * 21 + "8=", "here").id


@pytest.mark.parametrize(
    "text", ["", "hunter2", KEY.hex()[:-2], KEY.hex() + "00", "AAAA", "ä" * 43, "=" * 44]
)
def test_anything_else_is_no_master_key(text: str) -> None:
    """A short pass phrase that were padded to a key would protect nothing."""
    with pytest.raises(InvalidMasterKey, match="openssl rand -base64 32") as caught:
        KeyRing.parse(text, "FINORA_SECRET_KEY")
    assert not text or text not in str(caught.value)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_key_rings_text_is_read_back(first: bytes, second: bytes) -> None:
    ring = KeyRing(MasterKey(first), (MasterKey(second),))
    again = KeyRing.parse(ring.text(), "file")
    assert [key.text() for key in (again.current, *again.former)] == [
        key.text() for key in (ring.current, *ring.former)
    ]


def test_a_key_does_not_show_itself() -> None:
    ring = KeyRing(MasterKey(KEY))
    assert KEY.hex() not in repr(ring)
    assert ring.current.text() not in repr(ring)
