"""The lease: any process may sync a connection, no two at once, and a dead one is not waited for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from finora.storage.ledger import open_ledger
from finora.sync.errors import LeaseLost, SyncStopped
from finora.sync.lease import TERM, Lease
from finora.sync.models import SyncLease
from finora.sync.vigil import Vigil, WatchedClock
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from finora.storage.ledger import Ledger

SECOND = timedelta(seconds=1)


def lease(ledger: Ledger, clock: StoodClock, process: str = "p1", connection: str = "c1") -> Lease:
    """Return a new holder's lease."""
    return Lease(ledger, clock, connection, process)


def held_by_process(ledger: Ledger, number: int, machine: str = "") -> None:
    """Make the lease look as if another process held it."""
    with ledger.session() as session:
        row = session.get_one(SyncLease, "c1")
        own, _number, _process, token = row.holder.split(":")
        session.execute(update(SyncLease).values(holder=f"{machine or own}:{number}:other:{token}"))


def test_a_second_holder_waits_and_gets_it_once_it_is_given_back(ledger: Ledger, clock: StoodClock) -> None:
    first, second = lease(ledger, clock), lease(ledger, clock)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    assert not first.take()


def test_leases_of_different_connections_are_independent(ledger: Ledger, clock: StoodClock) -> None:
    assert lease(ledger, clock).take()
    assert lease(ledger, clock, connection="c2").take()


def test_what_another_holds_cannot_be_given_back(ledger: Ledger, clock: StoodClock) -> None:
    first, second = lease(ledger, clock), lease(ledger, clock)
    first.take()
    second.release()
    assert not second.take()


def test_a_dead_process_of_this_machine_is_taken_over_at_once(ledger: Ledger, clock: StoodClock) -> None:
    """Else a restart after a crash would leave the data standing still for minutes."""
    assert lease(ledger, clock).take()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    held_by_process(ledger, child.pid)
    assert lease(ledger, clock).take()


def test_a_living_process_of_this_machine_is_not_taken_over(ledger: Ledger, clock: StoodClock) -> None:
    assert lease(ledger, clock).take()
    held_by_process(ledger, os.getppid())
    assert not lease(ledger, clock).take()


def test_an_earlier_process_with_the_same_number_is_taken_over(ledger: Ledger, clock: StoodClock) -> None:
    """In a container every process has the number 1."""
    assert lease(ledger, clock, process="before the restart").take()
    assert lease(ledger, clock, process="after it").take()


def test_a_process_of_another_machine_is_taken_over_when_its_term_ends(
    ledger: Ledger, clock: StoodClock
) -> None:
    assert lease(ledger, clock).take()
    held_by_process(ledger, 1, machine="elsewhere")
    clock.move(seconds=TERM.total_seconds() - 1)
    assert not lease(ledger, clock).take()
    clock.move(seconds=1)
    assert lease(ledger, clock).take()


def test_a_lease_taken_before_the_clock_was_set_back_does_not_last_for_ever(
    ledger: Ledger, clock: StoodClock
) -> None:
    assert lease(ledger, clock).take()
    held_by_process(ledger, 1, machine="elsewhere")
    clock.move(days=-400)
    assert lease(ledger, clock).take()


def test_a_holder_that_lost_its_lease_is_told(ledger: Ledger, clock: StoodClock) -> None:
    first, second = lease(ledger, clock), lease(ledger, clock)
    first.take()
    clock.move(seconds=TERM.total_seconds())
    assert second.take()
    with pytest.raises(LeaseLost, match="Another process took over"):
        first.renew()


def test_of_many_who_try_at_once_one_gets_it(ledger: Ledger, clock: StoodClock) -> None:
    holders = [lease(ledger, clock) for _ in range(8)]
    won: list[bool] = []
    threads = [threading.Thread(target=lambda holder=holder: won.append(holder.take())) for holder in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


acts = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["take", "renew", "release", "wait"]), st.integers(1, 200)),
    max_size=30,
)


@settings(max_examples=40)
@given(acts)
def test_two_never_hold_it_at_the_same_time(history: list[tuple[int, str, int]]) -> None:
    with (
        TemporaryDirectory() as folder,
        open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}") as ledger,
    ):
        clock = StoodClock()
        holders = [lease(ledger, clock) for _ in range(3)]
        until: dict[int, object] = {}
        for who, act, seconds in history:
            now = clock.now()
            if act == "wait":
                clock.move(seconds=seconds)
                continue
            if act == "release":
                holders[who].release()
                until.pop(who, None)
                continue
            got = holders[who].take()
            others = [each for each, end in until.items() if each != who and end > now]  # type: ignore[operator]
            assert got == (not others)
            until = {who: now + TERM} if got else until


# The vigil


def test_a_long_wait_keeps_the_lease(ledger: Ledger, clock: StoodClock) -> None:
    """A provider may ask for five minutes' patience, which is longer than a lease lasts."""
    mine = lease(ledger, clock)
    mine.take()
    watched = WatchedClock(clock, Vigil(mine, clock, threading.Event()))
    watched.sleep(300)
    assert not lease(ledger, clock).take()
    assert sum(clock.waits) == pytest.approx(300)


def test_a_wait_ends_soon_after_finora_is_told_to_stop(ledger: Ledger, clock: StoodClock) -> None:
    mine, stopping = lease(ledger, clock), threading.Event()
    mine.take()
    watched = WatchedClock(clock, Vigil(mine, clock, stopping))
    watched.sleep(2)
    stopping.set()
    with pytest.raises(SyncStopped):
        watched.sleep(300)
    assert sum(clock.waits) == 2


def test_a_wait_ends_when_another_took_over(ledger: Ledger, clock: StoodClock) -> None:
    mine = lease(ledger, clock)
    mine.take()
    vigil = Vigil(mine, clock, threading.Event())
    vigil.check()
    clock.move(seconds=TERM.total_seconds())
    lease(ledger, clock).take()
    with pytest.raises(LeaseLost):
        WatchedClock(clock, vigil).sleep(10)
