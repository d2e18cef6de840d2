"""Questions and what they should be understood as, in one line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from finora.ask.composing import Composer
from finora.ask.lexicon import Lexicon
from finora.ask.reader import Reader, spelling_of
from finora.ask.stretch import Calendar
from finora.ask.times import Times
from finora.ask.understanding import Puzzle, Understanding
from finora.ask.vocabulary import SUBSCRIPTION, Known, Vocabulary
from finora.spend.model_name import ModelRules

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from finora.spend.query import SpendQuery

ASKER = "lee.wang@lumenworks.test"

PEOPLE = {
    "priya.natarajan@lumenworks.test": "Priya Natarajan",
    "mara.okafor@lumenworks.test": "Mara Okafor",
    "tomas.kovar@lumenworks.test": "Tomáš Kovář",
    "sam.brown@lumenworks.test": "Sam Brown",
    "sam.liu@lumenworks.test": "Sam Liu",
    "grace.park@lumenworks.test": "Grace Park",
    "may.chen@lumenworks.test": "May Chen",
    "joan.smith@lumenworks.test": "Joan Smith",
    "john.reddy@lumenworks.test": "John Reddy",
    ASKER: "Lee Wang",
}
MODELS = [
    "claude-opus-5",
    "claude-4.5-opus-high-thinking",
    "claude-4-sonnet",
    "claude-4.5-haiku",
    "gpt-5.5",
    "gpt-5.5-high",
    "gpt-5.3-codex",
    "composer-2.5",
    "default",
    "gemini-3-pro",
    "cursor-grok-4.5",
]


@dataclass(frozen=True)
class Understands:
    """Understands questions about a made-up company at a moment."""

    now: datetime
    zone: ZoneInfo
    earliest: date
    lexicon: Lexicon = field(default_factory=Lexicon)

    @property
    def calendar(self) -> Calendar:
        """The present."""
        return Calendar(self.now, self.zone)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What there is in the company."""
        rules = ModelRules()
        said = [rules.describe(name) for name in MODELS]
        triples = [
            (
                Known(each.vendor, each.vendor_label),
                Known(each.family, each.family_label),
                Known(each.name, each.label),
            )
            for each in said
        ]
        return Vocabulary(
            {
                "person": [Known(email, name) for email, name in PEOPLE.items()],
                "team": [Known("g1", "Platform"), Known("g2", "Data Science"), Known("g3", "Growth")],
                "provider": [Known("cursor", "Cursor")],
                "connection": [Known("c1", "Acme")],
                SUBSCRIPTION: [Known("s1", "Midjourney"), Known("s2", "ChatGPT Team")],
            },
            triples,
        )

    @cached_property
    def reader(self) -> Reader:
        """Reads their questions."""
        times = Times(self.calendar, self.earliest)
        return Reader(self.lexicon, self.vocabulary, times, spelling_of(self.lexicon, self.vocabulary))

    def __call__(self, question: str, previous: SpendQuery | None = None) -> Understanding | Puzzle:
        """Return what a question is understood as."""
        return Composer(self.vocabulary, self.calendar, ASKER, previous).compose(self.reader.read(question))


def said(found: Understanding | Puzzle) -> str:
    """Return what a question was understood as, in one line; `?` and the message where it was not."""
    if isinstance(found, Puzzle):
        return f"? {found.message}"
    query = found.query
    parts = [found.intent.value, ",".join(query.metrics)]
    parts += [f"by:{','.join(query.dimensions)}"] if query.dimensions else []
    parts += [
        f"{each.operator}:{each.dimension}:{','.join(key.partition('@')[0] for key in each.values)}"
        for each in query.filters
    ]
    if found.stretch.named:
        zone = query.zone
        first, end = (each.astimezone(zone) for each in (found.stretch.start, found.stretch.end))
        parts.append(f"{first:%y-%m-%d}..{end:%y-%m-%d}")
    parts += [f"each:{query.interval}"] if query.interval else []
    parts += [f"against:{query.compare}"] if query.compare else []
    parts += [f"least:{query.order[0].by}"] if query.order and not query.order[0].descending else []
    parts += [f"events_by:{found.events_by}"] if found.events_by else []
    parts += ["least"] if found.least and not query.order else []
    parts += [f"top:{query.limit}"] if query.limit not in {10, 50, 10_000} else []
    parts += [f"after:{query.offset}"] if query.offset else []
    parts += [f"sides:{'/'.join(each.label for each in found.sides)}"] if found.sides else []
    parts += (
        [f"per:{'/'.join(f'{scale}-{name}' if scale > 1 else name for name, scale in found.per)}"]
        if found.per
        else []
    )
    if found.threshold:
        parts.append(f"{'over' if found.threshold.over else 'under'}:{found.threshold.number.value}")
    parts += [f"count:{found.counted}"] if found.counted else []
    parts += [f"flat:{','.join(found.subscriptions)}"] if found.subscriptions else []
    parts += [f"ahead:{found.ahead}"] if found.ahead else []
    return " ".join(parts)
