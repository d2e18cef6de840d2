"""What happened: the company's true usage events as columns, one array a field, sorted by time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from finora.simulator.models_catalog import TOKEN_RATE_NANO

Rows = npt.NDArray[np.int64]
"""Row numbers of events."""

FEATURES: Final = ("chat", "agent", "inline_edit", "bugbot", "cloud_agent", "automation", "background")
CHAT, AGENT, INLINE_EDIT, BUGBOT, CLOUD_AGENT, AUTOMATION, BACKGROUND = range(len(FEATURES))

KINDS: Final = (
    "Usage-based",
    "Included in Business",
    "Errored, Not Charged",
    "Aborted, Not Charged",
    "User API Key",
    "Free",
    "Prepaid Credits",
)
USAGE_BASED, INCLUDED, ERRORED, ABORTED, OWN_KEY, FREE, UNHEARD_OF = range(len(KINDS))

MAX_MODE, TOKEN_BASED, CHARGEABLE, HEADLESS, HAS_TOKENS, TERSE, HAS_FEE = (1 << bit for bit in range(7))
"""Bits of `flags`. TERSE rows leave out token classes that are zero."""

NONE: Final = -1
"""Marks an absent conversation, cloud agent or automation."""


@dataclass(frozen=True)
class EventColumns:
    """Usage events, row by row in the order of their time.

    `ts` is epoch milliseconds; `actor`, `model` and `automation` are positions in the company's lists;
    `feature` and `kind` are positions in FEATURES and KINDS; `conversation` and `cloud_agent` number the
    runs from which ids are made; money is integer nano-USD; `requests` is tenths of a request unit.
    """

    ts: npt.NDArray[np.int64]
    actor: npt.NDArray[np.int16]
    model: npt.NDArray[np.int16]
    kind: npt.NDArray[np.int8]
    feature: npt.NDArray[np.int8]
    flags: npt.NDArray[np.uint8]
    discount: npt.NDArray[np.int8]
    conversation: npt.NDArray[np.int32]
    cloud_agent: npt.NDArray[np.int32]
    automation: npt.NDArray[np.int16]
    input: npt.NDArray[np.int32]
    output: npt.NDArray[np.int32]
    cache_write: npt.NDArray[np.int32]
    cache_read: npt.NDArray[np.int32]
    list_nano: npt.NDArray[np.int64]
    charged_nano: npt.NDArray[np.int64]
    requests: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, rows: Rows) -> Self:
        """The events of `rows`, in that order."""
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def by_time(self) -> Self:
        """The same events, oldest first; events of one millisecond keep their order."""
        return self.take(np.argsort(self.ts, kind="stable"))

    def has(self, flag: int) -> npt.NDArray[np.bool_]:
        """Which events carry `flag`."""
        return np.asarray((self.flags & flag) != 0)

    @property
    def tokens(self) -> npt.NDArray[np.int64]:
        """Tokens of all four classes together."""
        total = self.input.astype(np.int64)
        return total + self.output + self.cache_write + self.cache_read

    @property
    def fee_nano(self) -> npt.NDArray[np.int64]:
        """Cursor Token Rate of each event, 0 where none applies."""
        return np.where(self.has(HAS_FEE), self.tokens * TOKEN_RATE_NANO, 0)


def concatenate(parts: Sequence[EventColumns]) -> EventColumns:
    """All events of `parts`, one part after the other, not sorted."""
    names = [f.name for f in fields(EventColumns)]
    return EventColumns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
