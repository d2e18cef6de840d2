"""A file that was exported comes back as it was, and one with a flaw changes nothing and says where."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR, Accounts
from finora.subscriptions import Imported, InvalidImport, import_table, write_table
from finora.subscriptions.table import read_table

if TYPE_CHECKING:
    from finora.subscriptions import Subscriptions

    from .conftest import Book

HEAD = "name,sku,seats,price_per_seat,billing_cycle,start_date"
ID = "0123456789abcdef0123456789abcdef"
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text.strip()
)


def exported(subscriptions: Subscriptions) -> bytes:
    return write_table(subscriptions.all(), subscriptions.connections()).encode()


def bring_in(subscriptions: Subscriptions, text: str, *, rehearse: bool = False) -> Imported:
    return import_table(subscriptions, OPERATOR, text.encode(), rehearse=rehearse)


def filled(book: Book) -> None:
    first = book.add(tags=["team:a", "b"], renewal_date="2027-01-01", connection="Acme", seat_rule="by_hand")
    book.change(first, seats=12, price_per_seat="36.50", effective="2026-05-17")
    book.add(name="=HYPERLINK(1)", sku="own", billing_cycle="annual", end_date="2026-12-31")
    book.add(name='\'+1, "quoted"; and so on', tags=["-x"])


def test_what_was_exported_changes_nothing_when_it_comes_back(
    book: Book, subscriptions: Subscriptions
) -> None:
    filled(book)
    before = subscriptions.all()
    done = import_table(subscriptions, OPERATOR, exported(subscriptions))
    assert done == Imported(created=0, updated=0, unchanged=3)
    assert subscriptions.all() == before


def test_an_export_moves_to_an_empty_workspace_with_its_ids(book: Book, subscriptions: Subscriptions) -> None:
    filled(book)
    before, file = subscriptions.all(), exported(subscriptions)
    with subscriptions.ledger.engine.begin() as connection:
        for table in ("subscription_terms", "subscriptions"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert import_table(subscriptions, OPERATOR, file) == Imported(created=3, updated=0, unchanged=0)
    assert [(each.id, each.name, each.contract, each.tags, each.connection_id) for each in before] == [
        (each.id, each.name, each.contract, each.tags, each.connection_id) for each in subscriptions.all()
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(name=texts, tags=st.lists(texts.filter(lambda text: ";" not in text), max_size=4))
def test_any_name_and_tag_survives_the_round_trip(
    book: Book, subscriptions: Subscriptions, name: str, tags: list[str]
) -> None:
    subscription = book.add(name=name, tags=tags)
    (planned,), flaws = read_table(write_table([subscription], {}).encode())
    assert flaws == []
    assert (planned.entry.name, planned.entry.tags) == (subscription.name, subscription.tags)


def test_nothing_in_an_export_is_a_formula_to_a_spreadsheet(book: Book, subscriptions: Subscriptions) -> None:
    filled(book)
    rows = list(csv.reader(io.StringIO(exported(subscriptions).decode())))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@"}]


def test_a_plain_list_from_a_spreadsheet_comes_in(subscriptions: Subscriptions, accounts: Accounts) -> None:
    file = '\ufeffName;SKU;Seats;Price_per_seat;Billing_cycle;Start_date;Tags\r\nMidjourney;midjourney-pro;3;$60;monthly;2026-02-01;"team:a;b"\r\n;;;;;;\r\n'
    assert bring_in(subscriptions, file) == Imported(created=1, updated=0, unchanged=0)
    (kept,) = subscriptions.all()
    assert (kept.name, kept.tags, kept.contract.start) == ("Midjourney", ("team:a", "b"), date(2026, 2, 1))
    assert [each.act for each in accounts.audit_entries(OPERATOR)] == ["subscription.created"]


def test_an_edited_export_changes_what_was_edited(
    book: Book, subscriptions: Subscriptions, accounts: Accounts
) -> None:
    filled(book)
    file = exported(subscriptions).decode().replace(",12,36.50,", ",14,36.50,")
    assert bring_in(subscriptions, file) == Imported(created=0, updated=1, unchanged=2)
    changed = next(each for each in subscriptions.all() if each.name == "Cursor")
    assert [each.seats for each in changed.contract.terms] == [10, 14]
    told: dict[str, Any] = dict(accounts.audit_entries(OPERATOR)[0].details)
    assert (told.pop("id"), list(told)) == (changed.id, ["terms"])
    for side, seats in (("from", [10, 12]), ("to", [10, 14])):
        assert [each["seats"] for each in told["terms"][side]] == seats


def test_a_rehearsal_says_what_would_happen_and_does_nothing(subscriptions: Subscriptions) -> None:
    file = f"{HEAD}\nA,a,1,1,monthly,2026-01-01\n"
    assert bring_in(subscriptions, file, rehearse=True).created == 1
    assert subscriptions.all() == []


def test_the_same_list_twice_does_not_double_the_spend(subscriptions: Subscriptions) -> None:
    file = f"{HEAD}\nA,a,1,1,monthly,2026-01-01\n"
    bring_in(subscriptions, file)
    with pytest.raises(InvalidImport, match="line 2, name: is there already"):
        bring_in(subscriptions, file)
    assert len(subscriptions.all()) == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", "line 1, name: is missing"),
        (HEAD, "line 1, file: has no lines"),
        (f"{HEAD},colour\nA,a,1,1,monthly,2026-01-01,red", "line 1, colour: is no column"),
        ("b," * 200_000 + "b\n1", "200,001 columns"),
        (f"{HEAD},name\nA,a,1,1,monthly,2026-01-01,B", "line 1, name: is there twice"),
        (f"{HEAD}\nA,a,1,1,monthly,2026-01-01,too much", "line 2, line: has more fields"),
        (f"{HEAD}\nA,a,1,1,monthly,2026-01-01\nB,b,-1,x,weekly,soon", "line 3, seats: must lie"),
        (f"{HEAD}\nA,a,1,1,monthly", "line 2, start_date: is missing"),
        (f"{HEAD},end_date\nA,a,1,1,monthly,2026-01-01,2025-01-01", "line 2, end_date: lies before"),
        (f"{HEAD},connection\nA,a,1,1,monthly,2026-01-01,Gamma", "line 2, connection: is none"),
        (f"{HEAD},currency\nA,a,1,1,monthly,2026-01-01,EUR", "line 2, currency: “EUR” is not supported"),
        (f"id,{HEAD}\nxyz,A,a,1,1,monthly,2026-01-01", "line 2, id: is none"),
        (f"{HEAD},effective\nA,a,1,1,monthly,2026-01-01,2026-02-01", "must be the start date"),
        (
            f"id,{HEAD},effective\n{ID},A,a,1,1,monthly,2026-01-01,\n{ID},A,a,2,1,monthly,2026-01-01,",
            "line 3, effective: is missing",
        ),
        (
            f"id,{HEAD},effective\n{ID},A,a,1,1,monthly,2026-01-01,\n{ID},A,a,2,1,monthly,2026-01-01,2025-06-01",
            "line 3, effective: must be later",
        ),
        (
            f"id,{HEAD}\n{ID},A,a,1,1,monthly,2026-01-01\n,B,b,2,1,monthly,2026-01-01\n{ID},A,a,1,1,monthly,2026-01-01",
            "line 4, id: is there again",
        ),
        (f'{HEAD}\n"A,a,1,1,monthly,2026-01-01\n', "missing"),
        (f"{HEAD}\nA\x00,a,1,1,monthly,2026-01-01\n", "line 2"),
    ],
)  # fmt: skip
def test_a_flaw_says_line_and_field_and_nothing_comes_in(
    subscriptions: Subscriptions, file: str, words: str
) -> None:
    with pytest.raises(InvalidImport) as caught:
        bring_in(subscriptions, file)
    assert words in caught.value.message
    assert {"line", "field", "problem"} == set(caught.value.extra["errors"][0])
    assert subscriptions.all() == []


def test_what_is_no_text_at_all_is_refused(subscriptions: Subscriptions) -> None:
    with pytest.raises(InvalidImport, match="is not UTF-8"):
        import_table(subscriptions, OPERATOR, b"\xff\xfe\x00name")


def test_the_id_of_a_deleted_subscription_does_not_bring_it_back_unasked(
    book: Book, subscriptions: Subscriptions
) -> None:
    filled(book)
    file = exported(subscriptions).decode()
    subscriptions.delete(OPERATOR, subscriptions.all()[0].id)
    with pytest.raises(InvalidImport, match="restore it first"):
        bring_in(subscriptions, file)


def test_many_flaws_are_counted_and_the_first_are_told(subscriptions: Subscriptions) -> None:
    lines = "\n".join(f"A{number},a,0,1,monthly,2026-01-01" for number in range(30))
    with pytest.raises(InvalidImport, match=r"has 30 problems: line 2.*and 20 more"):
        bring_in(subscriptions, f"{HEAD}\n{lines}")
