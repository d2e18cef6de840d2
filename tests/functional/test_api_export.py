"""`GET /api/v1/export`: files that hold exactly what there is, and that no spreadsheet runs as a program."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
from contextlib import contextmanager
from decimal import Decimal
from functools import partialmethod
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finora.api.export import safe_in_spreadsheets
from finora.storage.events import DuckDBEventStore
from finora.storage.events.duckdb.reader import Snapshot
from support.running import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from finora.spend.store import Reader
    from support.running import Running

Json = dict[str, Any]
NANO = 10**9


def export(finora: Running, form: str, **parameters: str) -> httpx.Response:
    answer = finora.member.get("/api/v1/export", params={"format": form, "period": "all"} | parameters)
    assert answer.status_code == 200, answer.text
    return answer


def rows(answer: httpx.Response, form: str) -> list[Json]:
    """Return a file's rows, whatever its form."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(answer.text)))
    if form == "jsonl":
        return [json.loads(line) for line in answer.text.splitlines()]
    found: list[Json] = pq.read_table(io.BytesIO(answer.content)).to_pylist()
    return found


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_holds_every_event_and_its_sum_is_the_truth_to_the_nano(acme: Running, form: str) -> None:
    found = rows(export(acme, form), form)
    truth = acme.simulated.truth
    assert len({row["id"] for row in found}) == len(found) == truth.total().events
    assert sum(Decimal(row["cost"]) for row in found) == Decimal(truth.total().value_nano) / NANO
    for person, amount in truth.by_person().items():
        own = [Decimal(row["cost"]) for row in found if row["person"] == person]
        assert (sum(own), len(own)) == (Decimal(amount.value_nano) / NANO, amount.events)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_says_what_it_is(acme: Running, form: str) -> None:
    answer = export(acme, form, **{"from": "2026-11-01", "to": "2026-11-08"})
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/jsonl",
        "parquet": "application/vnd.apache.parquet",
    }
    assert answer.headers["content-type"] == kinds[form]
    name = f"finora-events-2026-11-01-to-2026-11-08.{form}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_forms_agree_row_by_row(acme: Running) -> None:
    wanted = {"from": "2026-11-10", "to": "2026-11-12"}
    by_form = {form: rows(export(acme, form, **wanted), form) for form in ("csv", "jsonl", "parquet")}
    assert len(by_form["csv"]) > 100
    for name in ("id", "person", "model", "event_type", "kind"):
        columns = [[row[name] for row in found] for found in by_form.values()]
        assert columns[0] == columns[1] == columns[2]
    for name in ("cost", "fee", "list_cost", "requests"):
        amounts = [[Decimal(row[name]) for row in found] for found in by_form.values()]
        assert amounts[0] == amounts[1] == amounts[2]


def test_an_export_has_the_events_that_the_list_shows_with_the_same_figures(acme: Running) -> None:
    listed = acme.member.get("/api/v1/events", params={"period": "7d", "limit": 1000}).json()["events"]
    exported = {row["id"]: row for row in rows(export(acme, "jsonl", period="7d"), "jsonl")}
    assert exported.keys() == {event["id"] for event in listed}
    for event in listed:
        row = exported[event["id"]]
        assert Decimal(row["cost"]) == Decimal(event["cost"])
        assert (row["person"], row["billing"], row["event_type"]) == (
            event["person"],
            event["billing"],
            event["event_type"],
        )


def test_parquet_has_decimals_and_times_as_such(acme: Running) -> None:
    schema = pq.read_schema(io.BytesIO(export(acme, "parquet", period="7d").content))
    assert schema.field("cost").type == pa.decimal128(28, 9)
    assert schema.field("timestamp").type == pa.timestamp("ms", "UTC")
    assert schema.field("input_tokens").type in {pa.int32(), pa.int64()}


def test_csv_has_plain_amounts_and_times_to_the_millisecond(acme: Running) -> None:
    text = export(acme, "csv", period="7d").text
    first = next(csv.DictReader(io.StringIO(text)))
    assert first["timestamp"].endswith("Z")
    assert len(first["timestamp"]) == len("2026-11-20T14:59:50.123Z")
    assert "E" not in first["cost"]
    assert "\r" not in text


def test_filters_choose_what_is_exported(acme: Running) -> None:
    found = rows(export(acme, "csv", f="is,person,lee.wang@lumenworks.test"), "csv")
    assert {row["person"] for row in found} == {"lee.wang@lumenworks.test"}
    assert len(found) == acme.simulated.truth.by_person()["lee.wang@lumenworks.test"].events


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_where_nothing_matches_the_file_is_empty_and_still_one(acme: Running, form: str) -> None:
    full = rows(export(acme, form, period="7d"), form)[0].keys()
    nothing = export(acme, form, f="is,person,nobody@acme.test")
    assert rows(nothing, form) == []
    if form == "csv":
        assert nothing.text.strip().replace('"', "").split(",") == list(full)
    if form == "parquet":
        assert pq.read_schema(io.BytesIO(nothing.content)).names == list(full)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_an_export_of_no_data_at_all_is_a_file_too(fresh: Running, form: str) -> None:
    assert rows(export(fresh, form), form) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"])
def test_text_that_a_spreadsheet_would_run_is_shown_instead(text: str) -> None:
    (safe,) = safe_in_spreadsheets(pa.array([text])).to_pylist()
    assert safe.startswith("'")
    assert safe.endswith(text)


@pytest.mark.parametrize(
    "text", ["", "claude-4-sonnet", "ana@acme.test", "gpt-5 (high)", "Zoë", "a=b", "1-2"]
)
def test_other_text_is_exported_as_it_is(text: str) -> None:
    assert safe_in_spreadsheets(pa.array([text])).to_pylist() == [text]


def test_what_cannot_be_exported_is_refused_before_a_file_begins(acme: Running) -> None:
    for parameters in ({"format": "xlsx"}, {"period": "fortnight"}, {"f": "is,colour,red"}, {"cursor": "x"}):
        answer = acme.member.get("/api/v1/export", params=parameters)
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"
        assert "content-disposition" not in answer.headers


def test_a_reader_who_hangs_up_lets_go_of_the_snapshot(
    acme: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each export reads one consistent state, which keeps old rows on the disk for as long as it is held."""
    held: list[str] = []
    snapshot = DuckDBEventStore.snapshot

    @contextmanager
    def counted(store: DuckDBEventStore) -> Iterator[Reader]:
        held.append("snapshot")
        try:
            with snapshot(store) as reader:
                yield reader
        finally:
            held.remove("snapshot")

    monkeypatch.setattr(DuckDBEventStore, "snapshot", counted)
    monkeypatch.setattr(Snapshot, "stream", partialmethod(Snapshot.stream, rows=100))
    request = acme.member.build_request("GET", "/api/v1/export?period=all&format=jsonl")
    head = f"GET {request.url.raw_path.decode()} HTTP/1.1\r\nHost: {request.headers['host']}\r\nAuthorization: {request.headers['authorization']}\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((request.url.host, request.url.port))
        connection.sendall(head.encode())
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(0.2)
        assert held == ["snapshot"]
    eventually(lambda: held == [])
