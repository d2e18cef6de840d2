"""Models as people call them: “Claude”, “opus 4.5”, “GPT-4”, whatever order a provider writes the parts in.

A run of words means, in this order: a vendor or an exact model by its name; the families whose names have all of the words,
which are a whole vendor where it has no others; the models whose names have all of them; and what the table of model names
knows although no event of it was read, which then is zero and not misunderstood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finora.ask.meanings import Chunk, Value
from finora.ask.words import phrase_of
from finora.spend.model_name import ModelRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.ask.vocabulary import Known

Phrase = tuple[str, ...]

_LONGEST = 7
_ALIASES = {"open ai": "openai", "chat gpt": "chatgpt", "x ai": "xai", "gpt": "openai"}
"""Codex is a GPT as well, so that the bare name is the vendor's."""
_WEAK = frozenset(
    [
        "other",
        "auto",
        "high",
        "low",
        "medium",
        "fast",
        "thinking",
        "max",
        "mini",
        "nano",
        "pro",
        "preview",
        "latest",
        "xhigh",
        "large",
        "small",
        "flash",
        "code",
        "free",
        "unknown",
        "none",
        "cursor",
        "default",
        "agent",
        "tab",
        "chat",
        "new",
        "plus",
        "lite",
        "no",
        "model",
        "extra",
        "spark",
    ]
)
"""Words that name a model only beside another."""


class ModelWords:
    """Understands words for models.

    Args:
        models: Triples of vendor, family and model that occur together in the data.
    """

    def __init__(self, models: Sequence[tuple[Known, Known, Known]]) -> None:
        self._rules = ModelRules()
        self._families: dict[str, tuple[Known, frozenset[str]]] = {}
        self._vendor_families: dict[str, set[str]] = {}
        self._vendors: dict[str, Known] = {}
        self._models: dict[str, tuple[Known, frozenset[str]]] = {}
        self._triples = [(vendor.key, family.key, model.key) for vendor, family, model in models]
        self._exact: dict[Phrase, Value] = {}
        for vendor, family, model in models:
            self._vendors[vendor.key] = vendor
            self._vendor_families.setdefault(vendor.key, set()).add(family.key)
            self._families[family.key] = family, frozenset(phrase_of(family.label))
            self._models[model.key] = model, frozenset(_split(phrase_of(model.key)))
        for model, _words in self._models.values():
            self._name("model", model)
        for family, _words in self._families.values():
            self._name("family", family)
        for vendor in self._vendors.values():
            self._name("vendor", vendor)
        self.words = {
            word
            for _known, words in (*self._families.values(), *self._models.values())
            for word in words
            if not word[0].isdigit()
        } | {word for phrase in self._exact for word in phrase if not word[0].isdigit()}
        self.words -= _WEAK

    def chunks(self, texts: Sequence[str]) -> list[Chunk]:
        """Return the models that a question names, overlapping."""
        found = []
        for start in range(len(texts)):
            for end in range(min(start + _LONGEST, len(texts)), start, -1):
                value = self.value(tuple(texts[start:end]))
                if value is not None:
                    found.append(Chunk(start, end, (value,)))
        return found

    def value(self, phrase: Phrase) -> Value | None:
        """Return the models that words name together; none where they name none."""
        words = _split(tuple(_ALIASES.get(" ".join(phrase), " ".join(phrase)).split()))
        if all(word in _WEAK or word[0].isdigit() for word in words) and words != ("auto",):
            return None
        if not all(re.fullmatch(r"[a-z]+|[a-z]?\d[\w.]*", word) for word in words):
            return None
        return (
            self._exact.get(phrase)
            or self._exact.get(words)
            or self._by_family(words)
            or self._by_model(words)
            or self._unread(words)
        )

    @property
    def labels(self) -> list[str]:
        """Families and vendors as one would name them in a question."""
        known = [*(family for family, _words in self._families.values()), *self._vendors.values()]
        return [each.label for each in known if self.value(phrase_of(each.label)) is not None]

    def within(self, value: Value, dimension: str) -> Value | None:
        """Return a vendor, family or model in terms of a finer (or its own) dimension; none where it has no such terms."""
        axis = ("vendor", "family", "model")
        if value.dimension not in axis or axis.index(value.dimension) > axis.index(dimension):
            return None
        if value.dimension == dimension:
            return value
        place, wanted = axis.index(value.dimension), axis.index(dimension)
        keys = sorted({triple[wanted] for triple in self._triples if triple[place] in value.keys})
        return Value(dimension, tuple(keys) or value.keys, value.label)

    def _name(self, dimension: str, known: Known) -> None:
        if known.key in {"unknown", "other", ""} or known.label in {"Cursor", "Unknown"}:
            return
        for phrase in {phrase_of(known.label), phrase_of(known.key)} - {()}:
            self._exact[phrase] = Value(dimension, (known.key,), known.label)

    def _by_family(self, words: Phrase) -> Value | None:
        keys = {key for key, (_family, known) in self._families.items() if known.issuperset(words)}
        if not keys:
            return None
        for vendor, families in self._vendor_families.items():
            if keys == families:
                return Value("vendor", (vendor,), self._label(words))
        labels = [self._families[key][0].label for key in sorted(keys)]
        return Value("family", tuple(sorted(keys)), labels[0] if len(keys) == 1 else self._label(words))

    def _by_model(self, words: Phrase) -> Value | None:
        keys = sorted(key for key, (_model, known) in self._models.items() if known.issuperset(words))
        if not keys:
            return None
        return Value("model", tuple(keys), keys[0] if len(keys) == 1 else self._label(words))

    def _unread(self, words: Phrase) -> Value | None:
        """Return what the table of names knows, if it knows all of the words."""
        said = self._rules.describe("-".join(words))
        if said.vendor == "unknown":
            return self._vendor_unread(words)
        if words in {("claude",), ("gemini",)}:
            return Value("vendor", (said.vendor,), self._label(words))
        plain = re.sub(r"(\d)o\b", r"\1", " ".join(words)).split()
        if set(plain) <= set(phrase_of(said.family_label)):
            return Value("family", (said.family,), said.family_label)
        return None

    def _vendor_unread(self, words: Phrase) -> Value | None:
        if len(words) == 1 and (label := _MAKERS.get(words[0])):
            return Value("vendor", (label[0],), label[1])
        return None

    def _label(self, words: Phrase) -> str:
        names = {"gpt": "GPT", "openai": "OpenAI"}
        return " ".join(names.get(word, word.capitalize()) for word in words)


_MAKERS = {
    "openai": ("openai", "OpenAI"),
    "anthropic": ("anthropic", "Anthropic"),
    "google": ("google", "Google"),
    "deepseek": ("deepseek", "DeepSeek"),
    "mistral": ("mistral", "Mistral"),
    "meta": ("meta", "Meta"),
    "xai": ("xai", "xAI"),
    "alibaba": ("alibaba", "Alibaba"),
    "moonshot": ("moonshot", "Moonshot"),
}
"""Makers of models whom no event names yet."""


def _split(words: Phrase) -> Phrase:
    """Return words with letters and version apart: gpt4 is gpt 4; o3 and v3 stay whole."""
    found: list[str] = []
    for word in words:
        match = re.fullmatch(r"([a-z]{3,})(\d[\w.]*)", word)
        found += [match[1], match[2]] if match else [word]
    return tuple(found)
