"""What is known of a connection, as tables: its key, its syncs, what was revised, and what is held aside."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.store import Revision, Tally
from finora.sync import HeldEventRow, SyncRun
from finora.values.money import usd_display
from finora.web.figures.formats import duration, near_moment, plural, precise_moment, span_text
from finora.web.settings.reconciliation import signed

Json = dict[str, Any]

_CAPABILITY_WORDS = {
    "answers": ("Answers", "good"),
    "refused": ("Refused to this key or plan", "caution"),
    "missing": ("Not part of this plan", "neutral"),
    "failed": ("Did not answer", "bad"),
}
CAPABILITY_COLUMNS = [
    {"key": "label", "label": "Part of the API"},
    {"key": "state", "label": "For this key", "keep": True},
    {"key": "detail", "label": "The provider's words"},
]
SYNC_COLUMNS = [
    {"key": "asked", "label": "Asked for"},
    {"key": "state", "label": "State", "keep": True},
    {"key": "took", "label": "Took", "numeric": True},
    {"key": "days", "label": "Days", "numeric": True},
    {"key": "events", "label": "Events", "numeric": True},
    {"key": "changed", "label": "Changed", "numeric": True, "hint": "Events added, revised or withdrawn"},
    {"key": "requests", "label": "Requests", "numeric": True},
    {"key": "error", "label": "What went wrong"},
]
REVISION_COLUMNS = [
    {"key": "read", "label": "Read"},
    {"key": "window", "label": "Window"},
    {"key": "before", "label": "Before", "numeric": True},
    {"key": "after", "label": "After", "numeric": True},
    {"key": "difference", "label": "Difference", "numeric": True, "keep": True},
    {"key": "events", "label": "What changed"},
]


def capability_rows(capabilities: Mapping[str, Mapping[str, str]]) -> list[Json]:
    """Return what each part of the provider's API answers to the key; `state` is the words and the tone of a badge."""
    return [
        {
            "id": name,
            "label": each["label"],
            "state": _CAPABILITY_WORDS.get(each["state"], (each["state"], "neutral")),
            "detail": each.get("detail", ""),
        }
        for name, each in capabilities.items()
    ]


def sync_rows(runs: Iterable[SyncRun], now: datetime, zone: ZoneInfo) -> list[Json]:
    """Return the syncs, newest first as they are given."""
    return [
        {
            "id": run.id,
            "cells": {
                "asked": near_moment(run.requested_at, now, zone),
                "state": run.state,
                "took": _took(run),
                "days": f"{run.seconds_done / 86_400:,.0f}",
                "events": f"{run.events:,}",
                "changed": f"{run.changed:,}",
                "requests": f"{run.requests:,}",
                "error": run.error or None,
            },
        }
        for run in runs
    ]


def revision_rows(revisions: Iterable[Revision], now: datetime, zone: ZoneInfo) -> list[Json]:
    """Return the reads that changed what had been read before; amounts are usage value."""
    return [
        {
            "id": f"revision-{each.id}",
            "cells": {
                "read": near_moment(each.read_at, now, zone),
                "window": span_text(each.window, zone),
                "before": _tally_cell(each.change.before),
                "after": _tally_cell(each.change.after),
                "difference": signed(each.change.after.usage_value - each.change.before.usage_value),
                "events": _what_changed(each),
            },
        }
        for each in revisions
    ]


def held_rows(held: Sequence[HeldEventRow], zone: ZoneInfo) -> list[Json]:
    """Return the events held aside, with the provider's own record."""
    return [
        {
            "id": each.id,
            "at": precise_moment(each.ts, zone) if each.ts else "At an unknown time",
            "reason": each.reason,
            "raw": _indented(each.raw),
            "readable": each.ts is not None,
        }
        for each in held
    ]


def _took(run: SyncRun) -> str | None:
    if run.started_at is None or run.finished_at is None:
        return None
    return duration(max(run.finished_at - run.started_at, timedelta()))


def _tally_cell(tally: Tally) -> Json:
    return {"text": usd_display(tally.usage_value), "note": plural(tally.events, "event")}


def _what_changed(revision: Revision) -> str:
    change = revision.change
    counts = (
        (change.added, "added"),
        (change.revised, "revised"),
        (change.withdrawn, "withdrawn"),
        (change.retained, "kept though no longer returned"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def _indented(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except ValueError:
        return raw
