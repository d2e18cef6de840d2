"""Who holds the seats of a subscription: those assigned by hand, and the members of its connection."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from finora.subscriptions.reading import SeatRule
from finora.subscriptions.subscription import Holding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from finora.people import KnownPerson, People
    from finora.subscriptions.subscription import Subscription

ByHand = dict[str, set[str]]
"""By connection, who was given a seat of it by hand."""


def assigned_by_hand(subscriptions: Sequence[Subscription]) -> ByHand:
    """Return, by connection, who was given a seat of it by hand."""
    found: ByHand = defaultdict(set)
    for each in subscriptions:
        if each.connection_id is not None:
            found[each.connection_id] |= {held.person for held in each.assigned}
    return found


def holdings(
    subscription: Subscription, by_hand: Mapping[str, set[str]], people: People, zone: ZoneInfo
) -> list[Holding]:
    """Return all who hold a seat of a subscription at any time.

    A seat is assigned by hand, or by the rule `members`: everyone whom the linked connection lists, except those with a
    seat by hand of any subscription linked to it.
    """
    connection = subscription.connection_id
    held = list(subscription.assigned)
    if subscription.seat_rule is SeatRule.MEMBERS and connection is not None:
        held += _by_rule(people.members_of(connection), by_hand.get(connection, set()), zone)
    return held


def _by_rule(members: Sequence[KnownPerson], taken: set[str], zone: ZoneInfo) -> Iterator[Holding]:
    """Yield the seats of a connection's members; of one known by several identities, the longest."""
    first_read = min((each.first_seen_at for each in members), default=None)
    for member in members:
        never_seen_in = member.removed and member.last_seen_at <= member.first_seen_at
        if first_read is None or not member.email or member.email in taken or never_seen_in:
            continue
        since = member.first_seen_at.astimezone(zone).date()
        yield Holding(
            person=member.email,
            since=since if since > first_read.astimezone(zone).date() else None,
            until=member.last_seen_at.astimezone(zone).date() if member.removed else None,
        )
