"""`finora mcp` as assistants start it: a real process, spoken to by the official client over its standard streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from finora.simulator import serve_in_thread
from support.assistants import ERAS, answered, by_stdio, refused
from support.running import PASSWORD, Who
from support.terminal import NOBODY_THERE, Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running

_WORDS = {"period": "all", "metrics": ["events"]}


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, int]]:
    """A data directory where everything is read, and how many events that is."""
    simulated = of_today()
    with serve_in_thread(simulated) as cursor:
        found = Terminal(tmp_path_factory.mktemp("stdio") / "data").having(CURSOR_BASE_URL=cursor.base_url)
        user = ("users", "create", "--email", "ana@acme.test", "--role", "owner", "--password-stdin")
        found.well(*user, given=f"{PASSWORD}\n")
        found.well("connect", "cursor", "--name", "Acme", "--key-stdin", given=simulated.key)
        yield found, simulated.truth.total().events


@pytest.mark.parametrize("era", ERAS)
def test_an_assistant_asks_the_running_server_and_the_one_after_it(
    terminal: tuple[Terminal, int], era: str
) -> None:
    """Each server gives its commands a token of its own, so what was found for one request may not do for the next."""
    finora, events = terminal

    async def through_a_restart() -> None:
        async with by_stdio(finora, era) as client:
            for _server in range(2):
                with finora.serving() as server:
                    assert len((await client.list_tools()).tools) == 7
                    data = await answered(client, "query_spend", **_WORDS)
                    assert data["totals"]["events"] == events
                assert " INFO mcp" not in server.said, "requests are not logged"

    anyio.run(through_a_restart)


def test_without_a_server_each_question_opens_the_data_and_lets_go_of_it(
    terminal: tuple[Terminal, int],
) -> None:
    finora, events = terminal

    async def alone() -> None:
        async with by_stdio(finora) as client:
            assert (await answered(client, "query_spend", **_WORDS))["totals"]["events"] == events
            with finora.serving():
                assert (await answered(client, "query_spend", **_WORDS))["totals"]["events"] == events
            assert "There is no metric" in await refused(client, "query_spend", {"metrics": ["x"]})
            resources = (await client.list_resources()).resources
            assert "finora://catalog" in [each.uri for each in resources]
            catalog = await client.read_resource("finora://catalog")
            assert "usage_value" in str(catalog.contents[0])

    anyio.run(alone)


def test_a_finora_elsewhere_is_asked_with_a_token_and_answers_as_it_would_its_user(
    acme: Running, tmp_path: Path
) -> None:
    token = acme.as_(Who.VIEWER).headers["authorization"].removeprefix("Bearer ")
    elsewhere = Terminal(tmp_path / "nothing").having(URL=acme.url, TOKEN=token)

    async def as_viewer() -> None:
        async with by_stdio(elsewhere) as client:
            assert len((await client.list_tools()).tools) == 5
            rows = (await answered(client, "query_spend", dimensions=["person"], period="all"))["rows"]
            assert [row["person"] for row in rows] == ["priya.natarajan@lumenworks.test"]

    anyio.run(as_viewer)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("url", "token", "why"),
    [
        ("", "finora_wrong", "This API token is not valid"),
        (NOBODY_THERE, "finora_any", "cannot be reached"),
        (NOBODY_THERE, "", "set FINORA_TOKEN"),
    ],
)
def test_why_finora_cannot_be_asked_is_told_to_the_assistant(
    acme: Running, tmp_path: Path, url: str, token: str, why: str
) -> None:
    elsewhere = Terminal(tmp_path / "nothing").having(URL=url or acme.url, TOKEN=token)

    async def in_vain() -> None:
        async with by_stdio(elsewhere) as client:
            said = await refused(client, "query_spend", {})
            assert why in said
            assert "finora_" not in said

    anyio.run(in_vain)


def test_other_commands_reach_a_finora_elsewhere_too(acme: Running, tmp_path: Path) -> None:
    token = acme.as_(Who.MEMBER).headers["authorization"].removeprefix("Bearer ")
    elsewhere = Terminal(tmp_path / "nothing").having(URL=acme.url, TOKEN=token)
    assert "Total" in elsewhere.well("query", "--by", "model", "--period", "all")
