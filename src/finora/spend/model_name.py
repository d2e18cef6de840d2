"""Who makes a model and which family it belongs to, told from its name.

Names follow no stable grammar: both word orders are live, effort and speed are suffixes. The table below is read from
the top, the first match wins; `ModelRules` may be given further rules, which come first. The raw name is always kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelName:
    """What a model's name says."""

    name: str
    label: str
    vendor: str
    vendor_label: str
    family: str
    family_label: str


@dataclass(frozen=True, slots=True)
class Rule:
    r"""Models whose lower-case name matches are of this vendor.

    `family` may hold groups of the pattern, as in ``GPT-\1``; each is written with a capital.
    """

    pattern: str
    vendor: str
    family: str


_RULES = (
    Rule(r"^(?:default|auto)?$|^auto-", "Cursor (Auto)", "Auto"),
    Rule(r"^composer", "Cursor", "Composer"),
    Rule(r"^cursor-grok", "Cursor", "Grok"),
    Rule(r"^(cursor-|vega)", "Cursor", "Cursor other"),
    Rule(r"(?:claude.*|^)(opus|sonnet|haiku|fable|mythos)", "Anthropic", r"Claude \1"),
    Rule(r"claude", "Anthropic", "Claude other"),
    Rule(r"codex", "OpenAI", "Codex"),
    Rule(r"^(?:chat)?gpt-?(\d+)", "OpenAI", r"GPT-\1"),
    Rule(r"^(?:chatgpt|gpt)", "OpenAI", "GPT other"),
    Rule(r"^o([134])(?!\d)", "OpenAI", r"OpenAI o\1"),
    Rule(r"^gemini.*\b(pro|flash)\b", "Google", r"Gemini \1"),
    Rule(r"^gemini", "Google", "Gemini other"),
    Rule(r"^grok", "xAI", "Grok"),
    Rule(r"^deepseek", "DeepSeek", "DeepSeek"),
    Rule(r"^kimi", "Moonshot", "Kimi"),
    Rule(r"^glm", "Z.ai", "GLM"),
    Rule(r"^muse", "Meta", "Muse"),
    Rule(r"^llama", "Meta", "Llama"),
    Rule(r"^qwen", "Alibaba", "Qwen"),
    Rule(r"^(?:mistral|magistral|codestral|devstral)", "Mistral", "Mistral"),
    Rule(r"^minimax", "MiniMax", "MiniMax"),
)

_AUTO_LABELS = {"": "Auto (unnamed)", "auto": "Auto", "default": "Auto (default)"}


class ModelRules:
    """The table of vendors and families.

    Args:
        further: Rules tried before the built-in ones.
    """

    def __init__(self, further: tuple[Rule, ...] = ()) -> None:
        self._rules = [(re.compile(rule.pattern), rule) for rule in further + _RULES]

    def describe(self, name: str) -> ModelName:
        """Return what a name says; the vendor is “Unknown” where no rule matches."""
        plain = name.strip().lower()
        vendor, family = "Unknown", "Other"
        for pattern, rule in self._rules:
            if match := pattern.search(plain):
                vendor, family = rule.vendor, _filled(rule.family, match)
                break
        return ModelName(
            name=name,
            label=_AUTO_LABELS.get(plain, name),
            vendor=key_of(vendor),
            vendor_label=vendor,
            family=key_of(family),
            family_label=family,
        )


def _filled(family: str, match: re.Match[str]) -> str:
    return re.sub(r"\\(\d)", lambda group: (match[int(group[1])] or "").capitalize(), family)


def key_of(label: str) -> str:
    """Return the key of a vendor or a family."""
    return re.sub(r"[^\w.]+", "-", label.lower()).strip("-")
