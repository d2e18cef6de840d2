"""Everyday words for what the catalogue declares; its own labels need no line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

METRIC_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "spend": "spend, spent, spending, spends, cost, costs, costing, burn, burned, burnt, burning, burns, burn rate, money, dollars, bucks, usd, pay, paid, paying, pays, bill, bills, billed, charge, charges, charged, expense, expenses, expenditure, price, outlay, on demand spend, overage, overages, cash, invoice, invoiced, blow, blew, damage, spendings, billed amount, cost us, worth of spend",
        "usage_value": "usage, usage cost, value of usage, total usage value, usage worth, gross usage, consumption",
        "included_value": "included usage, included spend, covered by the plan, covered by our plan, plan covered, plan cover, the plan cover, plan covers, included in the plan, included in our plan, included cost, plan usage",
        "list_cost": "list price, list prices, at list price, sticker price, retail cost, raw model cost",
        "fee": "fees, token fee, token fees, cursor fee, cursor fees, markup, surcharge, cursor token fee",
        "discount": "discounts, savings, saved, save, saving, discounted",
        "events": "event, usage events, interactions, calls, queries, prompts, generations, messages, activity, volume, api calls, llm calls, runs, times",
        "people": "active users, active people, active engineers, active developers, active devs, headcount, distinct people, unique users, distinct users",
        "tokens": "token, toks, total tokens, token usage, token count, token consumption",
        "input_tokens": "input token, tokens in, prompt tokens, tokens sent",
        "output_tokens": "output token, tokens out, completion tokens, generated tokens, tokens written",
        "cache_write_tokens": "cache writes, cache write, cached writes, tokens written to cache",
        "cache_read_tokens": "cache reads, cache read, cached tokens, cache hits, cache tokens, tokens read from cache",
        "requests": "request, request units, premium requests, fast requests",
        "conversations": "convos, threads, conversation count",
        "unpriced_events": "unpriced, events without a price, events without price, events without cost, unpriced usage",
        "spend_per_person": "spend per head, cost per head, spend per capita, cost per active user, spend per active user",
    }
)

DIMENSION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "person": "engineer, developer, dev, user, teammate, colleague, coworker, co worker, member, team member, employee, coder, programmer, individual, contributor, folk, staff, staff member, account holder, guy, human, ppl",
        "team": "squad, group, billing group, department, dept, crew",
        "model": "llm, ai model, language model",
        "vendor": "lab, ai lab, model maker, maker, ai company, model vendor, model provider, ai vendor",
        "family": "families, model line",
        "event_type": "type, type of event, kind of event, type of work, kind of work, feature, activity type, usage type, mode, type of usage, kind of usage",
        "basis": "type basis, how the type is known",
        "billing": "billing kind, kind of billing, billing class, billing mode, kind of money",
        "kind": "kind, provider label",
        "provider": "ai provider, tool provider",
        "connection": "connected account, cursor team, workspace",
        "service_account": "bot, machine user, robot, service user",
        "max_mode": "max mode use, max mode or not",
        "headless": "headless or not",
        "conversation": "convo, thread",
        "cloud_agent": "cloud agent run",
        "automation": "automation run",
        "hour": "hour of the day, time of day, time of the day",
        "weekday": "day of the week, day of week, week day",
    }
)

WHO_WORDS = "who, whom, whose, anyone, anybody, someone, somebody, everyone, everybody, nobody"
"""Words that stand for a person."""

VALUE_WORDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("event_type", "chat"): "chat, chats, chatting, ask mode, chat mode, chat panel",
        ("event_type", "agent"): "agent, agents, agentic, agent mode, agent runs, agent run, composer agent",
        (
            "event_type",
            "inline_edit",
        ): "inline edit, inline edits, inline editing, inline, cmd k, cmdk, ctrl k, command k, inline completions",
        (
            "event_type",
            "bugbot",
        ): "bugbot, bug bot, bugbot reviews, pr reviews, code reviews, code review, pr review",
        ("event_type", "cloud_agent"): "cloud agent, cloud agents, cloud agent runs",
        ("event_type", "automation"): "automation, automations, automated, automated runs",
        (
            "event_type",
            "background",
        ): "background, background agent, background agents, background work, background tasks, background jobs",
        ("event_type", "tab"): "tab, tabs, tab completion, tab completions, autocomplete, tab complete",
        ("event_type", "unknown"): "unknown type, unknown event type, untyped",
        ("billing", "on_demand"): "on demand, ondemand, pay as you go, usage based, overage events",
        ("billing", "included"): "included, included events, covered",
        ("billing", "not_charged"): "not charged, uncharged, errored, aborted",
        ("billing", "byok"): "own key, own keys, byok, bring your own key, own api key",
        ("billing", "free"): "free, free of charge, for free",
        ("max_mode", "yes"): "max mode, maxmode, in max mode, with max mode",
        ("headless", "yes"): "headless, cli agent, without an editor, outside the editor",
        ("headless", "no"): "in the editor, inside the editor, in the ide",
        (
            "person",
            "unattributed",
        ): "unattributed, nobody in particular, unknown person, without a person",
        ("team", "none"): "no team, without a team, teamless",
        ("weekday", "saturday sunday"): "weekends, weekend days, at the weekend, at weekends, on weekends",
        (
            "weekday",
            "monday tuesday wednesday thursday friday",
        ): "weekdays, working days, workdays, business days",
        ("weekday", "monday"): "mondays, on mondays, every monday, each monday",
        ("weekday", "tuesday"): "tuesdays, on tuesdays, every tuesday, each tuesday",
        ("weekday", "wednesday"): "wednesdays, on wednesdays, every wednesday, each wednesday",
        ("weekday", "thursday"): "thursdays, on thursdays, every thursday, each thursday",
        ("weekday", "friday"): "fridays, on fridays, every friday, each friday",
        ("weekday", "saturday"): "saturdays, on saturdays, every saturday, each saturday",
        ("weekday", "sunday"): "sundays, on sundays, every sunday, each sunday",
        ("hour", "06 07 08 09 10 11"): "mornings, in the morning, in the mornings",
        ("hour", "12 13 14 15 16 17"): "afternoons, in the afternoon, in the afternoons",
        ("hour", "18 19 20 21"): "evenings, in the evening, in the evenings",
        ("hour", "22 23 00 01 02 03 04 05"): "nights, at night, overnight, in the night, nighttime",
        (
            "hour",
            "09 10 11 12 13 14 15 16",
        ): "office hours, working hours, business hours, work hours",
        (
            "hour",
            "00 01 02 03 04 05 06 07 08 17 18 19 20 21 22 23",
        ): "out of hours, after hours, outside office hours, outside working hours, outside business hours, outside of work hours",
    }
)
"""Words for values, by dimension and key (or keys); event types are known before the first event of them is read."""

GUARDED = frozenset({"basis"})
"""Dimensions whose values are common words (reported, unknown), which are not taken for them."""

NAMED_AS_VALUES = frozenset({"max_mode", "headless", "cloud_agent", "automation"})
"""Dimensions that have the name of a value: “in max mode” filters, “by max mode” groups."""

EXPENSIVE = "expensive, costly, pricey, priciest, costliest, dearest, dear"
CHEAP = "cheap, cheapest, cheaper, most affordable"
