"""The synthetic company: the same for the same seed, whole, and believable."""

import time
from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finora.simulator import UNLIMITED, Company, ManualClock, Reader, Simulation
from finora.simulator.calendar import COUNTRIES, easter_sunday, nth_weekday, utc_offset_ms
from finora.simulator.clock import DAY_MS, HOUR_MS
from finora.simulator.events import AUTOMATION, CHARGEABLE, NONE, EventColumns
from finora.simulator.models_catalog import COMMON, MODELS, RARE
from finora.simulator.names import mailbox
from finora.simulator.pricing import INCLUDED_NANO

START = datetime(2025, 11, 1, tzinfo=UTC)
YEAR_END = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def firm() -> Company:
    return Company.generate(2026, seats=60, start=START, end=YEAR_END, events=200_000)


def equal(one: EventColumns, other: EventColumns) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(EventColumns))


@given(
    seed=st.integers(0, 2**31),
    seats=st.integers(1, 40),
    days=st.integers(1, 200),
    events=st.integers(0, 800),
    first=st.dates(date(2024, 1, 1), date(2027, 6, 1)),
)
@settings(max_examples=40)
def test_any_small_company_is_whole(seed: int, seats: int, days: int, events: int, first: date) -> None:
    start = datetime(first.year, first.month, first.day, 13, 7, tzinfo=UTC)
    company = Company.generate(
        seed, seats=seats, start=start, end=start + timedelta(days=days), events=events
    )
    ts = company.events.ts
    assert len(company.events) == events
    assert len({person.email for person in company.people}) == len(company.people) == seats
    assert np.all(np.diff(ts) >= 0)
    assert np.all((ts >= company.start_ms) & (ts < company.end_ms))
    assert np.all(company.events.charged_nano >= 0)
    assert np.all(
        (company.cycles.number(ts) >= 0) & (company.cycles.number(ts) < len(company.cycles.starts) - 1)
    )
    simulation = Simulation(company, clock=ManualClock(company.end_ms), behaviour=UNLIMITED)
    assert len(Reader(simulation).everything()) == events
    assert simulation.truth.total().events == events


def test_equal_seeds_make_equal_companies_and_others_do_not() -> None:
    def make(seed: int) -> Company:
        return Company.generate(seed, seats=9, start=START, end=START + timedelta(days=50), events=2_000)

    assert make(1).people == make(1).people
    assert equal(make(1).events, make(1).events)
    assert not equal(make(1).events, make(2).events)


def test_impossible_companies_are_refused() -> None:
    with pytest.raises(ValueError, match="start before its end"):
        Company.generate(1, seats=1, start=START, end=START, events=1)
    with pytest.raises(ValueError, match="time zone"):
        Company.generate(1, seats=1, start=datetime(2026, 1, 1), end=START, events=1)  # noqa: DTZ001 - refused
    with pytest.raises(ValueError, match="seat"):
        Company.generate(1, seats=0, start=START, end=YEAR_END, events=1)


def test_a_million_events_take_seconds_and_little_memory() -> None:
    begun = time.perf_counter()
    company = Company.generate(1, seats=200, start=START, end=YEAR_END, events=1_000_000)
    assert time.perf_counter() - begun < 10
    assert sum(getattr(company.events, f.name).nbytes for f in fields(EventColumns)) < 100_000_000


def humans(firm: Company) -> npt.NDArray[np.bool_]:
    return np.asarray((firm.events.actor < len(firm.people)) & (firm.events.feature != AUTOMATION))


def test_people_work_by_day_in_their_own_time_zone(firm: Company) -> None:
    for index, person in enumerate(firm.people):
        ts = firm.events.ts[humans(firm) & (firm.events.actor == index)]
        if len(ts) < 500:
            continue
        offset = utc_offset_ms(person.zone, date(2026, 3, 1))
        hours = (ts + offset) // HOUR_MS % 24
        assert np.mean((hours >= 7) & (hours < 22)) > 0.8, person.zone


