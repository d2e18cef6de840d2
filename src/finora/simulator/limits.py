"""Rate limits: a fixed minute for each team and endpoint."""

from finora.simulator.clock import MINUTE_MS


class MinuteLimit:
    """Counts requests by team and endpoint; the count starts anew with each minute of the clock."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, str], tuple[int, int]] = {}

    def admit(self, team: int, endpoint: str, allowed: int, now_ms: int) -> bool:
        """Whether one more request fits into this minute; `allowed` 0 means always."""
        if not allowed:
            return True
        minute = now_ms // MINUTE_MS
        since, count = self._counts.get((team, endpoint), (minute, 0))
        count = count + 1 if since == minute else 1
        self._counts[team, endpoint] = (minute, count)
        return count <= allowed
