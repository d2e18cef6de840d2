"""Whoever looks a setting, command, route, figure or error up in the documentation must find it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import TYPE_CHECKING

import pytest
import typer.main

import finora
from finora.cli.main import app as commands
from finora.documentation import page_named, pages
from finora.documentation.reference import TABLES
from finora.errors import FinoraError
from finora.settings import FIELDS, Setting
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.event import EVENT_TYPES, BillingClass, TypeBasis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer._click.core import Command

ALL = "\n".join(page.text for page in pages())
NOT_OF_THE_PRODUCT = ("finora.simulator", "finora.__main__", "finora.storage.ledger.migrations")


@pytest.mark.parametrize("setting", FIELDS, ids=lambda setting: setting.variable)
def test_every_setting_is_described_with_its_default(setting: Setting) -> None:
    line = next(line for line in TABLES["settings"]().splitlines() if f"`{setting.variable}`" in line)
    assert line in page_named("operating").text
    assert line.count("|") == 4


def test_every_metric_and_dimension_is_defined_in_the_catalogue_s_own_words() -> None:
    told = page_named("tracking").text
    for metric in METRICS.values():
        assert f"| {metric.label} | `{metric.name}` | {metric.unit} | {metric.definition} |" in told
    for dimension in DIMENSIONS.values():
        assert f"| {dimension.label} | `{dimension.name}` | {dimension.definition} |" in told


def test_every_event_type_basis_and_billing_type_is_told() -> None:
    told = page_named("event-types").text
    for name in (*EVENT_TYPES, *(basis.key for basis in TypeBasis)):
        assert f"`{name}`" in told
    labels = DIMENSIONS["billing"].labels
    for billing in BillingClass:
        assert f"| {labels[billing.key]} |" in page_named("tracking").text


def commands_of(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    below = getattr(command, "commands", {})
    for each, inner in below.items():
        yield from commands_of(inner, f"{name} {each}")
    if not below:
        yield name, command


def every_command() -> list[tuple[str, Command]]:
    found = typer.main.get_command(commands)
    return [
        (name, each) for name, each in commands_of(found, "finora") if not name.startswith("finora simulate")
    ]


@pytest.mark.parametrize(
    ("name", "command"), every_command(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_command_and_its_options_are_told(name: str, command: Command) -> None:
    told = page_named("cli").text
    assert f"`{name}" in told
    row = next((line for line in told.splitlines() if f"`{name}" in line), told)
    if "subscriptions change" in name:  # the same as of `add`
        row += next(line for line in told.splitlines() if "`finora subscriptions add" in line)
    for option in command.params:
        longest = max(option.opts, key=len)
        if longest.startswith("--") and longest not in {"--json", "--help"}:
            assert longest in row or longest in told.split("## Run it")[0] or f"--no-{longest[2:]}" in row, (
                longest
            )


def test_every_option_that_a_page_names_exists() -> None:
    known = {
        opt
        for _name, each in every_command()
        for param in each.params
        for opt in (*param.opts, *param.secondary_opts)
    }
    named = {
        option
        for page in pages()
        for line in page.text.splitlines()
        if "finora " in line
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)
    }
    assert named <= known | {"--help", "--version"}


def test_every_command_that_a_page_names_exists() -> None:
    known = {name for name, _command in every_command()} | {"finora simulate cursor"}
    first = {name.split()[1] for name in known}
    for page in pages():
        for found in re.findall(r"^(?:FINORA_\S+ )?finora ([a-z]+)(?: ([a-z-]+))?", page.text, re.MULTILINE):
            assert found[0] in first, (page.name, found)
            below = {
                name.split()[2] for name in known if name.split()[1] == found[0] and len(name.split()) > 2
            }
            assert not below or found[1] in below, (page.name, found)


def every_code() -> set[str]:
    for module in pkgutil.walk_packages(finora.__path__, "finora."):
        if not module.name.startswith(NOT_OF_THE_PRODUCT):
            importlib.import_module(module.name)
    return {each.code for each in family(FinoraError) if each.__module__.startswith("finora.")}


def family(error: type[FinoraError]) -> Iterator[type[FinoraError]]:
    yield error
    for each in error.__subclasses__():
        yield from family(each)


def test_every_error_code_is_told_and_no_other() -> None:
    told = page_named("errors").text.split("## Requests")[1]
    cells = "\n".join(line.split("|")[1] for line in told.splitlines() if line.startswith("| `"))
    listed = set(re.findall(r"`([a-z_]+)`", cells))
    assert listed == every_code()


def test_no_page_names_a_setting_that_there_is_not() -> None:
    known = {setting.variable for setting in FIELDS} | {
        f"{setting.variable}_FILE" for setting in FIELDS if setting.secret
    }
    named = set(re.findall(r"FINORA_[A-Z_]*[A-Z]", ALL)) - {"FINORA_TOKEN", "FINORA_SMTP", "FINORA_OPENID"}
    assert named <= known
