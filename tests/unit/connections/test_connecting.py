"""The life of a key: checked live before anything is kept, replaced whole, gone without a trace."""

from __future__ import annotations

import base64
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import func, select

from finora.connections import AlreadyConnected, ConnectionNotFound, DifferentTeam, InvalidKeyText
from finora.errors import BadRequest, FinoraError
from finora.providers.errors import (
    AccessRefused,
    InvalidCredentials,
    ProviderFault,
    ProviderRateLimited,
    ProviderUnreachable,
    UnexpectedAnswer,
)
from finora.providers.registry import UnknownProvider
from finora.spend.statement import Statement
from finora.vault.models import Credential
from support.simulated import (
    EVENTS,
    GROUPS,
    MEMBERS,
    SPEND,
    Meddler,
    company,
    connect,
    pass_time,
    simulation,
    workspace_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.connections import Connection
    from finora.simulator import Simulation
    from finora.workspace import Workspace

BY = "owner@acme.test"


@pytest.fixture(scope="module")
def _companies() -> object:
    return [company(seed, seats=3, days=12, events=60) for seed in (1, 2)]


@pytest.fixture
def simulated(_companies: object) -> Simulation:
    """Return two simulated teams."""
    return simulation(*_companies)  # type: ignore[misc]


@pytest.fixture
def meddler(simulated: Simulation) -> Meddler:
    """Return what stands between."""
    return Meddler(simulated)


@pytest.fixture
def workspace(simulated: Simulation, meddler: Meddler, tmp_path: Path) -> Iterator[Workspace]:
    """Return an open workspace."""
    with workspace_for(simulated, tmp_path / "data", transport=meddler) as opened:
        yield opened


def enter(workspace: Workspace, key: object, **more: Any) -> Connection:  # noqa: ANN401 - connect's own arguments
    """Enter a key as a person does."""
    return workspace.connections.connect("cursor", more.pop("name", ""), {"api_key": key}, by=BY, **more)


def stored_credentials(workspace: Workspace) -> int:
    """Return how many credentials are in the vault."""
    with workspace.ledger.reading() as session:
        return session.scalar(select(func.count()).select_from(Credential)) or 0


def nothing_is_stored(workspace: Workspace) -> bool:
    """Return whether no trace of a connection is there."""
    return not workspace.connections.all() and not stored_credentials(workspace)


# What is entered


def test_a_good_key_becomes_a_connection_with_all_that_its_row_shows(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection = enter(workspace, simulated.key)
    assert (connection.provider, connection.name, connection.key_last4) == (
        "cursor",
        "Cursor",
        simulated.key[-4:],
    )
    assert (connection.connected_by, connection.connected_at) == (BY, workspace.clock.now())
    assert connection.next_sync_at == workspace.clock.now()
    assert connection.capabilities["events"]["state"] == "answers"
    assert workspace.people.members_of(connection.id)
    assert [each.id for each in workspace.connections.all()] == [connection.id]


@pytest.mark.parametrize("around", ["  {}", "{}\n", "\t {} \r\n", "\u00a0{}\u2003", "\ufeff {}"])
def test_white_space_around_a_pasted_key_is_taken_off(
    simulated: Simulation, workspace: Workspace, around: str
) -> None:
    connection = enter(workspace, around.format(simulated.key))
    assert workspace.connections.credentials(connection) == {"api_key": simulated.key}


@pytest.mark.parametrize("inside", [" ", "\n", "\t", "\u00a0", "\u2009"])
def test_white_space_inside_a_key_is_refused_without_asking_anyone(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, inside: str
) -> None:
    with pytest.raises(InvalidKeyText, match="white space inside"):
        enter(workspace, simulated.key[:20] + inside + simulated.key[20:])
    assert meddler.asked == []
    assert nothing_is_stored(workspace)


@pytest.mark.parametrize(
    "key", ["", "   ", None, 5, ["key"], "kéy", "key\x00", "key\x1b[2J", "k" * 4097, "\u200b"]
)
def test_what_cannot_be_a_key_is_refused_without_asking_anyone(
    workspace: Workspace, meddler: Meddler, key: object
) -> None:
    with pytest.raises(InvalidKeyText) as raised:
        enter(workspace, key)
    assert meddler.asked == []
    assert str(key) not in raised.value.message or not str(key).strip()


def test_a_key_is_never_judged_by_how_it_begins(simulated: Simulation, workspace: Workspace) -> None:
    for prefix in ("crsr_", "key_", "", "sk-", "0"):
        with pytest.raises(InvalidCredentials):
            enter(workspace, prefix + "x" * 40)
    assert simulated.requests[EVENTS, 401] == 5


def test_an_unknown_provider_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownProvider):
        workspace.connections.connect("copilot", "", {"api_key": "x"}, by=BY)


# What the provider says


BAD: list[tuple[str, httpx.Response | Exception, type[FinoraError]]] = [
    ("401", httpx.Response(401, json={"message": "Invalid Team API Key"}), InvalidCredentials),
    ("403", httpx.Response(403), AccessRefused),
    ("429", httpx.Response(429), ProviderRateLimited),
    ("500", httpx.Response(500), ProviderFault),
    ("unreachable", httpx.ConnectError("refused"), ProviderUnreachable),
    ("time-out", httpx.ReadTimeout("slow"), ProviderUnreachable),
    ("another service", httpx.Response(200, html="<html>Welcome</html>"), UnexpectedAnswer),
    ("another API", httpx.Response(200, json={"ok": True}), UnexpectedAnswer),
    ("broken text", httpx.Response(200, content=b'{"a": "\xff"}'), UnexpectedAnswer),
]


@pytest.mark.parametrize(("answer", "kind"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_nothing_is_kept_of_a_key_that_does_not_work(
    simulated: Simulation,
    workspace: Workspace,
    meddler: Meddler,
    answer: httpx.Response | Exception,
    kind: type[FinoraError],
) -> None:
    def respond(_body: object) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    meddler.answers[EVENTS] = respond
    before = workspace.clock.now()
    with pytest.raises(kind) as raised:
        enter(workspace, simulated.key)
    assert simulated.key not in raised.value.message + repr(raised.value.extra)
    assert nothing_is_stored(workspace)
    assert len(meddler.asked) == 1
    assert workspace.clock.now() == before  # a person at a form is not made to wait


@pytest.mark.parametrize("kind", ["personal", "organization", "wrong_scope", "revoked"])
def test_keys_of_the_wrong_kind_are_told_with_the_providers_words(
    simulated: Simulation, workspace: Workspace, kind: str
) -> None:
    with pytest.raises(InvalidCredentials) as raised:
        enter(workspace, getattr(simulated.keys[0], kind))
    assert str(raised.value.extra["provider_message"]) in raised.value.message
    assert nothing_is_stored(workspace)


def test_a_key_that_reads_events_only_is_good_enough(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    for path in (MEMBERS, GROUPS, SPEND):
        meddler.answers[path] = lambda _body: httpx.Response(401)
    connection = enter(workspace, simulated.key)
    states = {name: each["state"] for name, each in connection.capabilities.items()}
    assert (states["events"], states["members"], states["spend"], states["groups"]) == (
        "answers",
        "refused",
        "refused",
        "refused",
    )


# Twice


def test_the_same_team_twice_is_refused_because_its_spend_would_count_twice(
    simulated: Simulation, workspace: Workspace
) -> None:
    enter(workspace, simulated.key, name="Acme")
    with pytest.raises(AlreadyConnected, match="“Acme”"):
        enter(workspace, simulated.keys[0].spare)
    assert stored_credentials(workspace) == 1
    enter(workspace, simulated.keys[0].spare, confirm=True)
    assert len(workspace.connections.all()) == 2


def test_the_same_key_twice_is_refused_also_where_it_may_not_see_the_members(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    meddler.answers[MEMBERS] = lambda _body: httpx.Response(401)
    enter(workspace, simulated.key)
    for confirm in (False, True):
        with pytest.raises(AlreadyConnected, match="this very key"):
            enter(workspace, simulated.key, confirm=confirm)


def test_two_clicks_on_save_are_one_connection(simulated: Simulation, workspace: Workspace) -> None:
    outcomes: list[str] = []

    def click() -> None:
        try:
            outcomes.append(enter(workspace, simulated.key).name)
        except AlreadyConnected:
            outcomes.append("already")

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Cursor", "already", "already", "already"]
    assert stored_credentials(workspace) == 1


def test_two_teams_are_two_connections_with_names_of_their_own(
    simulated: Simulation, workspace: Workspace
) -> None:
    first, second = connect(workspace, simulated), connect(workspace, simulated, team=1)
    names = {each.id: (each.name, each.number) for each in workspace.connections.all()}
    assert names == {first: ("Cursor", 1), second: ("Cursor 2", 2)}
    workspace.schedule.run_due()
    for number in (0, 1):
        truth = simulated.truth_of(number).total()
        assert workspace.store.count(number + 1).usage_value == truth.value_nano


# Replacing the key


def test_a_new_key_takes_the_old_ones_place_and_history_stays(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    workspace.schedule.run_due()
    count = workspace.store.count()
    pass_time(simulated, minutes=5)
    connection = workspace.connections.rotate(connection_id, {"api_key": f" {simulated.keys[0].spare}\n"})
    assert connection.key_last4 == simulated.keys[0].spare[-4:]
    assert connection.rotated_at == connection.next_sync_at == workspace.clock.now()
    assert workspace.connections.credentials(connection) == {"api_key": simulated.keys[0].spare}
    assert stored_credentials(workspace) == 1
    assert workspace.store.count() == count


@pytest.mark.parametrize(("answer", "kind"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_a_new_key_that_does_not_work_leaves_the_old_one_in_use(
    simulated: Simulation,
    workspace: Workspace,
    meddler: Meddler,
    answer: httpx.Response | Exception,
    kind: type[FinoraError],
) -> None:
    connection_id = connect(workspace, simulated)
    before = workspace.connections.get(connection_id)

    def respond(_body: object) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    meddler.answers[EVENTS] = respond
    with pytest.raises(kind):
        workspace.connections.rotate(connection_id, {"api_key": simulated.keys[0].spare})
    after = workspace.connections.get(connection_id)
    assert workspace.connections.credentials(after) == {"api_key": simulated.key}
    assert (after.key_last4, after.credential_version) == (before.key_last4, before.credential_version)


def test_a_key_of_a_different_team_is_refused_unless_it_is_meant(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    other = {"api_key": simulated.keys[1].admin}
    with pytest.raises(DifferentTeam, match="members are not those of “Cursor”"):
        workspace.connections.rotate(connection_id, other)
    assert workspace.connections.credentials(workspace.connections.get(connection_id)) == {
        "api_key": simulated.key
    }
    workspace.connections.rotate(connection_id, other, confirm=True)
    assert workspace.connections.credentials(workspace.connections.get(connection_id)) == other


def test_a_failing_connection_works_again_as_soon_as_its_key_is_replaced(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    simulated.ring.revoke(simulated.key)
    workspace.schedule.run_due()
    assert workspace.connections.get(connection_id).failing_code == "invalid_credentials"
    workspace.connections.rotate(connection_id, {"api_key": simulated.keys[0].spare})
    mended = workspace.connections.get(connection_id)
    assert (mended.failing_code, mended.failing_reason, mended.failing_since) == ("", "", None)
    assert [run.state for run in workspace.schedule.run_due()] == ["completed"]


# Removing


@pytest.mark.parametrize("delete_history", [False, True])
def test_removing_deletes_the_key_at_once_and_history_only_if_asked_to(
    simulated: Simulation, workspace: Workspace, *, delete_history: bool
) -> None:
    connection_id, other = connect(workspace, simulated), connect(workspace, simulated, team=1)
    workspace.schedule.run_due()
    kept = workspace.store.count(1)
    others = workspace.store.count(2)
    removed = workspace.connections.remove(connection_id, delete_history=delete_history)
    assert stored_credentials(workspace) == 1
    assert [each.id for each in workspace.connections.all()] == [other]
    assert workspace.store.count(1).events == (0 if delete_history else kept.events)
    assert workspace.store.count(2) == others
    for act in (
        lambda: workspace.connections.get(connection_id),
        lambda: workspace.connections.remove(connection_id),
        lambda: workspace.connections.rename(connection_id, "Back"),
        lambda: workspace.connections.pause(connection_id, paused=True),
        lambda: workspace.connections.rotate(connection_id, {"api_key": simulated.keys[0].spare}),
        lambda: workspace.connections.credentials(removed),
        lambda: workspace.schedule.request(connection_id),
    ):
        with pytest.raises(ConnectionNotFound):
            act()


def test_a_number_is_never_given_out_again(simulated: Simulation, workspace: Workspace) -> None:
    """History that was kept belongs to its number; a new team must not inherit it."""
    for expected in (1, 2, 3):
        connection_id = connect(workspace, simulated)
        assert workspace.connections.get(connection_id).number == expected
        workspace.connections.remove(connection_id, delete_history=expected == 2)


def test_a_removed_team_can_be_connected_again(simulated: Simulation, workspace: Workspace) -> None:
    workspace.connections.remove(connect(workspace, simulated), delete_history=True)
    connect(workspace, simulated)
    workspace.schedule.run_due()
    assert workspace.store.count().usage_value == simulated.truth.total().value_nano


# Names


def test_a_name_is_tidied_kept_unique_and_known_to_answers(
    simulated: Simulation, workspace: Workspace
) -> None:
    first = enter(workspace, simulated.key, name="  Acme \n  Corp ")
    second = enter(workspace, simulated.keys[1].admin, name="Acme Corp")
    assert (first.name, second.name) == ("Acme Corp", "Acme Corp 2")
    workspace.connections.rename(second.id, "Bravo")
    with workspace.store.snapshot() as reader:
        labels = reader.fetch(Statement("SELECT id, label FROM connections ORDER BY id"))
    assert labels == [(1, "Acme Corp"), (2, "Bravo")]
    with pytest.raises(BadRequest):
        workspace.connections.rename(second.id, " \n ")


# Secrecy


def files_with(folder: Path, *texts: bytes) -> list[str]:
    """Return the files that hold one of some texts."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(text in path.read_bytes() for text in texts)
    ]


def shapes(key: str) -> list[bytes]:
    """Return the shapes in which a key could lie about."""
    return [
        key.encode(),
        key[5:40].encode(),
        base64.b64encode(key.encode())[:40],
        base64.b64encode(f"{key}:".encode())[:40],
        key.encode().hex().encode(),
        key.encode("utf-16-le"),
        key[::-1].encode(),
    ]


def test_no_file_ever_holds_a_key_in_clear_nor_its_cipher_once_it_is_removed(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, tmp_path: Path
) -> None:
    keys = simulated.keys[0]
    texts = [shape for key in (keys.admin, keys.spare, keys.revoked) for shape in shapes(key)]
    found: list[str] = []
    meddler.answers[EVENTS] = lambda _body: found.extend(files_with(tmp_path, *texts))  # while a sync runs
    with pytest.raises(InvalidCredentials):
        enter(workspace, keys.revoked)
    connection_id = connect(workspace, simulated)
    workspace.schedule.run_due()
    workspace.connections.rotate(connection_id, {"api_key": keys.spare})
    workspace.schedule.run_due()
    assert found == []
    assert files_with(tmp_path, *texts) == []
    with workspace.ledger.reading() as session:
        credential = session.scalar(select(Credential))
        assert credential is not None
        ciphers = [credential.ciphertext[:24], credential.wrapped_key[:24]]
    assert files_with(tmp_path, *ciphers)
    workspace.connections.remove(connection_id)
    assert files_with(tmp_path, *texts, *ciphers) == []


def test_a_key_shows_in_no_representation(simulated: Simulation, workspace: Workspace) -> None:
    connection = enter(workspace, simulated.key)
    shown = repr(connection) + repr(vars(connection)) + repr(workspace) + str(workspace.connections)
    assert simulated.key not in shown
