"""Spend by vendor and family is right for every model name seen so far, and no name is ever too strange."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.model_name import ModelRules, Rule

RULES = ModelRules()


@pytest.mark.parametrize(
    ("vendor", "family", "names"),
    [
        ("Cursor (Auto)", "Auto", ["", "default", "auto", "auto-smart", " Auto "]),
        (
            "Cursor",
            "Composer",
            ["composer-1", "composer-1.5", "composer-2-fast", "composer-2.5", "composer-2.5-fast"],
        ),
        ("Cursor", "Grok", ["cursor-grok-4.5-high-fast"]),
        ("Cursor", "Cursor other", ["cursor-small", "vega"]),
        (
            "Anthropic",
            "Claude Opus",
            [
                "claude-4.6-opus-high-thinking-fast",
                "claude-opus-4-7-thinking-xhigh",
                "claude-opus-4-8",
                "claude-opus-5-fast",
                "claude-3-opus",
                "opus-5",
            ],
        ),
        (
            "Anthropic",
            "Claude Sonnet",
            [
                "claude-4-sonnet-thinking",
                "claude-4.5-sonnet",
                "claude-sonnet-5",
                "claude-3-7-sonnet",
                "claude-3-5-sonnet-20241022",
                "claude-sonnet-4.5",
                "us.anthropic.claude-sonnet-5",
            ],
        ),
        ("Anthropic", "Claude Haiku", ["claude-4.5-haiku"]),
        ("Anthropic", "Claude Fable", ["fable-1"]),
        ("Anthropic", "Claude other", ["claude-2.1"]),
        (
            "OpenAI",
            "GPT-5",
            ["gpt-5", "gpt-5.5-high", "gpt-5.4-mini-medium", "gpt-5.6-sol", "gpt-5.5-extra-high"],
        ),
        ("OpenAI", "GPT-4", ["gpt-4.1", "gpt-4o", "chatgpt-4o-latest"]),
        ("OpenAI", "GPT-3", ["gpt-3.5-turbo"]),
        ("OpenAI", "GPT other", ["gpt-oss-120b"]),
        (
            "OpenAI",
            "Codex",
            ["gpt-5.3-codex-high-fast", "gpt-5.1-codex-max-xhigh", "Premium (Codex 5.3)", "codex-mini"],
        ),
        ("OpenAI", "OpenAI o1", ["o1", "o1-preview"]),
        ("OpenAI", "OpenAI o3", ["o3", "o3-mini-high", "o3pro"]),
        ("OpenAI", "OpenAI o4", ["o4-mini"]),
        ("Google", "Gemini Pro", ["gemini-3.1-pro", "gemini-2.5-pro-preview-05-06"]),
        ("Google", "Gemini Flash", ["gemini-2.5-flash", "gemini-3-flash", "gemini-3-flash-lite"]),
        ("Google", "Gemini other", ["gemini-exp-1206"]),
        ("xAI", "Grok", ["grok-4.5-high", "grok-build-0.1"]),
        ("Moonshot", "Kimi", ["kimi-k2.5"]),
        ("Z.ai", "GLM", ["GLM-5.2", "glm-5.3-flash"]),
        ("DeepSeek", "DeepSeek", ["deepseek-v4-pro"]),
        ("Meta", "Muse", ["muse-spark-1.3"]),
        ("Meta", "Llama", ["llama-4-maverick"]),
        ("Alibaba", "Qwen", ["qwen3-coder"]),
        ("Mistral", "Mistral", ["mistral-large", "devstral-2", "codestral"]),
        ("MiniMax", "MiniMax", ["minimax-m2"]),
        ("Unknown", "Other", ["code-supernova-1-million", "my claud", "o10", "autopilot", "octopus"]),
    ],
)
def test_every_name_seen_gets_its_vendor_and_family(vendor: str, family: str, names: list[str]) -> None:
    for name in names:
        model = RULES.describe(name)
        assert (model.name, model.vendor_label, model.family_label) == (name, vendor, family)
        assert RULES.describe(name.upper()).vendor == model.vendor


@given(st.text())
def test_any_name_is_kept_as_it_is_and_has_keys_fit_for_an_address(name: str) -> None:
    model = RULES.describe(name)
    assert model.name == name
    assert model.label
    for key in (model.vendor, model.family):
        assert re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", key)


def test_auto_and_what_the_api_calls_default_stay_apart_by_label() -> None:
    assert [RULES.describe(name).label for name in ("auto", "default", "", "gpt-5")] == [
        "Auto",
        "Auto (default)",
        "Auto (unnamed)",
        "gpt-5",
    ]


def test_a_users_rules_come_first_and_may_speak_any_language() -> None:
    rules = ModelRules(
        (Rule(r"^code-supernova(-turbo)?", "xAI", r"Grok\1"), Rule(r"^ernie-(\w+)", "百度", r"文心 \1"))
    )
    assert rules.describe("code-supernova-1-million").family_label == "Grok"
    ernie = rules.describe("ERNIE-bot")
    assert (ernie.vendor, ernie.vendor_label, ernie.family, ernie.family_label) == (
        "百度",
        "百度",
        "文心-bot",
        "文心 Bot",
    )
    assert rules.describe("gpt-5") == RULES.describe("gpt-5")
