"""The audit log says what was changed in words that whoever reads it later understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.web.settings.act_details import details_text

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "0" * 32


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (
            {"id": ID, "price_per_seat": {"from": "20.00", "to": "1025.00"}, "effective": "2026-12-01"},
            "price per seat from $20.00 to $1,025.00, from 1 December 2026 on",
        ),
        (
            {
                "name": {"from": "Cursor", "to": "Cursor for all"},
                "seats": {"from": 10, "to": 12},
                "billing_cycle": {"from": "monthly", "to": "annual"},
                "effective": "2026-11-01",
            },
            "name from “Cursor” to “Cursor for all”; seats from 10 to 12, billing cycle from monthly to annual, from 1 November 2026 on",
        ),
        (
            {
                "end_date": {"from": None, "to": "2026-11-30"},
                "tags": {"from": [], "to": ["team:a", "team:b"]},
                "connection": {"from": "gone", "to": ID},
            },
            "end date from none to 30 November 2026; tags from none to team:a, team:b; connection from gone to Acme",
        ),
        ({"id": ID, "effective": "2026-12-01"}, "from 1 December 2026 on"),
        (
            {"sku": "cursor-pro", "seats": 3, "price_per_seat": "20.00", "end_date": None, "tags": []},
            "SKU: cursor-pro; seats: 3; price per seat: $20.00",
        ),
        ({"seat_rule": {"from": "members", "to": "by_hand"}}, "seat rule from members to by hand"),
        (
            {
                "terms": {
                    "from": [],
                    "to": [{"effective": "2026-01-01", "seats": 2, "price_per_seat": "9.00"}],
                }
            },
            "terms from none to (from 1 January 2026 on; seats: 2; price per seat: $9.00)",
        ),
        ({"key": "…1a2b", "sessions": 2}, "key: …1a2b; sessions: 2"),
        ({"role": {"odd": "shape"}}, "role: (odd: shape)"),
        ({}, ""),
    ],
)
def test_details_are_told_in_words(details: Mapping[str, object], words: str) -> None:
    assert details_text(details, {ID: "Acme"}) == words
