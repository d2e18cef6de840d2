"""The vocabulary: values that exist in the data, and the words by which people call them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.ask.meanings import Chunk, OneOf, Value
from finora.ask.model_words import ModelWords
from finora.ask.words import folded, phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finora.ask.meanings import Meaning
    from finora.ask.words import Word

SUBSCRIPTION = "subscription"
"""Not of the catalogue: flat rates have no events, and are told of beside them."""

MODEL_AXIS = ("vendor", "family", "model")
_NOT_FOR_WORDS = frozenset({"hour", "weekday", "basis", "max_mode", "headless", "billing"})
"""Dimensions whose values the lexicon declares."""

_ORDER = ("person", "team", "provider", "connection", "service_account", "event_type", "kind", SUBSCRIPTION)
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A value that exists: its stable key and what people call it."""

    key: str
    label: str


class Vocabulary:
    """Phrases for values; made anew when the data changes.

    Args:
        values: The values of each dimension, by name.
        models: Triples of vendor, family and model that occur together.
    """

    def __init__(
        self, values: Mapping[str, Sequence[Known]], models: Sequence[tuple[Known, Known, Known]] = ()
    ) -> None:
        self._values = values
        self.labels = {(name, each.key): each.label for name, known in values.items() for each in known}
        self._named: dict[tuple[str, ...], list[Value]] = defaultdict(list)
        self._nicknames: dict[tuple[str, ...], list[Value]] = defaultdict(list)
        for name in sorted(values, key=lambda each: _ORDER.index(each) if each in _ORDER else len(_ORDER)):
            if name not in MODEL_AXIS and name not in _NOT_FOR_WORDS:
                for known in values[name]:
                    self._put(name, known)
        self.models = ModelWords(models)
        for triple in models:
            self.labels.update(
                {(name, each.key): each.label for name, each in zip(MODEL_AXIS, triple, strict=True)}
            )

    @property
    def words(self) -> set[str]:
        """Every word of a value, for the correction of typing errors."""
        phrases = [*self._named, *self._nicknames]
        return {word for phrase in phrases for word in phrase} | self.models.words

    @property
    def people(self) -> Sequence[Known]:
        """Everybody there is."""
        return self._values.get("person", ())

    @property
    def team_labels(self) -> list[str]:
        """The teams there are, as one would name them in a question."""
        return [f"the {each.label} team" for each in self._values.get("team", ()) if each.key != "none"]

    @property
    def model_labels(self) -> list[str]:
        """The families and vendors of models there are."""
        return self.models.labels

    def label(self, dimension: str, key: str) -> str:
        """Return what people call a value."""
        return self.labels.get((dimension, key), key)

    def chunks(self, words: Sequence[Word]) -> list[Chunk]:
        """Return all values that a question names, overlapping."""
        texts = tuple(word.text for word in words)
        found = self.models.chunks(texts)
        for start in range(len(texts)):
            for end in range(min(start + _LONGEST, len(texts)), start, -1):
                meaning = self.meaning(texts[start:end])
                if meaning is not None:
                    found.append(Chunk(start, end, (meaning,)))
        return found

    def meaning(self, phrase: tuple[str, ...]) -> Meaning | None:
        """Return the value that a phrase names; several where it is ambiguous."""
        options = self._named.get(phrase) or self._nicknames.get(phrase)
        if not options:
            return None
        first = [each for each in options if each.dimension == options[0].dimension]
        if len(first) == 1:
            return first[0]
        if first[0].dimension == "person":
            return OneOf(tuple(first))
        keys = tuple(key for each in first for key in each.keys)
        return Value(first[0].dimension, keys, first[0].label)

    def _put(self, dimension: str, known: Known) -> None:
        if dimension == "person" and known.key in {"unattributed", "none"}:
            return
        if known.key in {"none", "unknown", "other", ""}:
            return
        value = Value(dimension, (known.key,), known.label)
        for phrase in {phrase_of(known.key), phrase_of(known.label)} - {()}:
            if not all(word.isdigit() for word in phrase):
                _add(self._named, phrase, value)
        if dimension == SUBSCRIPTION:
            first = phrase_of(known.label)[:1]
            if first and first[0] not in {"cursor", "team", "ai", "seats"}:
                _add(self._nicknames, first, value)
        if dimension in {"person", "service_account"}:
            nickname = Value(dimension, (known.key,), known.label, nickname=True)
            for phrase in _nicknames(known):
                _add(self._nicknames, phrase, nickname)


def _add(to: dict[tuple[str, ...], list[Value]], phrase: tuple[str, ...], value: Value) -> None:
    if all(each.keys != value.keys or each.dimension != value.dimension for each in to[phrase]):
        to[phrase].append(value)


def _nicknames(known: Known) -> Iterable[tuple[str, ...]]:
    """Yield shorter names of a person: first name, last name, first name and initial, the mailbox and its parts."""
    mailbox = folded(known.key).partition("@")[0]
    parts = tuple(part for part in mailbox.replace(".", " ").replace("-", " ").split() if part)
    names = phrase_of(known.label) if "@" not in known.label else ()
    for found in (parts, names):
        if found:
            yield found
            yield from ((word,) for word in found if len(word) > 1 and not word.isdigit())
        if len(found) > 1:
            yield (found[0], found[-1])
            yield (found[0], found[-1][:1])
    if mailbox and "@" in known.key:
        yield (mailbox,)
