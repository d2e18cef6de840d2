"""Whatever the provider, the network, the clock, the disk and the machine do, Finora ends up with the truth, to the nano.

Each seed is a story of its own (`support.chaos`), the same at every run. `make simulate SEEDS=2000` tells thousands, and
`make simulate SEED=17` one of them again.
"""

from __future__ import annotations

import pytest

from support.chaos import tell

SEEDS, AT_A_TIME = 200, 5


@pytest.mark.parametrize("first", range(0, SEEDS, AT_A_TIME))
def test_no_trouble_loses_doubles_or_invents_a_cent(first: int) -> None:
    for seed in range(first, first + AT_A_TIME):
        try:
            tell(seed)
        except Exception as problem:  # noqa: BLE001 - any failure is told with the command that repeats it
            pytest.fail(f"Seed {seed}: {problem}\nTo repeat it: make simulate SEED={seed}")


def test_a_story_is_the_same_whenever_it_is_told() -> None:
    """A seed that failed once must fail again."""
    for seed in (3, 6, 11):
        assert tell(seed).seen == tell(seed).seen
