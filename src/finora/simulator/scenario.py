"""Ready-made simulations: the demo, a small stable cast, and one of any size for benchmarks."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from finora.simulator.behaviour import Behaviour
from finora.simulator.cast import CAST
from finora.simulator.clock import HOUR_MS, Clock, ManualClock, RunningClock
from finora.simulator.company import Company
from finora.simulator.faults import Faults
from finora.simulator.habits import growth
from finora.simulator.recorded import RecordedCompany
from finora.simulator.simulation import Simulation

UNLIMITED: Final = Behaviour(events_per_minute=0, others_per_minute=0)
SMALL_NOW: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""Where the small scenario's clock stands."""

SMALL_SEED: Final = 20
"""A seed that gives all six of the cast something to do, and five of them something to pay."""

LIVE_DAYS: Final = 60
"""How long a live company goes on producing events after now."""


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds."""
    return int(moment.timestamp() * 1_000)


def live(
    *,
    now: datetime,
    seats: int = 60,
    months: int = 12,
    events: int = 500_000,
    seed: int = 2026,
    speed: float = 1.0,
    faults: Faults | None = None,
    behaviour: Behaviour | None = None,
) -> Simulation:
    """A company with about `events` events in the `months` before `now`, which goes on for another two months."""
    past = timedelta(days=round(months * 365.25 / 12))
    future = timedelta(days=LIVE_DAYS)
    use = growth((past + future).days)
    company = Company.generate(
        seed,
        seats=seats,
        start=now - past,
        end=now + future,
        events=round(events * use.sum() / use[: past.days].sum()),
    )
    clock = RunningClock(milliseconds(now), speed=speed)
    return Simulation(company, clock=clock, faults=faults, behaviour=behaviour)


def demo(now: datetime | None = None) -> Simulation:
    """Sixty seats, a year up to now and about half a million events, without rate limits."""
    return live(now=now or datetime.now(UTC), faults=Faults(float_noise=True), behaviour=UNLIMITED)


def small(
    *, clock: Clock | None = None, faults: Faults | None = None, behaviour: Behaviour = UNLIMITED
) -> Simulation:
    """The cast of `cast.py`, sixty days, about four thousand events, and a clock that stands at `SMALL_NOW`.

    Its events go on for a month past the clock's now, so that moving the clock brings new ones.
    """
    company = Company.generate(
        SMALL_SEED,
        people=CAST,
        start=SMALL_NOW - timedelta(days=60),
        end=SMALL_NOW + timedelta(days=30),
        events=6_000,
    )
    return Simulation(
        company, clock=clock or ManualClock(milliseconds(SMALL_NOW)), faults=faults, behaviour=behaviour
    )


def sample(lines: Path, *, skip: Collection[int] = ()) -> Simulation:
    """Exactly the lines of a JSONL file, byte for byte, but for those numbered (from 1) in `skip`.

    The clock stands still an hour after the newest of them. Two readings of one event must not both be served:
    skip one.
    """
    chosen = [line for number, line in enumerate(lines.read_bytes().splitlines(), 1) if number not in skip]
    company = RecordedCompany.read(chosen)
    clock = ManualClock(int(company.events.ts[-1]) + HOUR_MS)
    return Simulation(company, clock=clock, behaviour=UNLIMITED)


def bench(events: int, *, seats: int = 200, months: int = 12, seed: int = 1) -> Simulation:
    """`events` events of the `months` before a clock that stands still, without rate limits."""
    start = SMALL_NOW - timedelta(days=round(months * 365.25 / 12))
    company = Company.generate(seed, seats=seats, start=start, end=SMALL_NOW, events=events)
    return Simulation(company, clock=ManualClock(milliseconds(SMALL_NOW)), behaviour=UNLIMITED)
