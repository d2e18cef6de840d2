"""Cursor's answers about people, totals and activity as Python values."""

from __future__ import annotations

from msgspec import Raw, Struct, field


class Member(Struct, rename="camel"):
    """A row of `/teams/members`."""

    email: str | None = None
    name: str | None = None
    id: str | int | None = None
    role: str | None = None
    is_removed: bool | None = None


class Members(Struct, rename="camel"):
    """The answer of `/teams/members`."""

    team_members: list[Member]


class MemberSpend(Struct, rename="camel"):
    """A row of `/teams/spend`; amounts are cents."""

    user_id: str | int | None = None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    spend_cents: float | None = None
    overall_spend_cents: float | None = None


class SpendPage(Struct, rename="camel"):
    """A page of `/teams/spend`."""

    team_member_spend: list[MemberSpend]
    subscription_cycle_start: int
    total_pages: int
    total_members: int | None = None


class DailyUsage(Struct, rename="camel"):
    """A person's activity on a day of UTC, as counts without cost."""

    day: str | None = None
    date: int | None = None
    email: str | None = None
    composer_requests: int | None = 0
    chat_requests: int | None = 0
    agent_requests: int | None = 0
    cmdk_usages: int | None = 0
    bugbot_usages: int | None = 0


class DailyUsagePage(Struct, rename="camel"):
    """The answer of `/teams/daily-usage-data`, its rows (`DailyUsage`) still to be decoded one by one."""

    data: list[Raw]


class GroupMember(Struct, rename="camel"):
    """A member of a billing group."""

    email: str | None = None
    left_at: str | None = None


class Group(Struct, rename="camel"):
    """A billing group."""

    id: str | int
    name: str
    current_members: list[GroupMember] = field(default_factory=list)


class Groups(Struct, rename="camel"):
    """The answer of `/teams/groups`."""

    groups: list[Group]
