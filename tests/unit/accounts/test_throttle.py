"""Guessing is slowed down, and nobody is locked out by a stranger."""

import threading
import tracemalloc

import pytest

from finora.accounts import throttle
from finora.accounts.errors import TooManyAttempts
from finora.accounts.throttle import PER_ACCOUNT, PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, Throttle
from finora.values.clock import Clock

ADA = "ada@example.com"
HOME = "192.0.2.7"


@pytest.fixture
def counter(clock: Clock) -> Throttle:
    return Throttle(clock)


def refused(counter: Throttle, email: str, address: str, *, is_known: bool = False) -> int:
    """Return how long somebody has to wait, or 0 where the attempt is let through."""
    try:
        counter.attempt(email, address, is_known=is_known)
    except TooManyAttempts as refusal:
        return refusal.retry_after
    return 0


def test_guessing_one_account_from_one_address_stops(counter: Throttle) -> None:
    waits = [refused(counter, ADA, HOME, is_known=True) for _ in range(PER_ACCOUNT_AND_ADDRESS + 1)]
    assert waits == [0] * PER_ACCOUNT_AND_ADDRESS + [15 * 60]


def test_waiting_as_long_as_told_helps_even_if_one_kept_trying(counter: Throttle, clock: Clock) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        counter.attempt(ADA, HOME, is_known=False)
    clock.sleep(60)
    wait = refused(counter, ADA, HOME)
    assert wait == 14 * 60
    clock.sleep(wait - 1)
    assert refused(counter, ADA, HOME) == 1
    clock.sleep(1)
    assert refused(counter, ADA, HOME) == 0


def test_trying_many_accounts_from_one_address_stops(counter: Throttle) -> None:
    waits = [refused(counter, f"{number}@example.com", HOME) for number in range(PER_ADDRESS + 1)]
    assert waits == [0] * PER_ADDRESS + [15 * 60]


def test_a_botnet_that_guesses_one_account_stops_but_its_user_gets_in(counter: Throttle) -> None:
    waits = [refused(counter, ADA, f"198.51.100.{number}") for number in range(PER_ACCOUNT + 1)]
    assert waits == [0] * PER_ACCOUNT + [15 * 60]
    assert refused(counter, ADA, HOME) > 0
    assert refused(counter, ADA, HOME, is_known=True) == 0
    assert refused(counter, "bob@example.com", HOME) == 0


def test_a_stranger_at_another_address_does_not_slow_the_user_down(counter: Throttle) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        counter.attempt(ADA, "198.51.100.1", is_known=False)
    assert refused(counter, ADA, "198.51.100.1") > 0
    assert refused(counter, ADA, HOME) == 0


def test_signing_in_forgives_what_was_mistyped(counter: Throttle) -> None:
    for _ in range(3):
        for _ in range(PER_ACCOUNT_AND_ADDRESS):
            counter.attempt(ADA, HOME, is_known=True)
        counter.succeeded(ADA, HOME)


def test_signing_in_to_ones_own_account_does_not_free_the_address_for_guessing(counter: Throttle) -> None:
    for number in range(PER_ADDRESS - 1):
        counter.attempt(f"{number}@example.com", HOME, is_known=False)
        counter.attempt("mallory@example.com", HOME, is_known=True)
        counter.succeeded("mallory@example.com", HOME)
    assert refused(counter, "x@example.com", HOME) == 0
    assert refused(counter, "y@example.com", HOME) > 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("", "testclient", False),
    ],
)
def test_one_customers_ipv6_addresses_count_as_one(
    counter: Throttle, one: str, other: str, *, is_same: bool
) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        counter.attempt(ADA, one, is_known=False)
    assert (refused(counter, ADA, other) > 0) is is_same


def test_guesses_at_the_same_moment_are_all_counted(counter: Throttle) -> None:
    let_through: list[int] = []

    def guess() -> None:
        let_through.extend(refused(counter, ADA, HOME) == 0 for _ in range(5))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_through) == PER_ACCOUNT_AND_ADDRESS


def test_counting_takes_bounded_memory(counter: Throttle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_MOST_COUNTS", 100)
    for number in range(500):
        counter.attempt(f"{number}@example.com", f"198.51.{number // 250}.{number % 250}", is_known=False)
    assert len(counter._attempts) == 100


def test_a_name_as_long_as_a_form_takes_no_more_memory_than_an_address_does(counter: Throttle) -> None:
    """Nobody has such an address; 10,000 attempts from as many networks would otherwise hold gigabytes."""
    tracemalloc.start()
    try:
        for number in range(200):
            name, network = f"{number}" + "\N{GRINNING FACE}" * 15_000, f"2001:db8:0:{number:x}::1"
            counter.attempt(name, network, is_known=False)
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2_000_000


@pytest.mark.parametrize(("seconds", "told"), [(30, "30 seconds"), (119, "119 seconds"), (721, "13 minutes")])
def test_the_wait_is_told_in_words(seconds: int, told: str) -> None:
    refusal = TooManyAttempts(seconds)
    assert f"Try again in {told}." in refusal.message
    assert refusal.extra == {"retry_after": seconds}
