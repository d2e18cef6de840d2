"""Mishaps of single requests that the simulated Cursor does not play: answers for which nobody waits, keys lost on the way.

They have dice of their own, so that a story in which none happens is told as it was before there were any.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from finora.simulator import Simulation
    from support.chaos.stage import Stage

_SHORTEST_WAIT = 1.0


class Mishaps:
    """What befalls the requests of one story.

    Attributes:
        replace_key: Called at a random request about events, with the team that it is about: somebody replaces the key.
    """

    def __init__(self, seed: int, simulated: Simulation, stage: Stage) -> None:
        self._dice = Random(f"mishaps {seed}")  # noqa: S311 - a story needs no secrecy
        self._simulated = simulated
        self._stage = stage
        self._slow_permille = self._dice.choice((0, 0, 0, 10, 100))
        self._key_permille = self._dice.choice((0, 0, 0, 20))
        self.replace_key: Callable[[int], None] = lambda _team: None

    def calm(self) -> None:
        """Let nothing befall any more."""
        self._slow_permille = self._key_permille = 0

    def lose_key(self, request: httpx.Request, connected: Collection[int]) -> None:
        """Have a connected team's key revoked while a sync reads its events; at times somebody replaces it at once."""
        if not self._befalls(self._key_permille):
            return
        key = self._simulated.ring.find(request.headers.get("authorization"))
        if key is None or key.team not in connected or key.text != self._simulated.keys[key.team].admin:
            return
        self._key_permille = 0
        self._simulated.ring.revoke(key.text)
        self._stage.seen["keys revoked in a sync"] += 1
        if self._dice.random() < 0.5:
            self.replace_key(key.team)

    def carry(self, request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
        """Return the answer to a request, at times late.

        Raises:
            httpx.ReadTimeout: It would come later than anybody waits, or does not come.
        """
        if not self._befalls(self._slow_permille):
            return answer()
        patience = request.extensions["timeout"]["read"]
        self._stage.seen["slow answers"] += 1
        if self._dice.random() < 0.5:
            response = answer()
            self._wait(self._dice.uniform(_SHORTEST_WAIT, patience))
            return response
        if self._dice.random() < 0.5:
            answer()  # it was heard, and the answer was lost
        self._wait(patience)
        self._stage.seen["timeouts"] += 1
        raise httpx.ReadTimeout("The read operation timed out", request=request)

    def _befalls(self, permille: int) -> bool:
        return permille > 0 and self._dice.randrange(1_000) < permille

    def _wait(self, seconds: float) -> None:
        self._simulated.clock.advance(round(seconds * 1_000))
