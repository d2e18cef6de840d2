"""A Cursor team, opened with an Admin API key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import httpx
import msgspec

from finora.providers import errors
from finora.providers.base import Access, Capability, CycleSpend, Member, MemberSpend, Team, WindowEvents
from finora.providers.cursor import answers, payloads, read
from finora.providers.cursor.event_type import Activity, with_types
from finora.providers.http import ApiClient
from finora.values.interval import DAY_MS
from finora.values.money import nano_from_cents
from finora.values.period import from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.base import Line, ReadOptions
    from finora.values.period import Span

_OTHERS_PER_MINUTE = 15
_SPEND_PAGE = 100
_MOST_PAGES = 10_000

_REFUSED_KEY = (
    "Usual causes: the key was revoked or has expired; it is a personal or an organization key, not one of the team; "
    "it was not copied whole; its creator is no longer an administrator of the team; the plan does not include the "
    "Admin API. A team administrator can make a new key in Cursor's dashboard under API Keys."
)

_T = TypeVar("_T")


class CursorAccount:
    """Reads one team's usage through the Admin API."""

    def __init__(self, key: str, line: Line) -> None:
        paced = line.requests_per_minute
        self._clock = line.clock
        self._client = ApiClient(
            line,
            auth=httpx.BasicAuth(key, ""),
            limits={read.PATH: paced, "": min(paced, _OTHERS_PER_MINUTE)},
            label="Cursor",
            secrets=(key,),
            refused=_REFUSED_KEY,
        )

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self._client.requests

    def check(self) -> Access:
        """Return what the key is good for; see `Account`."""
        now = to_ms(self._clock.now())
        body = {"startDate": now - DAY_MS, "endDate": now, "page": 1, "pageSize": 1}
        try:
            payloads.decode_page(self._client.post(read.PATH, body))
        except msgspec.MsgspecError as problem:
            raise errors.UnexpectedAnswer(f"Cursor's answer is not what it documents ({problem}).") from None
        found = [Capability(name="events", label="Usage events", state="answers")]
        members = self._probed(found, "members", "Members", self._members) or ()
        self._probed(found, "spend", "Spend of the cycle", self._spend)
        self._probed(found, "daily_usage", "Daily usage", lambda: self._daily_usage(now - DAY_MS, now))
        self._probed(found, "groups", "Billing groups", self._groups)
        return Access(capabilities=tuple(found), members=members)

    def read(self, window: Span, options: ReadOptions) -> WindowEvents:
        """Return all events of a window; see `Account`."""
        reader = read.WindowReader(self._client.post, window, options)
        events, held = reader.read()
        activity = self._activity(window) if events.num_rows else {}
        return WindowEvents(
            events=with_types(events, activity), held=held, service_accounts=reader.service_accounts
        )

    def members(self) -> tuple[Member, ...] | None:
        """Return the members; none where the key may not see them."""
        return self._allowed(self._members)

    def teams(self) -> tuple[Team, ...] | None:
        """Return the billing groups; none where the plan has none."""
        return self._allowed(self._groups)

    def cycle_spend(self) -> CycleSpend | None:
        """Return Cursor's own totals of the present cycle; none where the key may not see them."""
        return self._allowed(self._spend)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

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
        except (
            errors.InvalidCredentials,
            errors.AccessRefused,
            errors.EndpointMissing,
            errors.RequestRefused,
        ):
            return None

    def _decode(self, body: bytes, kind: type[_T]) -> _T:
        try:
            return msgspec.json.decode(body, type=kind, strict=False)
        except msgspec.MsgspecError as problem:
            raise errors.UnexpectedAnswer(f"Cursor's answer is not what it documents ({problem}).") from None

    def _members(self) -> tuple[Member, ...]:
        rows = self._decode(self._client.get("/teams/members"), answers.Members).team_members
        return tuple(
            Member(
                provider_id="" if row.id is None else str(row.id),
                email=_address(row.email),
                name=(row.name or "").strip(),
                role=row.role or "",
                removed=bool(row.is_removed),
            )
            for row in rows
            if row.email or row.id is not None
        )

    def _groups(self) -> tuple[Team, ...]:
        answer = self._decode(self._client.get("/teams/groups"), answers.Groups)
        return tuple(
            Team(
                key=str(group.id),
                label=group.name,
                emails=tuple(
                    _address(member.email)
                    for member in group.current_members
                    if member.email and not member.left_at
                ),
            )
            for group in answer.groups
        )

    def _spend(self) -> CycleSpend:
        rows: list[answers.MemberSpend] = []
        number, pages = 1, 1
        start = 0
        while number <= min(pages, _MOST_PAGES):
            body = {"page": number, "pageSize": _SPEND_PAGE, "sortBy": "user", "sortDirection": "asc"}
            page = self._decode(self._client.post("/teams/spend", body), answers.SpendPage)
            rows += page.team_member_spend
            pages, start = page.total_pages, page.subscription_cycle_start
            number += 1
        return CycleSpend(
            start=from_ms(start),
            read_at=self._clock.now(),
            members=tuple(
                MemberSpend(
                    provider_id="" if row.user_id is None else str(row.user_id),
                    email=_address(row.email),
                    name=(row.name or "").strip(),
                    spend=nano_from_cents(row.spend_cents or 0.0),
                    usage_value=None
                    if row.overall_spend_cents is None
                    else nano_from_cents(row.overall_spend_cents),
                )
                for row in rows
            ),
        )

    def _activity(self, window: Span) -> dict[tuple[str, int], Activity]:
        """Return each person's activity on the window's days of UTC; nothing where the key may not see it."""
        first, last = window.start_ms // DAY_MS * DAY_MS, (window.end_ms - 1) // DAY_MS * DAY_MS + DAY_MS - 1
        found: dict[tuple[str, int], Activity] = {}
        longest = int(timedelta(days=30) / timedelta(milliseconds=1))
        for start in range(first, last + 1, longest):
            rows = self._allowed(lambda start=start: self._daily_usage(start, min(start + longest - 1, last)))  # type: ignore[misc]
            for row in rows or ():
                if row.email and row.date is not None:
                    found[_address(row.email), row.date // DAY_MS] = Activity(
                        agent=row.agent_requests + row.composer_requests,
                        chat=row.chat_requests,
                        inline_edit=row.cmdk_usages,
                        bugbot=row.bugbot_usages,
                    )
        return found

    def _daily_usage(self, start: int, end: int) -> list[answers.DailyUsage]:
        body = {"startDate": start, "endDate": end}
        return self._decode(self._client.post("/teams/daily-usage-data", body), answers.DailyUsagePage).data


def _address(email: str | None) -> str:
    return (email or "").strip().lower()
