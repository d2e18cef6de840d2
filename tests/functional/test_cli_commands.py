"""The commands, as a person or a script runs them: with a server running, and without one."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pyarrow.parquet as pq
import pytest

from finora.api.export import FORMATS
from finora.cli.file_format import EVENTS
from finora.cli.main import app
from finora.simulator import serve_in_thread
from support.running import PASSWORD
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation
    from support.terminal import Server


@pytest.fixture(scope="module")
def simulated() -> Simulation:
    return of_today()


@pytest.fixture(scope="module")
def cursor(simulated: Simulation) -> Iterator[str]:
    with serve_in_thread(simulated) as served:
        yield served.base_url


@pytest.fixture(scope="module")
def finora(cursor: str, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal where everything is connected and read, and no server runs."""
    terminal = Terminal(tmp_path_factory.mktemp("cli") / "data").having(CURSOR_BASE_URL=cursor)
    created = terminal.well(
        "users",
        "create",
        "--email",
        "Ana@acme.test",
        "--role",
        "owner",
        "--password-stdin",
        given=f"{PASSWORD}\n",
    )
    assert created == "ana@acme.test is owner.\n"
    return terminal


@pytest.fixture(scope="module")
def connected(finora: Terminal, simulated: Simulation) -> Terminal:
    connect = ("connect", "cursor", "--name", "Acme", "--key-stdin")
    printed = finora.well(*connect, given=f"  {simulated.key}\n")
    assert printed == f"Acme is connected: {simulated.truth.total().events:,} events.\n"
    return finora


@pytest.fixture(scope="module")
def server(connected: Terminal) -> Iterator[Server]:
    with connected.serving() as running:
        yield running


# Without a server


def test_the_figures_are_the_truth_in_json_and_in_the_table(
    connected: Terminal, simulated: Simulation
) -> None:
    command = ("query", "--by", "person", "-m", "spend", "-m", "events", "--period", "all")
    answer = json.loads(connected.well(*command, "--json"))
    total = simulated.truth.total()
    assert Decimal(answer["totals"]["spend"]) == Decimal(total.spend_nano) / 10**9
    assert answer["totals"]["events"] == total.events
    table = connected.well(*command)
    for row in answer["rows"]:
        assert row["person_label"] in table
        assert f"{row['events']:,}" in table
    assert f"${Decimal(answer['totals']['spend']):,.2f}" in table
    assert "data through" in table


def test_an_export_to_standard_output_can_be_piped_on(connected: Terminal, simulated: Simulation) -> None:
    exported = connected("export", "--format", "csv")
    assert exported.code == 0
    rows = list(csv.DictReader(io.StringIO(exported.out)))
    assert len(rows) == simulated.truth.total().events
    assert sum(Decimal(row["cost"]) for row in rows) == Decimal(simulated.truth.total().value_nano) / 10**9


def test_a_wrong_command_says_what_there_is(connected: Terminal) -> None:
    outcome = connected("query", "--by", "colour")
    assert (outcome.code, outcome.out) == (1, "")
    assert "“colour”" in outcome.err
    assert "person" in outcome.err
    assert "Traceback" not in outcome.err


# With a server


def test_a_token_is_printed_alone_and_opens_the_api(connected: Terminal, server: Server) -> None:
    printed = connected.well("tokens", "create", "--email", "ana@acme.test", "--name", "script")
    assert re.fullmatch(r"\S{20,}\n", printed)
    headers = {"Authorization": f"Bearer {printed.strip()}"}
    answer = httpx.get(f"{server.url}/api/v1/me", headers=headers, trust_env=False)
    assert (answer.json()["email"], answer.json()["role"]) == ("ana@acme.test", "owner")
    assert "setup" not in server.said


def test_users_are_listed(connected: Terminal, server: Server) -> None:
    assert "ana@acme.test" in connected.well("users", "list")
    (ana,) = json.loads(connected.well("users", "list", "--json"))
    assert (ana["email"], ana["role"]) == ("ana@acme.test", "owner")
    twice = connected(
        "users", "create", "--email", "ana@acme.test", "--password-stdin", given=f"{PASSWORD}\n"
    )
    assert (twice.code, twice.out) == (1, "")
    assert "already" in twice.err
    weak = connected("users", "create", "--email", "bo@acme.test", "--password-stdin", given="short\n")
    assert (weak.code, "12 characters" in weak.err) == (1, True)


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("users", "create", "--email", "cy@acme.test"), "--password-stdin"),
        (("connect", "cursor"), "--key-stdin"),
    ],
)
def test_who_has_no_terminal_is_told_how_to_give_a_secret_else(
    tmp_path: Path, command: tuple[str, ...], option: str
) -> None:
    """In a container without -it there was a warning of Python's, a prompt that nobody answers, and "Aborted."."""
    outcome = Terminal(tmp_path / "data")(*command)
    assert (outcome.code, outcome.out) == (1, "")
    assert "There is no terminal: " in outcome.err
    assert option in outcome.err
    assert "Warning" not in outcome.err
    assert "Aborted" not in outcome.err


def test_who_forgot_a_password_is_let_in_by_whoever_runs_the_machine(
    connected: Terminal, server: Server
) -> None:
    link = connected.well("users", "link", "--email", "ana@acme.test").strip()
    assert re.search(r"/link/[\w-]{20,}$", link)
    newer = connected.well("users", "link", "--email", "ana@acme.test").strip()
    old, new = (httpx.get(f"{server.url}/link/{each.rpartition('/')[2]}") for each in (link, newer))
    assert (old.is_error, new.status_code) == (True, 200), "only the newest link works"
    assert connected("users", "link", "--email", "nobody@acme.test").code == 1


