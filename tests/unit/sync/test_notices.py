"""Notices: said once, brought up to date, and gone when they no longer hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.sync import Notices
from finora.sync.errors import NoticeNotFound

if TYPE_CHECKING:
    from finora.storage.ledger import Ledger
    from support.stood_clock import StoodClock


@pytest.fixture
def notices(ledger: Ledger, clock: StoodClock) -> Notices:
    """Return the notices."""
    return Notices(ledger, clock)


def texts(notices: Notices) -> list[str]:
    """Return the texts of the open notices."""
    return [notice.text for notice in notices.open()]


def test_there_is_one_notice_of_a_kind_and_the_latest_text_stands(
    notices: Notices, clock: StoodClock
) -> None:
    notices.raise_("c1", "held", "Held", "3 events")
    clock.move(hours=1)
    notices.raise_("c1", "held", "Held", "4 events")
    notices.raise_("c2", "held", "Held", "1 event")
    assert sorted(texts(notices)) == ["1 event", "4 events"]


def test_the_newest_comes_first(notices: Notices, clock: StoodClock) -> None:
    for kind in ("a", "b", "c"):
        notices.raise_("c1", kind, kind, kind)
        clock.move(minutes=1)
    assert texts(notices) == ["c", "b", "a"]


def test_a_dismissed_notice_stays_away_until_it_says_something_new(notices: Notices) -> None:
    notices.raise_("c1", "held", "Held", "3 events")
    notices.dismiss("c1", notices.open()[0].id)
    notices.raise_("c1", "held", "Held", "3 events")
    assert texts(notices) == []
    notices.raise_("c1", "held", "Held", "4 events")
    assert texts(notices) == ["4 events"]


def test_clearing_takes_one_kind_or_all_of_a_connection(notices: Notices) -> None:
    for connection in ("c1", "c2"):
        for kind in ("held", "retained"):
            notices.raise_(connection, kind, kind, f"{connection} {kind}")
    notices.clear("c1", "held")
    assert sorted(texts(notices)) == ["c1 retained", "c2 held", "c2 retained"]
    notices.clear("c2")
    assert texts(notices) == ["c1 retained"]
    with pytest.raises(NoticeNotFound):
        notices.dismiss("c1", "nothing")
    (left,) = notices.open()
    with pytest.raises(NoticeNotFound):
        notices.dismiss("c2", left.id)
