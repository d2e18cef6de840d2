from datetime import UTC, datetime, timedelta

from finora.values.clock import SystemClock


def test_the_clock_tells_utc_and_does_not_wait_for_the_past() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(-5)
    clock.sleep(0.01)
    assert before.utcoffset() == timedelta(0)
    assert timedelta(milliseconds=9) < clock.now() - before < timedelta(seconds=5)
    assert abs(before - datetime.now(UTC)) < timedelta(seconds=5)
