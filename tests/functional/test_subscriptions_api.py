"""Flat-rate spend over the API: the contract's calls, figures to the cent, and refusals that say what to do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import OPERATOR, Role
from finora.simulator import small
from support.running import CAST, Who, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from support.running import Running

Json = dict[str, Any]

PATH = "/api/v1/subscriptions"
PLAIN = {
    "name": "Cursor",
    "sku": "cursor-business",
    "seats": 10,
    "price_per_seat": "40.00",
    "billing_cycle": "monthly",
    "start_date": "2026-01-01",
    "renewal_date": "2026-12-01",
    "end_date": None,
    "tags": ["team:platform"],
}
OCTOBER = {"start": "2026-10-01", "end": "2026-11-01"}


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(small(), tmp_path_factory.mktemp("flat") / "data") as served:
        served.connect("Acme")
        yield served


@pytest.fixture(autouse=True)
def cleared(finora: Running) -> Iterator[None]:
    yield
    for each in finora.workspace.subscriptions.all():
        finora.workspace.subscriptions.delete(OPERATOR, each.id)


def good(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    assert answer.status_code == status, answer.text
    return answer.json()


def add(finora: Running, **fields: object) -> Json:
    found: Json = good(finora.member.post(PATH, json=PLAIN | fields), 201)
    return found


def summary(finora: Running, **period: str) -> Json:
    found: Json = good(finora.member.get(f"{PATH}/summary", params=period or OCTOBER))
    return found


def refused(answer: httpx.Response, code: str = "invalid_subscription", status: int = 422) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: Json = answer.json()
    assert found["code"] == code
    return found


def test_a_subscription_is_added_read_changed_and_summed_up(finora: Running) -> None:
    made = add(finora)
    assert made["currency"] == "USD"
    assert (made["seats"], made["price_per_seat"], made["monthly_cost"]) == (10, "40.00", "400.00")
    assert good(finora.member.get(f"{PATH}/{made['id']}")) == made
    assert good(finora.member.get(PATH)) == [made]
    path = f"{PATH}/{made['id']}"
    changed = good(finora.member.patch(path, json={"seats": 12, "effective": "2026-10-16"}))
    assert [(each["effective"], each["seats"]) for each in changed["terms"]] == [
        ("2026-01-01", 10),
        ("2026-10-16", 12),
    ]
    october = summary(finora)
    # 15 days of 10 seats and 16 of 12: 15/31 of 400 USD and 16/31 of 480.
    assert october["period_total"] == "441.29032258"
    assert october["monthly_total"] == "480.00"
    (line,) = october["by_sku"]
    assert {key: line[key] for key in ("sku", "seats", "monthly_total", "period_total")} == {
        "sku": "cursor-business",
        "seats": 12,
        "monthly_total": "480.00",
        "period_total": "441.29032258",
    }
    assert summary(finora, start="2026-09-01", end="2026-10-01")["period_total"] == "400.00"


def test_a_change_of_terms_is_taken_back(finora: Running) -> None:
    made = add(finora)
    path = f"{PATH}/{made['id']}"
    good(finora.member.patch(path, json={"seats": 12, "effective": "2026-10-16"}))
    back = good(finora.member.delete(f"{path}/terms/2026-10-16"))
    assert back["terms"] == made["terms"]
    refused(finora.member.delete(f"{path}/terms/2026-01-01"), "terms_not_found", 404)
    assert finora.member.delete(f"{path}/terms/soon").status_code in {400, 422}
    assert finora.viewer.delete(f"{path}/terms/2026-01-01").status_code == 403


def test_prices_may_be_numbers_and_a_year_is_twelve_equal_months(finora: Running) -> None:
    yearly = add(finora, sku="own-plan", price_per_seat=19.99, billing_cycle="annual", seats=3)
    assert (yearly["price_per_seat"], yearly["monthly_cost"]) == ("19.99", "4.9975")
    assert yearly["sku_label"] == "own-plan"
    assert summary(finora, start="2026-01-01", end="2027-01-01")["period_total"] == "59.97"


def test_a_period_is_the_sum_of_its_days(finora: Running) -> None:
    add(finora, price_per_seat="33.33", billing_cycle="annual", seats=7, start_date="2026-10-03")
    days = [date(2026, 10, 1) + timedelta(days=number) for number in range(31)]
    single = [
        summary(finora, start=f"{day}", end=f"{day + timedelta(days=1)}")["period_total"] for day in days
    ]
    assert sum(_nano(text) for text in single) == _nano(summary(finora)["period_total"]) > 0


def test_without_a_period_the_summary_is_of_this_month(finora: Running) -> None:
    add(finora)
    today = finora.workspace.subscriptions.today
    found = good(finora.member.get(f"{PATH}/summary"))
    assert found["start"] == f"{today.replace(day=1)}"
    assert (found["as_of"], found["period_total"]) == (f"{today}", "400.00")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"seats": -5}, "seats"),
        ({"seats": 2.5}, "seats"),
        ({"seats": 10**20}, "seats"),
        ({"seats": True}, "seats"),
        ({"price_per_seat": -1}, "price_per_seat"),
        ({"price_per_seat": "19.999"}, "price_per_seat"),
        ({"price_per_seat": 1e300}, "price_per_seat"),
        ({"price_per_seat": "40 EUR"}, "price_per_seat"),
        ({"price_per_seat": None}, "price_per_seat"),
        ({"price_per_seat": {"amount": 4}}, "price_per_seat"),
        ({"currency": "EUR"}, "currency"),
        ({"end_date": "2025-12-31"}, "end_date"),
        ({"start_date": "2026-13-01"}, "start_date"),
        ({"start_date": 20260101}, "start_date"),
        ({"renewal_date": "soon"}, "renewal_date"),
        ({"billing_cycle": "weekly"}, "billing_cycle"),
        ({"name": "   "}, "name"),
        ({"sku": "Cursor Business!"}, "sku"),
        ({"tags": "a" * 101}, "tags"),
        ({"connection": "nowhere"}, "connection"),
        ({"seat_rule": "magic"}, "seat_rule"),
    ],
)
def test_bad_input_is_refused_by_field_in_plain_words(finora: Running, fields: Json, field: str) -> None:
    told = refused(finora.member.post(PATH, json=PLAIN | fields))
    assert [each["field"] for each in told["errors"]] == [field]
    assert told["errors"][0]["problem"] in told["detail"]
    assert good(finora.member.get(PATH)) == []


def test_all_that_is_wrong_is_told_at_once(finora: Running) -> None:
    told = refused(finora.member.post(PATH, json=PLAIN | {"seats": 0, "price_per_seat": "x", "name": ""}))
    assert {each["field"] for each in told["errors"]} == {"seats", "price_per_seat", "name"}


def test_missing_and_unknown_members_are_named(finora: Running) -> None:
    body = {name: value for name, value in PLAIN.items() if name != "seats"} | {"colour": "red"}
    told = refused(finora.member.post(PATH, json=body), "invalid_request")
    assert {each["field"] for each in told["errors"]} == {"seats", "colour"}


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({"start": "2026-11-01", "end": "2026-10-01"}, "end"),
        ({"start": "2026-11-01", "end": "2026-11-01"}, "end"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-01-01", "end": "9999-01-01"}, "end"),
    ],
)
@pytest.mark.parametrize("figure", ["summary", "people"])
def test_a_period_that_is_none_is_refused(
    finora: Running, figure: str, period: dict[str, str], field: str
) -> None:
    told = refused(finora.member.get(f"{PATH}/{figure}", params=period), "invalid_request")
    assert [each["field"] for each in told["errors"]] == [field]


def test_ending_and_deleting_differ_and_deleting_can_be_undone(finora: Running) -> None:
    path = f"{PATH}/{add(finora)['id']}"
    ended = good(finora.member.patch(path, json={"end_date": "2026-10-31"}))
    assert (ended["state"], ended["end_date"]) == ("ended", "2026-10-31")
    assert summary(finora)["period_total"] == "400.00"
    assert finora.member.delete(path).status_code == 204
    deleted = summary(finora)
    assert (deleted["period_total"], deleted["by_sku"]) == ("0.00", [])
    refused(finora.member.get(path), "subscription_not_found", 404)
    assert [each["id"] for each in good(finora.member.get(PATH, params={"deleted": True}))]
    assert good(finora.member.post(f"{path}/restore"))["deleted_at"] is None
    assert summary(finora)["period_total"] == "400.00"


def test_trend_and_renewals_look_back_and_ahead(finora: Running) -> None:
    today = finora.workspace.subscriptions.today
    add(finora, renewal_date=f"{today + timedelta(days=3)}")
    months = good(finora.member.get(f"{PATH}/trend", params={"months": 2}))
    assert [each["total"] for each in months] == ["400.00", "400.00"]
    (renewal,) = good(finora.member.get(f"{PATH}/renewals", params={"days": 3}))
    assert (renewal["date"], renewal["amount"]) == (f"{today + timedelta(days=3)}", "400.00")
    assert good(finora.member.get(f"{PATH}/renewals", params={"days": 2})) == []


def test_tags_select(finora: Running) -> None:
    add(finora)
    add(finora, name="Other", tags=["team:design"], seats=1)
    chosen = {"tag": "team:design"}
    assert [each["name"] for each in good(finora.member.get(PATH, params=chosen))] == ["Other"]
    assert good(finora.member.get(f"{PATH}/summary", params=OCTOBER | chosen))["period_total"] == "40.00"


def test_the_catalogue_says_what_plans_cost_and_who_said_so(finora: Running) -> None:
    found = good(finora.member.get(f"{PATH}/skus"))
    assert found["problem"] == ""
    team = next(sku for sku in found["skus"] if sku["id"] == "chatgpt-team")
    assert (team["monthly_price"], team["annual_price"], team["annual_price_per_month"]) == (
        "25.00",
        "240.00",
        "20.00",
    )
    assert team["source"]
    assert team["checked"] <= "2026-11-22"
    unsure = next(sku for sku in found["skus"] if sku["id"] == "midjourney-pro")
    assert (unsure["monthly_price"], unsure["checked"]) == ("60.00", None)


def test_seats_of_a_connection_are_told_apart_by_use(finora: Running) -> None:
    made = add(finora, connection="Acme", seats=100)
    use = good(finora.member.get(f"{PATH}/{made['id']}/seat-use"))
    assert use["seats"] == 100
    assert use["holders"] == use["active"] + len(use["idle"]) == use["members"]
    assert use["empty"] == 100 - use["holders"]
    assert use["empty_monthly_cost"] == f"{40 * use['empty']}.00"
    assert use["idle_monthly_cost"] == f"{40 * len(use['idle'])}.00"
    active = {
        row["person"]
        for row in finora.ask(dimensions=["person"], metrics=["events"], period="30d", limit=1000)["rows"]
    }
    assert not active & {seat["person"] for seat in use["idle"]}
    unlinked = add(finora, name="Elsewhere")
    refused(finora.member.get(f"{PATH}/{unlinked['id']}/seat-use"), "not_linked", 409)


def test_what_people_cost_with_their_seats_adds_up_to_both_ledgers(finora: Running) -> None:
    add(finora, connection="Acme", seats=100)
    today = finora.workspace.subscriptions.today
    period = {"start": f"{today - timedelta(days=29)}", "end": f"{today + timedelta(days=1)}"}
    found = good(finora.member.get(f"{PATH}/people", params=period))
    nano = {
        key: sum(_nano(each[key]) for each in found["people"])
        for key in ("spend", "subscriptions", "true_cost")
    }
    spent = finora.ask(metrics=["spend"], period=period)["totals"]["spend"]
    assert nano["spend"] == _nano(spent)
    assert nano["subscriptions"] + _nano(found["unassigned"]) == _nano(
        summary(finora, **period)["period_total"]
    )
    assert nano["true_cost"] == nano["spend"] + nano["subscriptions"]


def test_a_viewer_sees_their_own_cost_and_no_contract(finora: Running) -> None:
    add(finora, connection="Acme", seats=100)
    own = good(finora.viewer.get(f"{PATH}/people", params=OCTOBER))
    assert [each["person"] for each in own["people"]] == [_email(Who.VIEWER)]
    assert own["people"][0]["subscriptions"] == "40.00"
    assert own["unassigned"] == "0.00"
    assert finora.viewer.get(PATH).status_code == 403


def test_a_seat_by_hand_belongs_to_whom_it_was_given(finora: Running) -> None:
    made = add(finora, name="Midjourney", sku="midjourney-pro", seats=1, price_per_seat="60")
    path = f"{PATH}/{made['id']}/seats"
    given = good(
        finora.member.put(path, json={"people": [{"person": "Ana@acme.test", "since": "2026-10-01"}]})
    )
    assert given["people"] == [{"person": "ana@acme.test", "since": "2026-10-01", "until": None}]
    found = good(finora.member.get(f"{PATH}/people", params=OCTOBER))
    assert {each["person"]: each["subscriptions"] for each in found["people"]}["ana@acme.test"] == "60.00"
    told = refused(finora.member.put(path, json={"people": [{"person": "nobody"}]}))
    assert [each["field"] for each in told["errors"]] == ["people.0.person"]


def test_what_is_exported_comes_in_again(finora: Running) -> None:
    made = add(finora, connection="Acme")
    good(finora.member.patch(f"{PATH}/{made['id']}", json={"seats": 3, "effective": "2026-06-01"}))
    exported = finora.member.get(f"{PATH}/export")
    assert exported.headers["content-type"].startswith("text/csv")
    assert len(exported.text.splitlines()) == 3
    headers = {"content-type": "text/csv"}
    edited = exported.text.replace(",3,40.00,", ",4,40.00,").encode()
    rehearsed = good(finora.member.post(f"{PATH}/import?rehearse=true", content=edited, headers=headers))
    assert rehearsed == {"created": 0, "updated": 1, "unchanged": 0, "rehearsed": True}
    assert good(finora.member.get(f"{PATH}/{made['id']}"))["seats"] == 3
    done = good(finora.member.post(f"{PATH}/import", content=edited, headers=headers))
    assert done == {"created": 0, "updated": 1, "unchanged": 0, "rehearsed": False}
    assert good(finora.member.get(f"{PATH}/{made['id']}"))["seats"] == 4


@pytest.mark.parametrize("media", ["text/csv", "application/json", ""])
def test_a_file_with_flaws_changes_nothing_and_each_is_named(finora: Running, media: str) -> None:
    file = "name,sku,seats,price_per_seat,billing_cycle,start_date\nA,a,1,1,monthly,2026-01-01\nB,b,-1,1.001,monthly,2026-01-01\n"
    answer = finora.member.post(f"{PATH}/import", content=file.encode(), headers={"content-type": media})
    told = refused(answer, "invalid_import")
    assert [(each["line"], each["field"]) for each in told["errors"]] == [(3, "seats"), (3, "price_per_seat")]
    assert good(finora.member.get(PATH)) == []


def test_every_act_is_in_the_audit_log_with_who_and_from_where(finora: Running) -> None:
    path = f"{PATH}/{add(finora)['id']}"
    finora.member.patch(path, json={"seats": 11})
    finora.member.delete(path)
    newest = finora.workspace.accounts.audit_entries(OPERATOR, limit=3)
    assert [(each.act, each.actor, each.subject, each.address) for each in newest] == [
        (f"subscription.{act}", _email(Who.MEMBER), "Cursor", "127.0.0.1")
        for act in ("deleted", "changed", "created")
    ]


def _email(who: Who) -> str:
    return CAST[Role(who)][0]


def _nano(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 10**9 + int(rest.ljust(9, "0"))
