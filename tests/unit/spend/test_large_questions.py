"""Questions over single events wait for one another, so that nobody else's answer fails for want of memory."""

from __future__ import annotations

import threading

import pytest

from finora.errors import FinoraError
from finora.spend.large_questions import LargeQuestions
from finora.values.patience import Patience, waiting


def test_no_more_are_worked_on_at_once_than_there_is_room_for() -> None:
    large, begun, ended = LargeQuestions(2), [], threading.Event()

    def ask(number: int) -> None:
        with large.turn():
            begun.append(number)
            ended.wait(10)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for asker in askers:
        asker.start()
    askers[0].join(0.3)
    assert len(begun) == 2
    ended.set()
    for asker in askers:
        asker.join()
    assert sorted(begun) == [0, 1, 2, 3, 4]


def test_whoever_has_left_waits_for_no_turn() -> None:
    large, patience = LargeQuestions(1), Patience()
    patience.end(FinoraError("They have left."))
    with large.turn(), waiting(patience), pytest.raises(FinoraError, match="have left"), large.turn():
        pass
    with large.turn():
        pass  # the turn of who left was given to nobody, and taken from nobody