def test_weekends_and_holidays_are_quiet(firm: Company) -> None:
    per_day = np.bincount((firm.events.ts[humans(firm)] - firm.start_ms) // DAY_MS, minlength=365)
    days = [START.date() + timedelta(days=i) for i in range(365)]
    weekday = np.median([n for n, d in zip(per_day, days, strict=True) if d.weekday() < 5])
    weekend = np.median([n for n, d in zip(per_day, days, strict=True) if d.weekday() >= 5])
    assert weekend < weekday / 3
    assert per_day[days.index(date(2025, 12, 25))] < weekday / 3


def test_nobody_works_before_joining_or_after_leaving(firm: Company) -> None:
    joiners = [p for p in firm.people if p.joined_ms > firm.start_ms]
    leavers = [p for p in firm.people if p.left is not None]
    assert len(joiners) >= 4
    assert len(leavers) >= 2
    for index, person in enumerate(firm.people):
        ts = firm.events.ts[firm.events.actor == index]
        if len(ts):
            assert ts[0] > person.joined_ms - DAY_MS
            assert person.left_ms is None or ts[-1] < person.left_ms + HOUR_MS * 12


def test_a_few_use_much_and_many_use_little(firm: Company) -> None:
    uses = np.sort(np.bincount(firm.events.actor[humans(firm)], minlength=len(firm.people)))[::-1]
    assert uses[:12].sum() > 0.45 * uses.sum()
    assert uses[-15:].sum() < 0.08 * uses.sum()
    assert uses.min() > 0


def test_new_models_take_over_within_weeks_and_none_is_used_before_its_release(firm: Company) -> None:
    days = firm.events.ts // DAY_MS
    share = defaultdict(list)
    for number, model in enumerate(MODELS):
        used = days[firm.events.model == number]
        if len(used):
            assert used[0] >= (model.released - date(1970, 1, 1)).days
        share[model.name].append(used)
    released = (next(m.released for m in MODELS if m.name == "claude-sonnet-5") - date(1970, 1, 1)).days
    old = np.concatenate(share["claude-4.5-sonnet"] + share["claude-4.5-sonnet-thinking"])
    new = np.concatenate(share["claude-sonnet-5"] + share["claude-sonnet-5-thinking-high"])
    later = slice(released + 42, released + 70)
    assert np.sum((new >= later.start) & (new < later.stop)) > 3 * np.sum(
        (old >= later.start) & (old < later.stop)
    )
    assert set(share) >= {"default", "auto"}


def test_a_large_company_uses_every_model_that_is_rare_and_only_few_people_do() -> None:
    autumn = datetime(2026, 9, 7, tzinfo=UTC)
    large = Company.generate(4, seats=2_000, start=autumn, end=YEAR_END, events=300_000)
    people = large.events.actor < len(large.people)
    rare = people & (large.events.model >= len(COMMON))
    assert {large.model_names[number] for number in np.unique(large.events.model[rare])} == {
        model.name for model in RARE
    }
    assert 10 <= len(np.unique(large.events.actor[rare])) <= 40
    assert np.sum(rare) < 0.01 * np.sum(people)


def test_one_day_an_automation_runs_away(firm: Company) -> None:
    automated = firm.events.ts[firm.events.feature == AUTOMATION] // DAY_MS
    per_day = np.bincount(automated - automated.min())
    assert per_day.max() > 20 * np.median(per_day)
    robots = firm.events.automation[firm.events.feature == AUTOMATION]
    assert NONE not in robots


def test_the_plan_covers_each_person_up_to_its_amount_and_no_further(firm: Company) -> None:
    events = firm.events
    first_party = np.array([m.first_party for m in MODELS])[events.model]
    group = (firm.cycles.number(events.ts) * 1_000 + events.actor) * 2 + first_party
    included = ~events.has(CHARGEABLE)
    spent = np.zeros(int(group.max()) + 1, np.int64)
    np.add.at(spent, group[included], events.charged_nano[included])
    assert spent.max() <= max(INCLUDED_NANO.values())
    assert np.mean(spent[spent > 0] > 0.9 * INCLUDED_NANO[False]) > 0.2
    assert 0.3 < np.mean(included) < 0.7


def test_usage_grows_over_the_year(firm: Company) -> None:
    halves = np.bincount((firm.events.ts - firm.start_ms) // (DAY_MS * 183))
    assert halves[1] > 1.2 * halves[0]


def test_names_are_varied_and_addresses_plain(firm: Company) -> None:
    assert any(not person.name.isascii() for person in firm.people)
    assert all(person.email.isascii() and person.email.endswith("@lumenworks.test") for person in firm.people)
    assert mailbox("Łukasz", "O'Brien") == "lukasz.obrien"
    assert mailbox("Søren", "van der Berg") == "soren.vanderberg"
    assert len({person.team for person in firm.people}) == 6


def test_calendars_know_their_holidays() -> None:
    assert [easter_sunday(year) for year in (2024, 2025, 2026, 2027)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)
    ]  # fmt: skip
    assert nth_weekday(2026, 11, 3, 4) == date(2026, 11, 26)
    assert nth_weekday(2026, 5, 0, -1) == date(2026, 5, 25)
    assert nth_weekday(2026, 12, 6, -1) == date(2026, 12, 27)
    by_code = {country.code: country for country in COUNTRIES}
    assert not by_code["US"].is_working(date(2026, 11, 26))
    assert by_code["DE"].is_working(date(2026, 11, 26))
    assert not by_code["DE"].is_working(date(2026, 5, 14))
    assert by_code["IL"].is_working(date(2026, 11, 22))
    assert not by_code["US"].is_working(date(2026, 11, 22))
    assert utc_offset_ms("Asia/Kolkata", date(2026, 1, 1)) == 5.5 * HOUR_MS
