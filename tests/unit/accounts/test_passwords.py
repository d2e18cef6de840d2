"""New passwords follow the rule; hashes are slow, salted and say nothing."""

import string
import threading

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from finora.accounts.email_address import checked_email
from finora.accounts.errors import InvalidEmail, TooManyAttempts, WeakPassword
from finora.accounts.passwords import Passwords, check_password

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short1", "fewer than 12 characters"),
        ("123456789012", "no letter"),
        ("correct horse battery", "no digit"),
        ("Ada.Lovelace1815@example.com", "repeats the e-mail address"),
        ("ada.lovelace1815", "repeats the e-mail address"),
        ("my ada.lovelace1815@example.com", "repeats the e-mail address"),
        ("a1" * 501, "more than 1000 characters"),
        ("", "fewer than 12 characters; it has no letter; it has no digit"),
    ],
)
def test_a_weak_password_is_refused_with_every_rule_it_breaks(password: str, told: str) -> None:
    with pytest.raises(WeakPassword, match=told) as caught:
        check_password(password, "ada.lovelace1815@example.com")
    assert not password or password not in str(caught.value)


@given(
    st.text(string.ascii_letters, min_size=6, max_size=50), st.text(string.digits, min_size=6, max_size=50)
)
def test_letters_and_digits_of_sufficient_length_are_accepted(letters: str, digits: str) -> None:
    check_password(letters + digits, "nobody@example.com")


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_password_itself_matches_its_hash(password: str, other: str) -> None:
    password_hash = CHEAP.hash(password)
    assert CHEAP.matches(password, password_hash)
    assert CHEAP.matches(f"{password}x", password_hash) is False
    assert other == "" or CHEAP.matches(f"{other}{password}", password_hash) is False


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    assert CHEAP.matches("Gru\u0308ße aus 1815", CHEAP.hash("Gr\u00fcße aus 1815"))


def test_no_hash_matches_nothing() -> None:
    assert CHEAP.matches("correct horse 7 battery", None) is False


def test_production_uses_argon2id_at_the_recommended_cost() -> None:
    parameters = extract_parameters(Passwords().hash("correct horse 7 battery"))
    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost) == (65536, 3)


def test_a_flood_is_turned_away_before_it_takes_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finora.accounts.passwords._PATIENCE_SECONDS", 0.01)
    go_on, inside = threading.Event(), threading.Barrier(3)

    class Slow(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            inside.wait(5)
            go_on.wait(5)
            return super().hash(password, salt=salt)

    passwords = Passwords(Slow(time_cost=1, memory_cost=8, parallelism=1))
    threads = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    with pytest.raises(TooManyAttempts):
        passwords.hash("y")
    go_on.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@", "ada@", "@example.com", "a b@example.com", "a@b@c", "a\x00@b", "a" * 250 + "@b.de"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidEmail):
        checked_email(text)


def test_an_address_is_kept_in_one_form() -> None:
    assert checked_email("  Ada@Example.COM\n") == "ada@example.com"
