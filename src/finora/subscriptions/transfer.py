"""Importing subscriptions from a file, whole or not at all.

The id ties a line to a subscription there is, which then becomes what the file says; an id that nobody knows is kept,
so that subscriptions move between workspaces as they are; without an id a subscription is new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from finora.accounts import Permission
from finora.subscriptions.errors import Flaw, InvalidImport
from finora.subscriptions.models import SubscriptionRow
from finora.subscriptions.table import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.accounts import Principal
    from finora.subscriptions.service import Subscriptions
    from finora.subscriptions.table import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do."""

    created: int
    updated: int
    unchanged: int


def import_table(
    subscriptions: Subscriptions,
    actor: Principal,
    content: bytes,
    *,
    rehearse: bool = False,
    address: str = "",
) -> Imported:
    """Take subscriptions from CSV in one transaction.

    Args:
        subscriptions: Where to.
        actor: Who imports.
        content: The file, as `finora.subscriptions.table` reads it.
        rehearse: Only say what it would do.
        address: Where they are, for the audit log.

    Raises:
        InvalidImport: The file or lines of it cannot be used; every flaw is named, and nothing was imported.
    """
    actor.require(Permission.MANAGE_SUBSCRIPTIONS)
    planned, flaws = read_table(content)
    for each in planned:
        flaws += [replace(flaw, line=each.line) for flaw in subscriptions.link_flaws(each.entry)]
    outcomes = []
    with subscriptions.ledger.session() as session:
        rows = {each.id: session.get(SubscriptionRow, each.id) for each in planned if each.id}
        flaws += _clashes(subscriptions, planned, rows)
        if flaws:
            raise InvalidImport(sorted(flaws, key=lambda flaw: flaw.line or 0))
        for each in planned:
            row = rows.get(each.id)
            if row is None:
                subscriptions.insert(
                    session, actor, each.entry, each.terms, subscription_id=each.id or None, address=address
                )
                outcomes.append("created")
            else:
                changed = subscriptions.overwrite(
                    session, actor, row, each.entry, each.terms, address=address
                )
                outcomes.append("updated" if changed else "unchanged")
        if rehearse:
            session.rollback()
    return Imported(**{each: outcomes.count(each) for each in ("created", "updated", "unchanged")})


def _clashes(
    subscriptions: Subscriptions, planned: Sequence[Planned], rows: Mapping[str, SubscriptionRow | None]
) -> list[Flaw]:
    """Return where the file would double a subscription, or touch a deleted one."""
    known = {(each.name, each.sku, each.contract.start): each.id for each in subscriptions.all()}
    flaws = []
    for each in planned:
        row = rows.get(each.id)
        if row is not None and row.deleted_at is not None:
            flaws.append(Flaw("id", "is of a deleted subscription; restore it first", each.line))
        twin = known.get((each.entry.name, each.entry.sku, each.terms[0].effective))
        if twin is not None and not each.id:
            flaws.append(
                Flaw(
                    "name",
                    f"is there already with this SKU and start date; to change it give its id, {twin}",
                    each.line,
                )
            )
    return flaws
