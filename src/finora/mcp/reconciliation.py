"""The tool `get_reconciliation`: Finora's sums beside the provider's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.accounts import Permission
from finora.mcp import lines
from finora.mcp.pages import Cursor, more, page_of
from finora.mcp.tool import Arguments, Reply, Tool
from finora.values.money import usd_text
from finora.values.period import utc_text

if TYPE_CHECKING:
    from finora.mcp.tool import Asker
    from finora.sync import Reconciliation
    from finora.sync.reconcile import ReconciledLine

_MEMBERS, _MOST_MEMBERS = 25, 100
_AGREES = "agrees"
_CYCLES = 12


class ReconciliationArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which cycle, and which members of it."""

    cycle_start: Annotated[
        str,
        Meta(
            description="The day a billing cycle began, as in `cycles`; the latest of each connection unless given."
        ),
    ] = ""
    all_members: Annotated[
        bool, Meta(description="Also members whose figures agree; else those that differ only.")
    ] = False
    limit: Annotated[int, Meta(ge=1, le=_MOST_MEMBERS, description="How many members a page has.")] = _MEMBERS
    cursor: Cursor = ""


def answer(asker: Asker, asked: ReconciliationArguments) -> Reply:
    """Compare billing cycles, and the members of one."""
    compared = [
        (connection.name, cycle)
        for connection in asker.workspace.connections.all()
        for cycle in _wanted(asker.workspace.reconciler.cycles(connection.id), asked)
    ]
    members = [
        (name, cycle, line)
        for name, cycle in _detailed(compared, asked)
        for line in cycle.lines
        if asked.all_members or line.cause != _AGREES
    ]
    page, following = page_of(members, asked.cursor, asked.limit)
    cycles = [_cycle(name, cycle) for name, cycle in compared]
    data = {
        "cycles": cycles,
        "members": [_member(*each) for each in page],
        "members_in_all": len(members),
        "next": following,
    }
    if not compared:
        return Reply("No billing cycle was compared yet; the next sync does.", data)
    text = "\n\n".join(
        (
            "Finora's usage value (spend, where the provider states no usage value) less the provider's own, by billing cycle.",
            lines.table(
                ("Connection", "Cycle start", "Difference", "Members", "Differing"),
                [_cycle_cells(each) for each in cycles],
            ),
            _members_text(data),
        )
    )
    return Reply(text + more(following), data)


def _wanted(cycles: list[Reconciliation], asked: ReconciliationArguments) -> list[Reconciliation]:
    if not asked.cycle_start:
        return cycles[:_CYCLES]
    return [each for each in cycles if utc_text(each.cycle_start).startswith(asked.cycle_start)]


def _detailed(
    compared: list[tuple[str, Reconciliation]], asked: ReconciliationArguments
) -> list[tuple[str, Reconciliation]]:
    """Return the cycles whose members are listed: those asked for, else each connection's latest."""
    if asked.cycle_start:
        return compared
    latest: dict[str, Reconciliation] = {}
    for name, cycle in compared:
        latest.setdefault(name, cycle)
    return [*latest.items()]


def _cycle(connection: str, cycle: Reconciliation) -> dict[str, Any]:
    return {
        "connection": connection,
        "cycle_start": utc_text(cycle.cycle_start),
        "read_at": utc_text(cycle.read_at),
        "agrees": cycle.agrees,
        "difference": usd_text(cycle.difference),
        "members": len(cycle.lines),
        "differing": sum(line.cause != _AGREES for line in cycle.lines),
    }


def _member(connection: str, cycle: Reconciliation, line: ReconciledLine) -> dict[str, Any]:
    value = line.provider_usage_value
    return {
        "connection": connection,
        "cycle_start": utc_text(cycle.cycle_start),
        "person": line.person,
        "person_label": line.name,
        "provider_spend": usd_text(line.provider_spend),
        "provider_usage_value": None if value is None else usd_text(value),
        "finora_spend": usd_text(line.spend),
        "finora_usage_value": usd_text(line.usage_value),
        "difference": usd_text(line.difference),
        "parts": [
            {"cause": part.cause, "amount": usd_text(part.amount), "events": part.events}
            for part in line.parts
        ],
    }


def _cycle_cells(cycle: dict[str, Any]) -> list[str]:
    return [
        cycle["connection"],
        cycle["cycle_start"],
        lines.usd(cycle["difference"]),
        f"{cycle['members']:,}",
        f"{cycle['differing']:,}",
    ]


def _members_text(data: dict[str, Any]) -> str:
    if not data["members"]:
        return "No member's figures differ."
    heads = ("Member", "Provider", "Finora", "Difference", "Why")
    rows = (
        [
            lines.named(each["person"], each["person_label"]),
            lines.usd(each["provider_usage_value"] or each["provider_spend"]),
            lines.usd(each["finora_usage_value" if each["provider_usage_value"] else "finora_spend"]),
            lines.usd(each["difference"]),
            ", ".join(f"{part['cause']} {lines.usd(part['amount'])}" for part in each["parts"]) or _AGREES,
        ]
        for each in data["members"]
    )
    return f"{lines.table(heads, rows)}\n\n{data['members_in_all']:,} member{'' if data['members_in_all'] == 1 else 's'} in all; finora://docs/reconciliation tells the causes."


GET_RECONCILIATION = Tool(
    name="get_reconciliation",
    title="Reconciliation",
    description="Whether Finora's sums agree with the provider's own, by billing cycle, and which members differ, by "
    "how much and why.",
    takes=ReconciliationArguments,
    answer=answer,
    permission=Permission.READ_ALL,
)
