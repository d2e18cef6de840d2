"""The lexicon: which words mean which metric, dimension or cue, derived from the catalogue.

Every name, label and plural of the catalogue is in it by itself, so that a dimension newly declared there is understood
at once; `finora.ask.synonyms` adds everyday words for those we know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.cues import CUE_WORDS, FAST_WORDS, FILLER_PHRASES, FILLERS, MINE_WORDS, SPECIAL_WORDS
from finora.ask.meanings import FILLER, By, Chunk, Cue, Measure, Value
from finora.ask.synonyms import (
    CHEAP,
    DIMENSION_WORDS,
    EXPENSIVE,
    GUARDED,
    METRIC_WORDS,
    NAMED_AS_VALUES,
    VALUE_WORDS,
    WHO_WORDS,
)
from finora.ask.words import phrase_of
from finora.spend.catalog import DIMENSIONS, METRICS, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finora.ask.meanings import Meaning
    from finora.ask.words import Word
    from finora.spend.catalog import Dimension, Metric

Phrase = tuple[str, ...]


class Lexicon:
    """Phrases and what they mean; of several that begin at one word the longest counts.

    Args:
        metrics: The metrics of the catalogue.
        dimensions: Its dimensions.
    """

    def __init__(
        self, metrics: Mapping[str, Metric] = METRICS, dimensions: Mapping[str, Dimension] = DIMENSIONS
    ) -> None:
        self.metrics = metrics
        self.dimensions = dimensions
        self._meanings: dict[Phrase, tuple[Meaning, ...]] = {}
        self._put((FILLER,), [*FILLERS, *FILLER_PHRASES.split(", ")])
        self._put_values()
        self._put_dimensions()
        self._put_metrics()
        self._put_cues()
        self._longest = max(len(phrase) for phrase in self._meanings)

    @property
    def words(self) -> set[str]:
        """Every word there is."""
        return {word for phrase in self._meanings for word in phrase}

    def chunks(self, words: Sequence[Word]) -> list[Chunk]:
        """Return everything in a question that the lexicon knows, overlapping."""
        texts = tuple(word.text for word in words)
        found = []
        for start in range(len(texts)):
            for end in range(min(start + self._longest, len(texts)), start, -1):
                meanings = self._meanings.get(texts[start:end])
                if meanings is not None:
                    found.append(Chunk(start, end, meanings))
        return found

    def meanings(self, phrase: Phrase) -> tuple[Meaning, ...] | None:
        """Return what a phrase means; none where it is not known."""
        return self._meanings.get(phrase)

    def _put(self, meanings: tuple[Meaning, ...], phrases: Iterable[str]) -> None:
        for each in phrases:
            phrase = phrase_of(each) or (each,)
            self._meanings[phrase] = meanings

    def _put_values(self) -> None:
        for (name, keys), words in VALUE_WORDS.items():
            if name not in self.dimensions:
                continue
            names, phrases = tuple(keys.split()), words.split(", ")
            label = phrases[0] if len(names) > 1 else _label(self.dimensions[name], names[0])
            self._put((Value(name, names, label),), phrases)
        for dimension in self.dimensions.values():
            if dimension.name in GUARDED or dimension.codes is None:
                continue
            for key in dimension.codes.values():
                label = label_of(dimension, key)
                if label.lower() not in {"yes", "no", "unknown"}:
                    self._put_new(Value(dimension.name, (key,), label), label)

    def _put_new(self, value: Value, label: str) -> None:
        phrase = phrase_of(label)
        if phrase and not phrase[0].isdigit() and phrase not in self._meanings:
            self._meanings[phrase] = (value,)

    def _put_dimensions(self) -> None:
        for dimension in self.dimensions.values():
            words = [dimension.label, dimension.plural, dimension.name, *_plurals([dimension.label])]
            declared = [each for each in DIMENSION_WORDS.get(dimension.name, "").split(", ") if each]
            # What one of its values is called as well needs another word: “cloud agents” are a type of events, too.
            own = [] if dimension.name in NAMED_AS_VALUES else words
            self._put_unless_value((By(dimension.name),), [*own, *declared, *_plurals(declared)])
        if "person" in self.dimensions:
            self._put((By("person", who=True),), WHO_WORDS.split(", "))

    def _put_metrics(self) -> None:
        for metric in self.metrics.values():
            self._put((Measure(metric.name),), [metric.name, metric.label, *_declared(metric.name)])
        # “People” are a metric as well, but in most questions who is grouped by; what they are shows in the sentence.
        if "person" in self.dimensions:
            self._put((By("person"),), [self.dimensions["person"].plural])

    def _put_unless_value(self, meanings: tuple[Meaning, ...], phrases: Iterable[str]) -> None:
        known = {phrase for phrase, each in self._meanings.items() if isinstance(each[0], Value)}
        self._put(meanings, [each for each in phrases if phrase_of(each) not in known])

    def _put_cues(self) -> None:
        for cue, phrases in CUE_WORDS.items():
            self._put((cue,), phrases.split(", "))
        for special, meanings in SPECIAL_WORDS.items():
            self._put(meanings, [special])
        for way, verbs in FAST_WORDS.items():
            for verb in verbs.split(", "):
                self._put((Cue.MOST, way), [f"fastest {verb}", f"{verb} fastest", f"{verb} the fastest"])
        self._put((Cue.AND,), [","])
        self._put((Cue.MINE,), MINE_WORDS.split(", "))
        for each in EXPENSIVE.split(", "):
            self._put((Cue.MOST, Measure("spend")), [each, f"most {each}", f"more {each}"])
            self._put((Cue.LEAST, Measure("spend")), [f"least {each}", f"less {each}"])
        self._put((Cue.LEAST, Measure("spend")), CHEAP.split(", "))


def _declared(metric: str) -> list[str]:
    return [each for each in METRIC_WORDS.get(metric, "").split(", ") if each]


def _label(dimension: Dimension, key: str) -> str:
    return dimension.labels.get(key, key.replace("_", " ").capitalize() if "@" not in key else key)


def _plurals(nouns: Iterable[str]) -> list[str]:
    return [_plural(each) for each in nouns]


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    head, of, rest = noun.partition(" of ")
    return f"{_plural(head)} of {rest}" if of else f"{noun}s"
