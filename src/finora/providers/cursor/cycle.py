"""Cursor's own totals of the present billing cycle, from `/teams/spend`."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from finora.providers.base import CycleSpend, MemberSpend
from finora.providers.cursor import answers
from finora.providers.cursor.api import unexpected
from finora.providers.cursor.naming import LONGEST_ID, LONGEST_NAME, known_as
from finora.providers.cursor.normalise import address
from finora.providers.errors import InconsistentRead
from finora.values.money import nano_from_cents
from finora.values.period import from_ms

if TYPE_CHECKING:
    from finora.providers.cursor.api import CursorApi

_PATH = "/teams/spend"
_PAGE_SIZE = 100
_ATTEMPTS = 3
_MOST_CENTS = 1e11
_YEAR_2100_MS = 4_102_444_800_000


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all pages of one read must say alike."""

    cycle_start: int
    pages: int
    members: int | None


def read_cycle(api: CursorApi) -> CycleSpend:
    """Return everybody's totals from one consistent read.

    The list may change while its pages are read. A read counts if all its pages speak of the same cycle and the same
    number of members, and nobody is on two of them.

    Raises:
        InconsistentRead: The pages contradicted each other at every attempt.
        UnexpectedAnswer: A figure cannot be a figure.
        ProviderError: Cursor cannot be asked, or does not answer this key.
    """
    for _attempt in range(_ATTEMPTS):
        found = _read_once(api)
        if found is not None:
            frame, rows = found
            return CycleSpend(
                start=from_ms(frame.cycle_start),
                read_at=api.clock.now(),
                members=tuple(_member(row) for row in rows),
            )
    raise InconsistentRead(
        "The pages of Cursor's own totals contradicted each other, so they were not compared this time. The next refresh "
        "reads them again."
    )


def _read_once(api: CursorApi) -> tuple[_Frame, list[answers.MemberSpend]] | None:
    rows: list[answers.MemberSpend] = []
    frame: _Frame | None = None
    number = 1
    while frame is None or number <= frame.pages:
        body = {"page": number, "pageSize": _PAGE_SIZE, "sortBy": "user", "sortDirection": "asc"}
        page = api.post(_PATH, body, answers.SpendPage)
        said = _Frame(page.subscription_cycle_start, page.total_pages, page.total_members)
        if frame is not None and (said != frame or not page.team_member_spend):
            return None
        frame = said
        rows += page.team_member_spend
        number += 1
    if not 0 < frame.cycle_start < _YEAR_2100_MS:
        raise unexpected(ValueError("the cycle begins at no possible time"))
    ids = [row.user_id for row in rows if row.user_id is not None]
    whole = frame.members is None or len(rows) == frame.members
    return (frame, rows) if whole and len(set(ids)) == len(ids) else None


def _member(row: answers.MemberSpend) -> MemberSpend:
    overall = row.overall_spend_cents
    return MemberSpend(
        provider_id=known_as(row.user_id, LONGEST_ID),
        email=address(row.email or "") or "",
        name=known_as(row.name, LONGEST_NAME),
        spend=_nanos(row.spend_cents or 0.0),
        usage_value=None if overall is None else _nanos(overall),
    )


def _nanos(cents: float) -> int:
    if not isfinite(cents) or abs(cents) > _MOST_CENTS:
        raise unexpected(ValueError("an amount cannot be one"))
    return nano_from_cents(cents)
