"""Reading a window of events until it is consistent.

Cursor pages by number over a list that may change meanwhile, so a read counts only if its pages agree: each reports the
same total, the rows add up to it and not before the last page ends, their times lie inside the window and do not rise, and no
page begins with what the former one ended with, but for twins. Else the window is read again, up to three times. An
inconsistent read is never returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from finora.providers.base import HeldEvent, WindowTooLarge
from finora.providers.cursor.normalise import PAGE_SCHEMA, normalise
from finora.providers.cursor.payloads import UsagePage, decode_page
from finora.providers.errors import InconsistentRead, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from finora.providers.base import ReadOptions
    from finora.values.period import Span

PATH = "/teams/filtered-usage-events"
PAGE_SIZE = 1000
_ATTEMPTS = 3


class _Contradiction(Exception):
    """Two pages of one read contradict each other."""


class WindowReader:
    """Reads one window.

    Args:
        post: Sends a request body to a path and returns the answer's body.
        window: What to read. Cursor's bounds are both inclusive, so the last millisecond asked for lies before its end.
        options: How.
    """

    def __init__(self, post: Callable[[str, object], bytes], window: Span, options: ReadOptions) -> None:
        self._post = post
        self._window = window
        self._options = options
        self.service_accounts: dict[str, str] = {}

    def read(self) -> tuple[pa.Table, tuple[HeldEvent, ...]]:
        """Return the window's events, newest first, and those held aside.

        Raises:
            InconsistentRead: No attempt was consistent.
            WindowTooLarge: The window holds more than the options allow.
            ProviderError: Cursor cannot be asked.
        """
        reasons = []
        for _attempt in range(_ATTEMPTS):
            try:
                return self._read_once()
            except _Contradiction as contradiction:
                reasons.append(str(contradiction))
        start, end = self._window.start.isoformat(), self._window.end.isoformat()
        raise InconsistentRead(
            f"Cursor's pages from {start} to {end} contradicted each other {_ATTEMPTS} times in a row ({reasons[-1]}). "
            "Nothing of them was stored; the next refresh reads them again."
        )

    def _read_once(self) -> tuple[pa.Table, tuple[HeldEvent, ...]]:
        batches: list[pa.RecordBatch] = []
        held: list[HeldEvent] = []
        total: int | None = None
        rows, number, oldest = 0, 1, self._window.end_ms
        page: UsagePage | None = None
        while page is None or total is None or rows < total:
            former, page = page, self._page(number)
            total = self._agreed(page, total, rows)
            if former is not None and _repeats(former, page):
                self._confirm(number - 1, former)
            normal = normalise(page, self._options.accepted)
            oldest = self._ordered(normal.times, oldest)
            batches.append(normal.events)
            held += normal.held
            rows += page.rows
            number += 1
            self._name_accounts(page)
            self._options.on_page(rows)
        if page.pagination.has_next_page:
            self._confirm_end(number, total)
        return pa.Table.from_batches(batches, PAGE_SCHEMA).combine_chunks(), tuple(held)

    def _page(self, number: int) -> UsagePage:
        body = {
            "startDate": self._window.start_ms,
            "endDate": self._window.end_ms - 1,
            "page": number,
            "pageSize": PAGE_SIZE,
        }
        answer = self._post(PATH, body)
        try:
            return decode_page(answer)
        except msgspec.ValidationError as problem:
            raise UnexpectedAnswer(
                f"Cursor's answer lacks what it documents ({problem}). Nothing of it was stored. If this lasts, look for an "
                "update of Finora."
            ) from None
        except msgspec.DecodeError:
            raise _Contradiction("an answer broke off") from None

    def _agreed(self, page: UsagePage, total: int | None, rows: int) -> int:
        """Return the window's total, on which all pages must agree."""
        if total is None:
            limit = self._options.too_many
            if limit is not None and page.total > limit:
                raise WindowTooLarge(page.total)
        elif page.total != total:
            raise _Contradiction(f"the total went from {total} to {page.total}")
        if rows + page.rows > page.total:
            raise _Contradiction(f"there were more rows than the total of {page.total}")
        if page.rows == 0 and rows < page.total:
            raise _Contradiction(f"a page was empty after {rows} of {page.total} rows")
        if rows + page.rows < page.total and not page.pagination.has_next_page:
            raise _Contradiction(f"the last page came after {rows + page.rows} of {page.total} rows")
        return page.total

    def _confirm_end(self, number: int, total: int) -> None:
        """Make sure that nothing comes after the total, although the last page says that something does."""
        page = self._page(number)
        if page.rows or page.total != total:
            raise _Contradiction(f"more pages followed after the total of {total}")

    def _confirm(self, number: int, former: UsagePage) -> None:
        """Make sure that a page is as it was, so that what the next one repeats is a twin.

        Otherwise a new event moved all others on by one: the page's last would count twice, and the new one not at all. A
        total that was wrong by one before says nothing of it.
        """
        page = self._page(number)
        if page.total != former.total or _places(page) != _places(former):
            raise _Contradiction(f"page {number} changed while the next one was read")

    def _ordered(self, times: NDArray[np.int64], newest: int) -> int:
        """Return a page's oldest time; times must lie inside the window and must not rise."""
        if not len(times):
            return newest
        if times.min() < self._window.start_ms or times.max() >= self._window.end_ms:
            raise _Contradiction("an event lay outside the window")
        if times[0] > newest or (times[1:] > times[:-1]).any():
            raise _Contradiction("the events were not in order")
        return int(times[-1])

    def _name_accounts(self, page: UsagePage) -> None:
        names = [event.service_account_name for event in page.events]
        if names.count(None) == len(names):
            return
        for event in page.events:
            if event.service_account_id and event.service_account_name:
                self.service_accounts.setdefault(event.service_account_id, event.service_account_name)


def _places(page: UsagePage) -> list[tuple[object, ...]]:
    """Return what an event is known by, whatever becomes of its charge and its person."""
    return [(event.timestamp, event.model, event.conversation_id) for event in page.events]


def _repeats(former: UsagePage, page: UsagePage) -> bool:
    """Return whether a page may begin with an event that the former one had."""
    if not former.events or not page.events:
        return False
    first, at = page.events[0], former.events[-1].timestamp
    return first.timestamp == at and any(
        each.model == first.model for each in reversed(former.events) if each.timestamp == at
    )
