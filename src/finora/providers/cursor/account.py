"""A Cursor team, opened with an Admin API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from finora.providers import errors
from finora.providers.base import Access, Capability, CycleSpend, Member, Team, WindowEvents
from finora.providers.cursor import answers, payloads, read
from finora.providers.cursor.activity import read_activity
from finora.providers.cursor.api import CursorApi, unexpected
from finora.providers.cursor.cycle import read_cycle
from finora.providers.cursor.event_type import with_types
from finora.providers.cursor.naming import (
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_ROLE,
    known_as,
)
from finora.providers.cursor.normalise import address
from finora.values.interval import DAY_MS
from finora.values.period import Span, to_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.base import Line, ReadOptions
    from finora.providers.cursor.activity import Activities

_NOT_FOR_THIS_KEY = (
    errors.InvalidCredentials,
    errors.AccessRefused,
    errors.EndpointMissing,
    errors.RequestRefused,
)

_ACTIVITY_PATIENCE = 2
"""After so many failures in a row activity is not asked for again: each costs a minute that the events need not wait."""

_T = TypeVar("_T")


class CursorAccount:
    """Reads one team's usage through the Admin API."""

    def __init__(self, key: str, line: Line) -> None:
        self._api = CursorApi(key, line)
        self._untyped = ""
        self._patience = _ACTIVITY_PATIENCE

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self._api.client.requests

    def check(self) -> Access:
        """Return what the key is good for; see `Account`."""
        now = to_ms(self._api.clock.now())
        body = {"startDate": now - DAY_MS, "endDate": now, "page": 1, "pageSize": 1}
        answer = self._api.client.post(read.PATH, body)
        try:
            payloads.decode_page(answer)
        except msgspec.MsgspecError as problem:
            raise unexpected(problem) from None
        found = [Capability(name="events", label="Usage events", state="answers")]
        members = self._probed(found, "members", "Members", self._members) or ()
        self._probed(found, "spend", "Spend of the cycle", lambda: read_cycle(self._api))
        day = Span.from_ms(now - DAY_MS, now)
        self._probed(found, "daily_usage", "Daily usage", lambda: read_activity(self._api, day))
        self._probed(found, "groups", "Billing groups", self._groups)
        return Access(capabilities=tuple(found), members=members)

    def read(self, window: Span, options: ReadOptions) -> WindowEvents:
        """Return all events of a window; see `Account`."""
        reader = read.WindowReader(self._api.client.post, window, options)
        events, held = reader.read()
        activity, problem = self._activity(window) if events.num_rows else ({}, "")
        return WindowEvents(
            events=with_types(events, activity),
            held=held,
            service_accounts=reader.service_accounts,
            untyped=problem,
        )

    def members(self) -> tuple[Member, ...] | None:
        """Return the members; none where the key may not see them."""
        return self._allowed(self._members)

    def teams(self) -> tuple[Team, ...] | None:
        """Return the billing groups; none where the plan has none."""
        return self._allowed(self._groups)

    def cycle_spend(self) -> CycleSpend | None:
        """Return Cursor's own totals of the present cycle; none where the key may not see them."""
        return self._allowed(lambda: read_cycle(self._api))

    def close(self) -> None:
        """Let go of the connection."""
        self._api.client.close()

    def _probed(self, found: list[Capability], name: str, label: str, ask: Callable[[], _T]) -> _T | None:
        try:
            answer = ask()
        except (errors.InvalidCredentials, errors.AccessRefused) as problem:
            words = str(problem.extra.get("provider_message", ""))
            found.append(Capability(name=name, label=label, state="refused", detail=words))
        except errors.EndpointMissing:
            found.append(Capability(name=name, label=label, state="missing"))
        except errors.ProviderError as problem:
            found.append(Capability(name=name, label=label, state="failed", detail=problem.title))
        else:
            found.append(Capability(name=name, label=label, state="answers"))
            return answer
        return None

    def _allowed(self, ask: Callable[[], _T]) -> _T | None:
        try:
            return ask()
        except _NOT_FOR_THIS_KEY:
            return None

    def _activity(self, window: Span) -> tuple[Activities, str]:
        """Return what was read of the window's activity, and why it could not be read where it should have been."""
        if self._patience > 0:
            try:
                found = self._allowed(lambda: read_activity(self._api, window))
            except errors.ProviderError as problem:
                self._untyped = problem.message
                self._patience -= 1
            else:
                self._patience = _ACTIVITY_PATIENCE
                return found or {}, ""
        return {}, self._untyped

    def _members(self) -> tuple[Member, ...]:
        rows = self._api.get("/teams/members", answers.Members).team_members
        return tuple(
            Member(
                provider_id=known_as(row.id, LONGEST_ID),
                email=address(row.email or "") or "",
                name=known_as(row.name, LONGEST_NAME),
                role=known_as(row.role, LONGEST_ROLE),
                removed=bool(row.is_removed),
            )
            for row in rows
            if row.email or row.id is not None
        )

    def _groups(self) -> tuple[Team, ...]:
        answer = self._api.get("/teams/groups", answers.Groups)
        return tuple(
            Team(
                key=known_as(group.id, LONGEST_ID),
                label=known_as(group.name, LONGEST_NAME),
                emails=tuple(
                    email
                    for member in group.current_members
                    if not member.left_at and (email := address(member.email or ""))
                ),
            )
            for group in answer.groups
        )
