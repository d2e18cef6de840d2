"""Scenarios, the recorded sample, the truth behind them and the command that serves one."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import httpx
import pytest
import typer
import uvicorn
from typer.testing import CliRunner

from finora.simulator import Faults, Reader, Simulation, bench, demo, sample, serve_in_thread, small
from finora.simulator.clock import DAY_MS
from finora.simulator.command import read_faults, simulate
from finora.simulator.in_process import EVENTS_PATH, nano
from finora.simulator.recorded import NOBODY
from finora.simulator.threaded import address, listen

SAMPLE = Path(__file__).parent / "data" / "cursor-events.jsonl"
FIRST_READING = 28


def test_sample_serves_its_lines_byte_for_byte() -> None:
    simulation = sample(SAMPLE, skip={FIRST_READING})
    lines = [
        line for number, line in enumerate(SAMPLE.read_bytes().splitlines(), 1) if number != FIRST_READING
    ]
    reader, newest = Reader(simulation), simulation.clock.now_ms()
    body = reader.http.post(EVENTS_PATH, json={"startDate": newest - 30 * DAY_MS, "endDate": newest}).content
    served = body.partition(b'"usageEvents":[')[2].partition(b'],"period"')[0]
    assert served == b",".join(lines[:-1])
    assert len(reader.everything()) == len(lines) == 29


def test_truth_of_the_sample_is_what_its_lines_say() -> None:
    simulation = sample(SAMPLE, skip={FIRST_READING})
    events = [json.loads(line, parse_float=Decimal) for line in SAMPLE.read_bytes().splitlines()]
    charged = sum(nano(e["chargedCents"]) for i, e in enumerate(events, 1) if i not in (FIRST_READING, 30))
    truth = simulation.truth
    assert truth.total().value_nano - nano(events[29]["tokenUsage"]["totalCents"]) == charged
    assert truth.by_kind()["On-demand"].events == 1
    assert truth.by_person()[NOBODY].events == 1
    spend = Reader(simulation).post("/teams/spend")["teamMemberSpend"]
    assert sum(nano(row["overallSpendCents"]) for row in spend) == charged
    run = next(e["cloudAgentId"] for e in events if "cloudAgentId" in e)
    now = simulation.clock.now_ms()
    assert [
        e["cloudAgentId"] for e in Reader(simulation).window(now - 9 * DAY_MS, now, cloudAgentId=run)
    ] == [run]


def test_totals_by_every_key_add_up_to_the_whole(cast: Simulation) -> None:
    truth = cast.truth
    whole = truth.total()
    for parts in (
        truth.by_person(),
        truth.by_model(),
        truth.by_kind(),
        truth.by_feature(),
        truth.by_day(),
        truth.by_cycle(),
    ):
        assert sum(part.value_nano for part in parts.values()) == whole.value_nano
        assert sum(part.spend_nano for part in parts.values()) == whole.spend_nano
        assert sum(part.events for part in parts.values()) == whole.events
    assert 0 < whole.spend_nano < whole.value_nano


def test_truth_of_a_day_is_that_of_its_events(cast: Simulation, wire: list[dict[str, object]]) -> None:
    day = "2026-11-10"
    start = int(datetime(2026, 11, 10, tzinfo=UTC).timestamp()) * 1_000
    served = [e for e in wire if start <= int(str(e["timestamp"])) < start + DAY_MS]
    assert served
    assert cast.truth.by_day()[day].value_nano == sum(nano(str(e["chargedCents"])) for e in served)
    assert cast.truth.total(cast.truth.happened(start, start + DAY_MS)) == cast.truth.by_day()[day]


def test_the_small_cast_is_always_the_same(cast: Simulation) -> None:
    assert Reader(small()).everything() == Reader(cast).everything()
    people = [person.email.partition("@")[0] for person in cast.teams[0].company.people]
    assert people == ["mara.okafor", "priya.natarajan", "tomas.kovar", "lee.wang", "zoe.muller", "noa.levi"]
    spend = {who.partition("@")[0]: part.spend_nano for who, part in cast.truth.by_person().items()}
    assert sorted(spend, key=lambda who: -spend[who])[:2] == ["tomas.kovar", "zoe.muller"]


def test_the_demo_reaches_up_to_now_and_a_year_back() -> None:
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    begun = perf_counter()
    simulation = demo(now)
    assert perf_counter() - begun < 5
    truth = simulation.truth
    assert 400_000 < len(truth.happened()) < 600_000
    assert len(truth.events) > len(truth.happened())
    assert len(truth.by_person()) > 55
    start = int((now - timedelta(days=365)).timestamp() * 1_000)
    assert truth.events.ts[0] - start < 2 * DAY_MS


def test_a_page_of_a_large_company_is_served_in_milliseconds() -> None:
    simulation = bench(1_000_000)
    now = simulation.clock.now_ms()
    with (
        serve_in_thread(simulation) as served,
        httpx.Client(base_url=served.base_url, auth=(simulation.key, "")) as http,
    ):
        took = []
        for page in range(1, 21):
            begun = perf_counter()
            body = {"startDate": now - 30 * DAY_MS, "endDate": now, "page": page, "pageSize": 1_000}
            assert len(http.post(EVENTS_PATH, json=body).content) > 100_000
            took.append(perf_counter() - begun)
    assert sorted(took)[10] < 0.030


def test_the_truth_cannot_be_reached_through_the_port(cast: Simulation) -> None:
    http = Reader(cast).http
    for path in ("/", "/truth", "/settle", "/openapi.json", "/docs", "/metrics"):
        assert http.get(path).status_code == 404


def test_faults_are_read_from_the_command_line() -> None:
    assert read_faults([], 3) == Faults(seed=3)
    assert read_faults(["late_permille=100", "free_bugbot=true"], 3) == Faults(
        seed=3, late_permille=100, free_bugbot=True
    )
    assert read_faults(["all", "late_permille=0"], 3).late_permille == 0
    assert read_faults(["all"], 3) == Faults.all_recoverable(3)
    for wrong in ("nonsense=1", "late_permille=many", "free_bugbot=7", "late_permille=2000", "late_permille"):
        with pytest.raises(typer.BadParameter):
            read_faults([wrong], 3)


def test_the_command_says_where_it_listens_and_which_key_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask_once(server: uvicorn.Server, sockets: object = None) -> None:
        asked.append((server, sockets))

    monkeypatch.setattr(uvicorn.Server, "run", ask_once)
    run = CliRunner().invoke(
        simulate, ["cursor", "--port", "0", "--seats", "3", "--months", "1", "--events", "50"]
    )
    assert run.exit_code == 0, run.output
    assert len(asked) == 1
    asked[0][1][0].close()  # type: ignore[index]  # the listening socket
    assert "FINORA_CURSOR_BASE_URL=http://127.0.0.1:" in run.output
    assert "finora serve" in run.output
    assert "crsr_" in run.output


def test_the_command_explains_its_faults() -> None:
    listed = CliRunner().invoke(simulate, ["cursor", "--list-faults"])
    assert "late_permille" in listed.output
    refused = CliRunner().invoke(simulate, ["cursor", "--fault", "gremlins=1"])
    assert refused.exit_code == 2
    assert "gremlins" in refused.output


def test_an_address_seen_once_is_known_for_good() -> None:
    simulation = small()
    truth, person = simulation.truth, simulation.teams[0].company.people[2]
    before = truth.sighting()
    simulation.remove_member(person.email)
    after = truth.sighting()
    assert truth.known([before, after])[person.email] == truth.by_person()[person.email]
    assert truth.known([after])[""] == truth.by_person()[person.email]
    assert person.email not in truth.known([after])


def test_a_port_in_use_is_said_in_plain_words() -> None:
    with listen() as taken:
        port = str(taken.getsockname()[1])
        run = CliRunner().invoke(
            simulate, ["cursor", "--port", port, "--seats", "1", "--months", "1", "--events", "1"]
        )
    assert run.exit_code == 2
    assert "Choose another with" in run.output


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_addresses_of_both_families_can_be_opened(host: str, shown: str) -> None:
    try:
        listener = listen(host)
    except OSError:
        pytest.skip(f"This machine has no {host}.")
    with listener:
        assert address(listener).startswith(shown)
