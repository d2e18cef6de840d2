"""The models of the simulated Cursor: list prices, release days and how fast people take them up.

Prices are the table of section 7 of the reference, in thousandths of a USD per million tokens, which is
nano-USD per token: `tokens * price` is an exact integer. Rare models are not in it; their prices are about what
their vendors asked when they were new. Release days are plausible, not researched.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

TOKEN_RATE_NANO: Final = 250
"""Cursor Token Rate: 0.25 USD per million tokens of third-party models, in nano-USD per token."""

UPTAKE_DAYS: Final = 9.0
DECLINE_DAYS: Final = 16.0
LOYAL_SHARE: Final = 0.04


@dataclass(frozen=True)
class Price:
    """List price in nano-USD per token, by disjoint token class."""

    input: int
    cache_write: int
    cache_read: int
    output: int

    @property
    def writes_cache(self) -> bool:
        """Whether the vendor charges for writing its cache."""
        return self.cache_write > 0


@dataclass(frozen=True)
class Model:
    """A model as it is offered: name on the wire, vendor, price, and the span in which it is the one to use.

    Several entries may share a wire name: Auto is billed at the price of whatever it was routed to.
    """

    name: str
    vendor: str
    price: Price
    appeal: float
    released: date
    replaced: date | None = None
    first_party: bool = False
    free: bool = False


_SONNET = Price(3_000, 3_750, 300, 15_000)
_SONNET_5 = Price(2_000, 2_500, 200, 10_000)
_OPUS = Price(5_000, 6_250, 500, 25_000)
_HAIKU = Price(1_000, 1_250, 100, 5_000)
_FABLE = Price(10_000, 12_500, 1_000, 50_000)
_COMPOSER_1 = Price(1_250, 0, 125, 10_000)
_COMPOSER = Price(500, 0, 200, 2_500)
_GROK = Price(2_000, 0, 500, 6_000)
_GPT_5_1 = Price(1_250, 0, 125, 10_000)
_GPT_5_3 = Price(1_750, 0, 175, 14_000)
_GPT_5_4 = Price(2_500, 0, 250, 15_000)
_GPT_5_5 = Price(5_000, 0, 500, 30_000)
_NOTHING = Price(0, 0, 0, 0)

_BEFORE: Final = date(2025, 6, 1)
_OPUS_46, _OPUS_48, _OPUS_5 = date(2026, 2, 5), date(2026, 5, 21), date(2026, 8, 27)
_SONNET_5_DAY, _COMPOSER_25 = date(2026, 6, 18), date(2026, 5, 7)
_CODEX_53, _GPT_54, _GPT_55, _GPT_56 = (
    date(2026, 2, 5),
    date(2026, 3, 12),
    date(2026, 5, 28),
    date(2026, 9, 10),
)

COMMON: Final = (
    Model("claude-4-sonnet", "anthropic", _SONNET, 4, _BEFORE, date(2025, 9, 29)),
    Model("claude-4-sonnet-thinking", "anthropic", _SONNET, 3, _BEFORE, date(2025, 9, 29)),
    Model("claude-4.5-sonnet", "anthropic", _SONNET, 7, date(2025, 9, 29), _SONNET_5_DAY),
    Model("claude-4.5-sonnet-thinking", "anthropic", _SONNET, 6, date(2025, 9, 29), _SONNET_5_DAY),
    Model("claude-4.5-haiku", "anthropic", _HAIKU, 2, date(2025, 10, 15)),
    Model("claude-4.5-opus-high-thinking", "anthropic", _OPUS, 3, date(2025, 11, 24), _OPUS_46),
    Model("claude-4.6-opus-high-thinking", "anthropic", _OPUS, 4, _OPUS_46, _OPUS_48),
    Model("claude-opus-4-8-thinking-xhigh", "anthropic", _OPUS, 4, _OPUS_48, _OPUS_5),
    Model("claude-sonnet-5", "anthropic", _SONNET_5, 5, _SONNET_5_DAY),
    Model("claude-sonnet-5-thinking-high", "anthropic", _SONNET_5, 9, _SONNET_5_DAY),
    Model("claude-opus-5-thinking-high", "anthropic", _OPUS, 6, _OPUS_5),
    Model("claude-fable-5", "anthropic", _FABLE, 0.6, date(2026, 10, 8)),
    Model("gpt-5", "openai", _GPT_5_1, 4, date(2025, 8, 7), date(2025, 11, 13)),
    Model("gpt-5.1-codex", "openai", _GPT_5_1, 5, date(2025, 11, 13), _CODEX_53),
    Model("gpt-5.3-codex-high", "openai", _GPT_5_3, 5, _CODEX_53, _GPT_55),
    Model("gpt-5.4-high", "openai", _GPT_5_4, 4, _GPT_54, _GPT_55),
    Model("gpt-5.5-high", "openai", _GPT_5_5, 5, _GPT_55, _GPT_56),
    Model("gpt-5.5-extra-high", "openai", _GPT_5_5, 1.5, _GPT_55, _GPT_56),
    Model("gpt-5.6-luna", "openai", Price(200, 250, 20, 1_200), 2, _GPT_56),
    Model("gpt-5.6-terra", "openai", Price(2_000, 2_500, 200, 12_000), 5, _GPT_56),
    Model("gpt-5.6-sol", "openai", Price(4_000, 5_000, 400, 20_000), 2, _GPT_56),
    Model("gemini-2.5-flash", "google", Price(300, 0, 30, 2_500), 1, _BEFORE, date(2026, 2, 19)),
    Model("gemini-3.1-pro", "google", Price(2_000, 0, 200, 12_000), 2, date(2026, 2, 19)),
    Model("glm-5.2", "zai", Price(1_400, 0, 260, 4_400), 0.5, date(2026, 4, 2)),
    Model("kimi-k3-max", "moonshot", Price(3_000, 0, 300, 15_000), 0.4, date(2026, 7, 16)),
    Model("composer-1", "cursor", _COMPOSER_1, 5, date(2025, 10, 29), _COMPOSER_25, first_party=True),
    Model("composer-2.5", "cursor", _COMPOSER, 5, _COMPOSER_25, first_party=True),
    Model("composer-2.5-fast", "cursor", _COMPOSER, 4, _COMPOSER_25, first_party=True),
    Model("cursor-grok-4.5-high-fast", "cursor", _GROK, 2, date(2026, 6, 4), first_party=True),
    Model("code-supernova-1-million", "cursor", _NOTHING, 1.5, date(2026, 1, 20), date(2026, 3, 3), first_party=True, free=True),
    Model("default", "auto", _GPT_5_1, 4, date(1970, 1, 1), _GPT_54),
    Model("default", "auto", _SONNET, 2, date(1970, 1, 1), _SONNET_5_DAY),
    Model("default", "auto", _GPT_5_4, 4, _GPT_54),
    Model("default", "auto", _SONNET_5, 2, _SONNET_5_DAY),
    Model("auto", "auto", _COMPOSER, 3, _COMPOSER_25, first_party=True),
)  # fmt: skip
"""Models that anybody may use."""

RARE: Final = (
    Model("claude-3-7-sonnet", "anthropic", _SONNET, 1.5, _BEFORE),
    Model("gpt-4.1", "openai", Price(2_000, 0, 500, 8_000), 1.5, _BEFORE),
    Model("o3", "openai", Price(2_000, 0, 500, 8_000), 1, _BEFORE),
    Model("gemini-3-flash", "google", Price(500, 0, 50, 3_000), 2, date(2025, 12, 17)),
    Model("gpt-5.4-mini-medium", "openai", Price(750, 0, 75, 4_500), 2, _GPT_54),
    Model("deepseek-v4-pro", "deepseek", Price(1_740, 0, 145, 3_480), 1.5, date(2026, 4, 23)),
    Model("grok-build-0.1", "xai", Price(1_000, 0, 200, 2_000), 1, _OPUS_48),
    Model("muse-spark-1.3", "meta", Price(1_250, 0, 150, 4_250), 1, date(2026, 9, 1)),
)
"""Models that only curious people use: the larger a company, the more of them it knows."""

MODELS: Final = COMMON + RARE
"""All models. Events tell positions in it; whichever rare ones there are, the common ones keep theirs."""

VENDORS: Final = tuple(sorted({model.vendor for model in COMMON}))
"""Vendors of the common models."""


def popularity(days: list[date]) -> npt.NDArray[np.float64]:
    """How sought-after each model is on each of `days`, shape (days, models); 0 before its release.

    A model is taken up within weeks of its release and fades, down to a loyal rest, once it is replaced.
    """
    weights = np.zeros((len(days), len(MODELS)))
    for column, model in enumerate(MODELS):
        age = np.array([(day - model.released) / timedelta(days=1) for day in days])
        weights[:, column] = np.where(
            age >= 0, model.appeal * (1 - np.exp(-(np.maximum(age, 0) + 1) / UPTAKE_DAYS)), 0
        )
        if model.replaced is not None:
            since = np.array([max((day - model.replaced) / timedelta(days=1), 0) for day in days])
            fading = LOYAL_SHARE + (1 - LOYAL_SHARE) * np.exp(-since / DECLINE_DAYS)
            weights[:, column] *= np.where(model.free & (since > 0), 0.0, fading)
    return weights


def price_columns() -> npt.NDArray[np.int64]:
    """Prices of all models, shape (models, 4): input, cache write, cache read, output."""
    return np.array(
        [(m.price.input, m.price.cache_write, m.price.cache_read, m.price.output) for m in MODELS],
        dtype=np.int64,
    )
