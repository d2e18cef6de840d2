"""What kind of work an event was, and how that is known.

Cursor does not say it of most events, so it is told in this order:

* **reported**: a field says so (`isFreeBugbot`).
* **structural**: ids on the event prove it. An automation id is an automation; a cloud agent id without one is a cloud
  agent; no connected client, or a service account, is background work.
* **activity**: what remains was done by a person in the editor. `/teams/daily-usage-data` counts each person's uses of
  each feature on each UTC day. Events of a conversation are agent or chat; events without one are inline edits or
  Bugbot (or, before Cursor sent conversation ids, agent or chat). If the counts leave one of them, that is the type. If
  they leave two, the person's conversations of that day are apportioned in the ratio of the counts, and the events say
  that they are apportioned: the totals are then right by count, the single event is not certain. Work without a client
  that belongs to no conversation is Bugbot's on a day that counts reviews, and takes its share of that count.
* **unknown**: there are no counts for that person and day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.event import EVENT_SCHEMA, EVENT_TYPES, IDENTITY, TypeBasis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_DAY_MS = 86_400_000
_CODES = {name: code for code, name in enumerate(EVENT_TYPES)}
_UNKNOWN = _CODES["unknown"]
_OWN_NAME = [name for name in IDENTITY if name not in {"cloud_agent", "automation", "service_account"}]


@dataclass(frozen=True, slots=True)
class Activity:
    """A person's uses of each feature on a day of UTC."""

    agent: int = 0
    chat: int = 0
    inline_edit: int = 0
    bugbot: int = 0


_NO_ACTIVITY = Activity()


def with_types(events: pa.Table, activity: Mapping[tuple[str, int], Activity]) -> pa.Table:
    """Return events with their types (`EVENT_SCHEMA`).

    Args:
        events: The columns of normalised pages.
        activity: Counts by person and day number of UTC.
    """
    types = np.full(events.num_rows, _UNKNOWN, np.int32)
    basis = np.full(events.num_rows, TypeBasis.UNKNOWN, np.uint8)
    apportioned = np.zeros(events.num_rows, np.bool_)
    _structural(events, types, basis)
    _reported(events, types, basis)
    if activity:
        _by_activity(events, activity, types, basis, apportioned)
    typed = {
        "event_type": pa.chunked_array([pa.DictionaryArray.from_arrays(types, pa.array(EVENT_TYPES))]),
        "basis": pa.chunked_array([basis]),
        "apportioned": pa.chunked_array([apportioned]),
    }
    columns = [typed[name] if name in typed else events[name] for name in EVENT_SCHEMA.names]
    return pa.table(columns, names=EVENT_SCHEMA.names)


def _present(events: pa.Table, column: str) -> NDArray[np.bool_]:
    present: NDArray[np.bool_] = pc.is_valid(events[column]).to_numpy()
    return present


def _structural(events: pa.Table, types: NDArray[np.int32], basis: NDArray[np.uint8]) -> None:
    background = events["headless"].to_numpy() | _present(events, "service_account")
    for name, proven in (
        ("background", background),
        ("cloud_agent", _present(events, "cloud_agent")),
        ("automation", _present(events, "automation")),
    ):
        types[proven] = _CODES[name]
        basis[proven] = TypeBasis.STRUCTURAL


def _reported(events: pa.Table, types: NDArray[np.int32], basis: NDArray[np.uint8]) -> None:
    if events["extra"].null_count == events.num_rows:
        return
    says = pc.fill_null(pc.match_substring(events["extra"], '"isFreeBugbot":true'), False).to_numpy()
    types[says] = _CODES["bugbot"]
    basis[says] = TypeBasis.REPORTED


