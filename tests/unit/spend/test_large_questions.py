"""Questions over single events wait for one another, so that nobody else's answer fails for want of memory."""

from __future__ import annotations

import threading

import pytest

from finora.errors import FinoraError
from finora.spend.large_questions import LargeQuestions
from finora.values.asker import asking
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


def test_one_who_asks_much_leaves_a_turn_to_the_others() -> None:
    """Else one person's script, asking on and on, lets the time of everybody else's questions run out."""
    large, held, ended = LargeQuestions(2), threading.Event(), threading.Event()

    def ask() -> None:
        with asking("script"), large.turn():
            held.set()
            ended.wait(10)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    assert held.wait(10)
    askers[0].join(0.3)
    impatient = Patience()
    threading.Timer(5, impatient.end, [FinoraError("They had no turn.")]).start()
    with waiting(impatient), asking("somebody else"), large.turn():
        pass
    ended.set()
    for asker in askers:
        asker.join(10)
        assert not asker.is_alive()


def test_whoever_has_left_waits_for_no_turn() -> None:
    large, patience = LargeQuestions(1), Patience()
    patience.end(FinoraError("They have left."))
    with large.turn(), waiting(patience), pytest.raises(FinoraError, match="have left"), large.turn():
        pass
    with large.turn():
        pass  # the turn of who left was given to nobody, and taken from nobody