def test_what_the_provider_counts_is_compared_by_cause(connected: Terminal, server: Server) -> None:
    cycle, *_ = json.loads(connected.well("reconcile", "Acme", "--json"))
    assert cycle["connection"] == "Acme"
    assert sum(Decimal(part["amount"]) for part in cycle["parts"]) == Decimal(cycle["difference"])
    printed = connected.well("reconcile", "--all", "--cycles", "1")
    assert f"Acme, cycle from {cycle['cycle_start'][:10]}: " in printed
    assert connected("reconcile", "Nowhere").code == 1


def test_notices_are_listed(connected: Terminal, server: Server) -> None:
    assert isinstance(json.loads(connected.well("notices", "--json")), list)
    assert connected.well("notices")
    assert connected("notices", "--dismiss", "none").code == 1


def test_connections_and_a_sync_of_them(connected: Terminal, server: Server, simulated: Simulation) -> None:
    (connection,) = json.loads(connected.well("connections", "--json"))
    assert (connection["name"], connection["key_last4"]) == ("Acme", simulated.key[-4:])
    table = connected.well("connections")
    assert f"…{simulated.key[-4:]}" in table
    assert simulated.key not in table
    (run,) = json.loads(connected.well("sync", "--json"))
    assert run["state"] == "completed"
    span = ("--start", "2026-01-01", "--end", "2026-01-03")
    assert connected("sync", "Acme", *span).code in {0, 1}
    unknown = connected("sync", "Umbrella")
    assert (unknown.code, "Acme" in unknown.err) == (1, True)
    half = connected("sync", "--start", "2026-01-01")
    assert (half.code, "--end" in half.err) == (1, True)


def test_an_export_to_a_file_is_whole_or_not_there(
    connected: Terminal, server: Server, simulated: Simulation, tmp_path: Path
) -> None:
    file = tmp_path / "events.parquet"
    connected.well("export", "--format", "parquet", "--output", str(file))
    assert pq.read_metadata(file).num_rows == simulated.truth.total().events
    refused = connected("export", "--format", "xlsx", "--output", str(tmp_path / "events.xlsx"))
    assert (refused.code, refused.out) == (1, "")
    assert "“xlsx” is none of the formats of this file; there are csv, jsonl, parquet." in refused.err
    log = connected("audit", "--format", "xlsx")
    assert (log.code, "there are csv, json." in log.err) == (1, True)
    nowhere = connected("export", "--output", str(tmp_path / "nowhere" / "events.csv"))
    assert (nowhere.code, "Traceback" in nowhere.err) == (1, False)
    assert [each.name for each in tmp_path.iterdir()] == ["events.parquet"]


def test_commands_refuse_no_format_that_the_api_writes() -> None:
    assert set(EVENTS) == set(FORMATS)


def test_the_doctor_finds_a_running_server_well(connected: Terminal, server: Server) -> None:
    outcome = connected("doctor")
    assert outcome.code == 0, outcome
    assert "A running server holds them" in outcome.out
    assert {each["verdict"] for each in json.loads(connected.well("doctor", "--json"))} <= {"well", "odd"}


def test_a_second_server_on_the_same_folder_or_port_is_refused(connected: Terminal, server: Server) -> None:
    folder = connected("serve", "--port", str(server.port + 1))
    assert (folder.code, "Another Finora" in folder.err) == (1, True)
    port = connected.having(DATA_DIR=str(connected.data_dir) + "-two")("serve", "--port", str(server.port))
    assert (port.code, "FINORA_PORT" in port.err) == (1, True)
    assert "Traceback" not in folder.err + port.err


def test_rotating_and_removing(cursor: str, simulated: Simulation, tmp_path: Path) -> None:
    finora = Terminal(tmp_path / "data").having(CURSOR_BASE_URL=cursor)
    keys = simulated.keys[0]
    with finora.serving() as server:
        assert "There is no user yet" in server.said
        assert "/setup/" in server.said
        finora.well("connect", "cursor", "--name", "Acme", "--key-stdin", given=keys.admin)
        refused = finora("rotate", "Acme", "--key-stdin", given=keys.revoked)
        assert (refused.code, "401" in refused.err) == (1, True)
        assert "Revoke the old one" in finora.well("rotate", "Acme", "--key-stdin", given=keys.spare)
        assert json.loads(finora.well("connections", "--json"))[0]["key_last4"] == keys.spare[-4:]
        unsure = finora("disconnect", "Acme", given="n\n")
        assert unsure.code == 1
        assert "is removed" in finora.well("disconnect", "Acme", "--yes")
        assert "Nothing is connected yet" in finora.well("connections")
        assert json.loads(finora.well("query", "--period", "all", "--json"))["totals"]["spend"] != "0.00"
        nothing = finora("sync")
        assert (nothing.code, "finora connect cursor" in nothing.err) == (1, True)
        server.process.send_signal(signal.SIGTERM)
        assert server.wait_for_end(8) == 0
        for key in (keys.admin, keys.spare, keys.revoked):
            assert key not in server.said


# Help


def every_command() -> list[tuple[str, ...]]:
    import typer.main

    def below(group: object, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = []
        for name, command in getattr(group, "commands", {}).items():
            found += below(command, (*words, name)) or [(*words, name)]
        return found

    return below(typer.main.get_command(app), ())


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_each_command_s_help_has_an_example(words: tuple[str, ...]) -> None:
    from typer.testing import CliRunner

    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).stdout
    examples = re.findall(r"(?:FINORA_\S+ )?finora " + " ".join(words), shown.partition("xample")[2])
    assert examples, shown


def test_help_and_version_answer_without_loading_what_serves(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    assert "serve" in terminal.well("--help")
    assert re.fullmatch(r"finora \d+\.\d+\.\d+\S*\n", terminal.well("--version"))
    assert not terminal.data_dir.exists()