def _by_activity(
    events: pa.Table,
    activity: Mapping[tuple[str, int], Activity],
    types: NDArray[np.int32],
    basis: NDArray[np.uint8],
    apportioned: NDArray[np.bool_],
) -> None:
    talked = _present(events, "conversation")
    alone = events["headless"].to_numpy() & ~talked & ~_present(events, "service_account")
    reviews = alone & (types == _CODES["background"])
    reviewed: dict[tuple[str, int], int] = {}
    for who, _talked, rows in _person_days(events, talked, reviews):
        if activity.get(who, _NO_ACTIVITY).bugbot:
            types[rows], basis[rows] = _CODES["bugbot"], TypeBasis.ACTIVITY
            reviewed[who] = len(rows)
    for who, in_conversation, rows in _person_days(events, talked, basis == TypeBasis.UNKNOWN):
        counts = activity.get(who, _NO_ACTIVITY)
        if who in reviewed:
            counts = replace(counts, bugbot=max(counts.bugbot - reviewed[who], 0))
        candidates = _candidates(counts, talked=in_conversation)
        if not candidates:
            continue
        basis[rows] = TypeBasis.ACTIVITY
        if len(candidates) == 1:
            types[rows] = _CODES[next(iter(candidates))]
        else:
            types[rows] = _apportion(events, rows, candidates)
            apportioned[rows] = True


def _person_days(
    events: pa.Table, talked: NDArray[np.bool_], chosen: NDArray[np.bool_]
) -> Iterator[tuple[tuple[str, int], bool, NDArray[np.int64]]]:
    """Yield the chosen events of each person and day of UTC, those of conversations apart from the others."""
    people = events["person"].unify_dictionaries().combine_chunks()
    if isinstance(people, pa.ChunkedArray):
        people = people.chunk(0)
    names = people.dictionary.to_pylist()
    numbers = pc.fill_null(people.indices, -1).to_numpy()
    rows = np.flatnonzero(chosen & (numbers >= 0))
    days = events["ts"].to_numpy()[rows] // _DAY_MS
    keys = (numbers[rows].astype(np.int64) << 32) | (days << 1) | talked[rows]
    groups, members = np.unique(keys, return_inverse=True)
    order = np.argsort(members, kind="stable")
    bounds = np.searchsorted(members[order], np.arange(len(groups) + 1))
    for place, key in enumerate(groups.tolist()):
        who = names[key >> 32], (key & 0xFFFFFFFF) >> 1
        yield who, bool(key & 1), rows[order[bounds[place] : bounds[place + 1]]]


def _candidates(counts: Activity, *, talked: bool) -> dict[str, int]:
    """Return the types that the counts leave, with their counts."""
    in_conversation = {"agent": counts.agent, "chat": counts.chat}
    single = {"inline_edit": counts.inline_edit, "bugbot": counts.bugbot}
    chosen = in_conversation if talked or not any(single.values()) else single
    return {name: count for name, count in chosen.items() if count > 0}


def _apportion(events: pa.Table, rows: NDArray[np.int64], candidates: dict[str, int]) -> NDArray[np.int32]:
    """Return types for the rows in the ratio of the counts, whole conversations at a time, the same at every read."""
    units: dict[str, list[int]] = {}
    for place, unit in enumerate(_units(events, rows)):
        units.setdefault(unit, []).append(place)
    total = sum(candidates.values())
    assigned = dict.fromkeys(candidates, 0)
    types = np.empty(len(rows), np.int32)
    done = 0
    for unit in sorted(units, key=lambda unit: (-len(units[unit]), unit)):
        places = units[unit]
        done += len(places)
        # The type furthest behind its share of the events given out so far.
        name = max(candidates, key=lambda each: (candidates[each] * done / total - assigned[each], each))
        assigned[name] += len(places)
        types[places] = _CODES[name]
    return types


def _units(events: pa.Table, rows: NDArray[np.int64]) -> list[str]:
    """Return what each row stands or falls with: its conversation; without one, itself and its twins.

    An event is named by what it is and not by its place, which is another at every read.
    """
    places = pa.array(rows)
    units: list[str] = events["conversation"].take(places).to_pylist()
    if not all(units):
        own = events.select(_OWN_NAME).take(places).to_pylist()
        units = [unit or "|".join(map(str, each.values())) for unit, each in zip(units, own, strict=True)]
    return units
