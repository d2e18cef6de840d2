"""AI Subscriptions as people use it: what is typed is kept, what is wrong is said beside it, and past months stay."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import OPERATOR, Role
from finora.errors import StorageError
from finora.simulator import small
from finora.subscriptions import Seats
from finora.subscriptions.accrual import next_month
from finora.values.period import add_months
from support.pages import Page, Visitor, add_user, visited
from support.simulated import simulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.subscriptions import Subscription

BOOK, NEW, IMPORT, PEOPLE = (
    "/subscriptions",
    "/subscriptions/new",
    "/subscriptions/import",
    "/subscriptions/people",
)
PLAIN = {
    "name": "Cursor",
    "sku": "cursor-business",
    "seats": "10",
    "billing_cycle": "monthly",
    "price_per_seat": "40",
    "start_date": "2026-01-01",
    "renewal_date": "",
    "end_date": "",
    "tags": "",
    "connection": "",
}
HEAD = "name,sku,seats,price_per_seat,billing_cycle,start_date,tags"
MEMBER, VIEWER = "member@lumenworks.test", "lee.wang@lumenworks.test"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data")) as visitor:
        add_user(visitor.workspace, MEMBER, Role.MEMBER)
        add_user(visitor.workspace, VIEWER, Role.VIEWER)
        yield visitor


@pytest.fixture(autouse=True)
def cleared(owner: Visitor) -> Iterator[None]:
    yield
    for each in owner.workspace.subscriptions.all():
        owner.workspace.subscriptions.delete(OPERATOR, each.id)


def as_someone(owner: Visitor, email: str) -> Visitor:
    visitor = Visitor(owner.workspace)
    visitor.sign_in(email)
    return visitor


def add(owner: Visitor, **fields: str) -> Subscription:
    page = owner.fill_in(owner.open(NEW), NEW, **(PLAIN | fields))
    assert page.status == 200, page.text
    name = (PLAIN | fields)["name"].strip()
    return next(each for each in owner.workspace.subscriptions.all() if each.name == name)


def edit(owner: Visitor, subscription: Subscription, **fields: str) -> Page:
    action = f"{BOOK}/{subscription.id}/edit"
    page = owner.open(action)
    chosen = {name: value for name, value in fields.items() if name != "from_"}
    if "from_" in fields:
        chosen["from"] = fields["from_"]
    return owner.fill_in(page, action, **chosen)


def now(owner: Visitor, subscription: Subscription) -> Subscription:
    return owner.workspace.subscriptions.get(subscription.id)


def months(page: Page) -> dict[str, str]:
    """The months of the table below the chart with their cost."""
    rows = re.findall(r'<tr id="months-table-(\d{4}-\d{2})-01".*?</tr>', page.source, re.DOTALL)
    found = {}
    for row in rows:
        body = page.source.split(f'id="months-table-{row}-01"')[1].split("</tr>")[0]
        found[row] = re.findall(r">(-?\$[\d,.]+)<", body)[0]
    return found


def test_nothing_tracked_says_what_this_is_for_and_leads_on(owner: Visitor) -> None:
    page = owner.open(BOOK)
    assert "No subscription is tracked yet" in page.text
    assert {NEW, IMPORT} <= set(page.links)


def test_a_subscription_is_added_and_counted(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(NEW), NEW, **(PLAIN | {"tags": "team:platform, cost-center:7"}))
    assert page.path == BOOK
    assert "Cursor was added" in page.text
    assert "Monthly spend" in page.text
    assert "$400.00" in page.text
    (made,) = owner.workspace.subscriptions.all()
    assert made.tags == ("team:platform", "cost-center:7")
    (chart,) = page.charts
    drawn = json.loads(chart)
    assert drawn["series"][0]["label"] == "Cursor Teams Standard (formerly Business)"
    assert drawn["series"][0]["values"][-1] == "400.00"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Must not be empty."),
        ("seats", "-3", "Must lie between 1 and 100,000."),
        ("seats", "1.5", "Must be a whole number."),
        ("seats", "9" * 30, "Must be a whole number."),
        ("price_per_seat", "-40", "Must not be negative."),
        ("price_per_seat", "40.005", "fraction of a cent"),
        ("price_per_seat", "€40", "Must be in USD"),
        ("price_per_seat", "1e999", "Is above 1,000,000 USD"),
        ("price_per_seat", "NaN", "Must be an amount in USD"),
        ("end_date", "2025-12-31", "Lies before the start date"),
        ("renewal_date", "2025-12-31", "Lies before the start date"),
        ("start_date", "31.01.2026", "Must be a date such as 2026-01-31."),
        ("sku", "two words!", "Must be an id such as cursor-business"),
        ("connection", "nobody", "Is none of those connected"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    owner: Visitor, field: str, value: str, words: str
) -> None:
    typed = PLAIN | {"name": "My plan", "tags": "team:a"} | {field: value}
    page = owner.fill_in(owner.open(NEW), NEW, **typed)
    assert page.status == 422
    error = page.source.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert words in error
    kept = page.form(NEW).fields
    assert {name: kept[name] for name in typed if name != "connection"} == {
        name: text for name, text in typed.items() if name != "connection"
    }
    assert owner.workspace.subscriptions.all() == []


def test_all_that_is_wrong_is_said_at_once(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(NEW), NEW, name="", sku="", seats="0", price_per_seat="x")
    for field in ("name", "sku", "seats", "price_per_seat"):
        assert f'id="{field}-error"' in page.source


def test_a_list_price_is_offered_with_who_said_so_and_may_be_changed(owner: Visitor) -> None:
    page = owner.open(f"{NEW}?sku=chatgpt-team")
    assert page.form(NEW).fields["price_per_seat"] == "25.00"
    assert "list price $25.00 per seat and month, seen 2 Apr 2026 at help.openai.com" in page.text
    unsure = owner.open(f"{NEW}?sku=midjourney-pro").text
    assert "list price $60.00 per seat and month, not checked; see docs.midjourney.com" in unsure
    typed = page.form(NEW).fields | {"billing_cycle": "annual", "seats": "3", "name": "Typed"}
    yearly = owner.send(NEW, **(typed | {"act": "price"}))
    kept = yearly.form(NEW).fields
    assert (kept["price_per_seat"], kept["name"], kept["seats"]) == ("240.00", "Typed", "3")
    assert "Paid per year; that is $20.00 a seat and month, $60.00 a month for all seats" in yearly.text
    assert owner.workspace.subscriptions.all() == []


def test_a_plan_can_be_entered_by_its_name(owner: Visitor) -> None:
    assert add(owner, sku="GitHub Copilot Business").sku == "copilot-business"


def test_a_price_from_next_month_on_leaves_this_and_past_months(owner: Visitor) -> None:
    made, today = add(owner), owner.workspace.subscriptions.today
    before = months(owner.open(BOOK))
    following = next_month(today)
    page = edit(owner, made, price_per_seat="44", from_=following.isoformat())
    assert page.path == f"{BOOK}/{made.id}"
    assert f"{following:%-d %b %Y}" in page.text
    listed = owner.open(BOOK)
    assert months(listed) == before
    assert "$440.00" in listed.text, "the tile of the next month"
    assert [(each.effective, each.price // 10**9) for each in now(owner, made).contract.terms] == [
        (date(2026, 1, 1), 40),
        (following, 44),
    ]


def test_a_change_that_was_a_mistake_is_taken_back(owner: Visitor) -> None:
    made, today = add(owner), owner.workspace.subscriptions.today
    edit(owner, made, seats="11", from_="other", effective="2026-06-01")
    made = now(owner, made)
    page = edit(owner, made, price_per_seat="44", from_=next_month(today).isoformat())
    back = f"{BOOK}/{made.id}/terms/withdraw"
    assert [form.action for form in page.forms].count(back) == 1, (
        "what counted already is edited, not taken back"
    )
    assert "was taken back" in owner.fill_in(page, back).text
    assert now(owner, made).contract == made.contract
    assert owner.send(back, effective="2026-01-01").status == 404
    assert owner.send(back, effective="soon").status == owner.send(back).status == 400


def test_seats_from_another_day_change_no_day_before(owner: Visitor) -> None:
    made, today = add(owner), owner.workspace.subscriptions.today
    day = add_months(today.replace(day=1), -1)
    edit(owner, made, seats="12", from_="other", effective=day.isoformat())
    found = months(owner.open(BOOK))
    assert found[f"{day:%Y-%m}"] == "$480.00"
    assert found[f"{add_months(day, -1):%Y-%m}"] == "$400.00"


@pytest.mark.parametrize(
    ("from_", "effective", "words"),
    [
        ("other", "", "Is missing; enter the day"),
        ("other", "2025-01-01", "Lies before the start date"),
        ("other", "soon", "Must be a date"),
        ("", "2026-10-01", "Is not chosen"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused_beside_it(
    owner: Visitor, from_: str, effective: str, words: str
) -> None:
    made = add(owner)
    chosen = from_ or owner.workspace.subscriptions.today.isoformat()
    page = edit(owner, made, seats="11", from_=chosen, effective=effective)
    assert page.status == 422
    assert words in page.source.split('id="effective-error"')[1].split("</p>")[0]
    assert page.form(f"{BOOK}/{made.id}/edit").fields["seats"] == "11"
    assert now(owner, made).contract == made.contract


def test_an_edit_changes_only_what_was_edited(owner: Visitor) -> None:
    """A form that was open for long must not undo what somebody else changed meanwhile."""
    made = add(owner)
    action = f"{BOOK}/{made.id}/edit"
    opened = owner.open(action)
    owner.workspace.subscriptions.change(OPERATOR, made.id, {"seats": 20, "tags": ["team:b"]})
    owner.fill_in(opened, action, name="Cursor Teams")
    found = now(owner, made)
    assert (found.name, found.contract.terms[-1].seats, found.tags) == ("Cursor Teams", 20, ("team:b",))


def test_saving_without_a_change_writes_nothing(owner: Visitor) -> None:
    made = add(owner)
    assert "Nothing was changed in Cursor" in edit(owner, made).text
    assert now(owner, made) == made


def test_a_chosen_day_without_a_change_corrects_that_day(owner: Visitor) -> None:
    made = add(owner)
    owner.workspace.subscriptions.change(OPERATOR, made.id, {"seats": 12, "effective": "2026-06-01"})
    edit(owner, made, from_="other", effective="2026-03-01")
    assert [(each.effective.month, each.seats) for each in now(owner, made).contract.terms] == [
        (1, 10),
        (3, 12),
        (6, 12),
    ]


def test_deleting_counts_nowhere_and_is_undone_with_one_button(owner: Visitor) -> None:
    made = add(owner, connection=owner.workspace.connections.all()[0].id)
    page = owner.send(f"{BOOK}/{made.id}/delete")
    assert "Cursor was deleted" in page.text
    assert owner.open(f"{BOOK}/{made.id}").status == 404
    undone = owner.fill_in(page, f"{BOOK}/{made.id}/restore")
    assert "Cursor is back as it was" in undone.text
    assert "$400.00" in undone.text


def test_what_was_deleted_long_ago_can_still_be_restored(owner: Visitor) -> None:
    made = add(owner, name="Forgotten")
    owner.send(f"{BOOK}/{made.id}/delete")
    assert "Deleted subscriptions" in owner.open(BOOK).text
    assert "Forgotten is back" in owner.fill_in(owner.open(BOOK), f"{BOOK}/{made.id}/restore").text


def test_tags_and_skus_narrow_all_of_the_page_and_its_file(owner: Visitor) -> None:
    add(owner, name="One", tags="team:a", price_per_seat="10")
    add(owner, name="Two", tags="team:b", sku="own-plan", price_per_seat="7")
    page = owner.open(f"{BOOK}?tag=team%3Ab")
    assert "Tag is team:b" in page.text
    assert "$70.00" in page.text
    assert "One" not in page.source.split('id="book-table"')[1].split("</table>")[0]
    file = next(link for link in page.links if link.startswith(f"{BOOK}.csv"))
    assert [line.split(",")[1] for line in owner.http.get(file).text.splitlines()] == ["name", "Two"]
    assert "$100.00" in owner.open(f"{BOOK}?sku=cursor-business").text
    assert "No subscription is like that" in owner.open(f"{BOOK}?tag=team:c").text


def rows_of(page: Page, table: str) -> list[list[str]]:
    """Return what the cells of a table say, row by row."""
    body = page.source.split(f'id="{table}"')[1].split("<tbody")[1].split("</table>")[0]
    cells = [re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL) for row in body.split("<tr")[1:]]
    return [[" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_seat_use_names_the_idle_and_what_they_cost(owner: Visitor) -> None:
    connection = owner.workspace.connections.all()[0].id
    made = add(owner, seats="100", connection=connection)
    away = [{"person": f"away{number}@lumenworks.test"} for number in range(4)]
    owner.workspace.subscriptions.assign(OPERATOR, made.id, away)
    use = owner.workspace.seats.use(made.id)
    assert [seat.person for seat in use.idle] == [each["person"] for each in away]
    row = owner.open(BOOK).source.split('id="use-table"')[1]
    assert "away0@lumenworks.test, away1@lumenworks.test, away2@lumenworks.test and 1 more" in row
    assert "$160.00" in row
    one = owner.open(f"{BOOK}/{made.id}")
    for seat in use.idle:
        assert seat.name in one.text
    assert f"Empty {use.empty} ${40 * use.empty:,}.00 a month" in " ".join(one.text.split())


def test_the_row_of_seats_adds_up_on_the_page_and_in_the_terminal_s_words(owner: Visitor) -> None:
    """Members of the connection were told beside the seats, of which some have another subscription's."""
    workspace = owner.workspace
    connection = workspace.connections.all()[0].id
    add(owner, name="Standard", seats="100", connection=connection)
    premium = add(owner, name="Premium", seats="3", connection=connection, seat_rule="by_hand")
    (one, two, *_) = [each.email for each in workspace.people.members_of(connection) if not each.removed]
    workspace.subscriptions.assign(OPERATOR, premium.id, [{"person": one}, {"person": two}])
    uses = [workspace.seats.use(each.id) for each in workspace.subscriptions.all()]
    page = owner.open(BOOK)
    for use, row in zip(uses, rows_of(page, "use-table"), strict=True):
        name, bought, empty, held, active, idle, unused, _who = row
        assert name == use.subscription.name
        numbers = [int(cell.split()[0]) for cell in (bought, empty, held, active, idle)]
        assert numbers[0] == numbers[1] + numbers[2] == use.seats
        assert numbers[2] == numbers[3] + numbers[4] == use.holders
        assert unused == f"${40 * (numbers[1] + numbers[4]):,}.00"
    nobody_s, unneeded = sum(use.empty for use in uses), sum(len(use.idle) for use in uses)
    tile = page.source.split('id="tile-unused"')[1].split("</li>")[0]
    assert f"${40 * (nobody_s + unneeded):,}.00" in tile
    assert f"a month: {nobody_s:,} empty, {unneeded:,} idle" in tile


@pytest.mark.parametrize(
    ("typed", "sku"),
    [
        ("claude team", "claude-team"),
        ("Claude  TEAM", "claude-team"),
        ("cursor teams PREMIUM", "cursor-teams-premium"),
    ],
)
def test_a_plan_is_entered_by_its_name_in_any_case(owner: Visitor, typed: str, sku: str) -> None:
    page = owner.fill_in(owner.open(NEW), NEW, **(PLAIN | {"sku": typed}))
    assert page.path == BOOK
    assert [each.sku for each in owner.workspace.subscriptions.all()] == [sku]


def test_a_plan_that_there_is_not_is_answered_with_the_nearest(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(NEW), NEW, **(PLAIN | {"sku": "Cursr Team Premum"}))
    assert "“Cursor Teams Premium”" in page.source.split('id="sku-error"')[1].split("</p>")[0]


def test_a_seat_is_given_ended_and_taken_back_by_hand(owner: Visitor) -> None:
    made = add(owner, name="Midjourney", sku="midjourney-pro", seats="1", price_per_seat="60")
    here = f"{BOOK}/{made.id}"
    page = owner.fill_in(owner.open(here), f"{here}/seats", person="Ana@lumenworks.test", since="2026-10-01")
    assert "Ana@lumenworks.test was given a seat" in page.text
    page = owner.fill_in(page, f"{here}/seats/end")
    (held,) = now(owner, made).assigned
    assert (held.person, held.until) == ("ana@lumenworks.test", owner.workspace.subscriptions.today)
    page = owner.fill_in(page, f"{here}/seats/remove")
    assert now(owner, made).assigned == ()
    owner.fill_in(page, f"{here}/seats", person="bo@lumenworks.test", since="2027-05-01")
    owner.fill_in(owner.open(here), f"{here}/seats/end")
    assert now(owner, made).assigned == (), "a seat that has not begun never was one"
    assert owner.send(f"{here}/seats/end", person="bo@lumenworks.test", since="soon").status == 400


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"person": "nobody"}, "person", "Must be an e-mail address."),
        ({"person": "ana@b.test"}, "person", "would hold two seats at a time"),
        ({"person": "bo@b.test", "since": "2026-02-01", "until": "2026-01-01"}, "until", "Lies before since"),
        ({"person": "bo@b.test", "since": "soon"}, "since", "Must be a date"),
    ],
)
def test_a_seat_that_cannot_be_given_is_refused_beside_its_field(
    owner: Visitor, fields: dict[str, str], field: str, words: str
) -> None:
    made = add(owner)
    owner.workspace.subscriptions.assign(OPERATOR, made.id, [{"person": "ana@b.test"}])
    page = owner.fill_in(owner.open(f"{BOOK}/{made.id}"), f"{BOOK}/{made.id}/seats", **fields)
    assert page.status == 422
    assert words in page.source.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert page.form(f"{BOOK}/{made.id}/seats").fields["person"] == fields["person"]


def send_file(owner: Visitor, content: str, act: str = "check", **files: bytes) -> Page:
    fields = {"csrf": owner.csrf, "lines": content, "act": act}
    sent: dict[str, Any] = {name: (f"{name}.csv", body, "text/csv") for name, body in files.items()}
    return Page(owner.http.post(IMPORT, data=fields, files=sent or {"file": ("", b"")}))


def test_a_file_is_looked_at_before_it_comes_in(owner: Visitor) -> None:
    lines = f"{HEAD}\nA,a-plan,1,10,monthly,2026-01-01,team:a\nB,b-plan,2,120,annual,2026-02-01,\n"
    checked = send_file(owner, "", file=lines.encode())
    assert "It would bring 2 new, 0 changed, 0 as they were. Nothing was imported yet." in checked.text
    assert "A,a-plan,1,10,monthly" in checked.source, "the lines can be corrected on the page"
    assert owner.workspace.subscriptions.all() == []
    assert "The file was imported 2 new" in send_file(owner, lines, "import").text
    assert [each.name for each in owner.workspace.subscriptions.all()] == ["A", "B"]


def test_what_is_wrong_with_a_file_is_told_line_by_line_and_nothing_comes_in(owner: Visitor) -> None:
    lines = f"{HEAD}\nA,a,1,10,monthly,2026-01-01,\nB,b,-1,1.001,weekly,2026-13-01,\n"
    for act in ("check", "import"):
        page = send_file(owner, lines, act)
        assert page.status == 422
        assert "4 problems found, so nothing was imported" in page.text
        for words in (
            "3 seats Must lie",
            "3 price_per_seat Has a fraction",
            "3 billing_cycle",
            "3 start_date",
        ):
            assert words in page.text, words
        assert "B,b,-1,1.001,weekly" in page.source
    assert owner.workspace.subscriptions.all() == []


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\x00", b"a\nb"])
def test_a_file_that_is_none_is_refused_in_plain_words(owner: Visitor, content: bytes) -> None:
    page = send_file(owner, "", file=content)
    assert page.status == 422
    assert "nothing was imported" in page.text


def test_what_people_truly_cost_adds_up(owner: Visitor) -> None:
    add(owner, seats="100", connection=owner.workspace.connections.all()[0].id)
    page = owner.open(PEOPLE)
    assert page.status == 200
    totals = page.source.split("<tfoot>")[1]
    found = re.findall(r'title="\$([\d.]+)"', totals)
    spend, seats, total = (round(float(each), 2) for each in found[:3])
    assert seats == 4000.00
    assert total == round(spend + seats, 2)
    assert "Empty seats of Cursor more seats than holders" in page.text
    before = next(link for link in page.links if "month=" in link)
    assert owner.open(before).status == 200


def test_renewals_go_into_a_calendar(owner: Visitor) -> None:
    add(owner, name="Cursor", renewal_date="2027-01-05", tags="team:a")
    add(owner, name="Bolt", sku="bolt-pro", renewal_date="2026-12-24")
    page = owner.open(f"{BOOK}?tag=team:a&sort=-name")
    link = next(each for each in page.links if ".ics" in each)
    file = owner.http.get(link)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Cursor renews: $400.00" in file.text
    assert "Bolt" not in file.text
    assert "Bolt" in owner.http.get(f"{BOOK}/renewals.ics").text


def test_tables_are_sorted_by_any_column_and_back_again_by_links(owner: Visitor) -> None:
    add(owner, name="Cursor", seats="10", price_per_seat="40", renewal_date="2027-01-05")
    add(owner, name="ana", sku="own", seats="30", price_per_seat="480", billing_cycle="annual")
    add(owner, name="Bolt", sku="bolt-pro", seats="1", price_per_seat="20", renewal_date="2026-12-24")

    def order(page: Page, table: str) -> list[str]:
        body = page.source.split(f'id="{table}"')[1].split("<tbody>")[1].split("</tbody>")[0]
        return re.findall(r'<a class="row-link"[^>]*>([^<]*)<', body)

    for sort, names in {
        "": ["ana", "Bolt", "Cursor"],
        "-name": ["Cursor", "Bolt", "ana"],
        "-monthly": ["ana", "Cursor", "Bolt"],
        "seats": ["Bolt", "Cursor", "ana"],
        "-price": ["ana", "Cursor", "Bolt"],
        "renewal": ["Bolt", "Cursor", "ana"],
        "-renewal": ["Cursor", "Bolt", "ana"],
        "nonsense": ["ana", "Bolt", "Cursor"],
    }.items():
        assert order(owner.open(f"{BOOK}?sort={sort}"), "book-table") == names, sort
    page = owner.open(f"{BOOK}?skus=seats&sort=-seats")
    assert order(page, "sku-table")[0] == "Bolt.new Pro"
    assert f"{BOOK}?sort=seats&skus=seats" in page.links
    assert f"{BOOK}?sort=-seats&skus=-seats" in page.links
    assert f"{BOOK}?sort=-monthly&skus=seats" in page.links


def test_seats_without_a_holder_say_whose_cost_they_are_and_how_to_name_holders(owner: Visitor) -> None:
    """“Not linked” with “all members” would otherwise be money that lands nowhere for no reason."""
    made = add(owner, seats="3")
    assert "Without a linked connection, only people you name hold one." in owner.open(NEW).text
    assert "Empty seats of Cursor not linked to a connection, and nobody named" in owner.open(PEOPLE).text
    one = f"{BOOK}/{made.id}"
    assert f"{one}#given" in owner.open(PEOPLE).links
    whose = "None of its seats is given by hand. What the seats cost, $120.00 a month, falls on nobody"
    assert whose in owner.open(one).text
    members = owner.workspace.people.members_of(owner.workspace.connections.all()[0].id)
    offered = owner.open(one).source
    assert all(f'value="{each.email}"' in offered for each in members if not each.removed)
    owner.workspace.subscriptions.assign(OPERATOR, made.id, [{"person": "ana@b.test"}])
    assert "1 of its 3 seats is given by hand. What the others cost, $80.00 a month" in owner.open(one).text
    assert "Empty seats of Cursor more seats than holders" in owner.open(PEOPLE).text
    everybody = [{"person": f"{name}@b.test"} for name in ("ana", "bo", "cy")]
    owner.workspace.subscriptions.assign(OPERATOR, made.id, everybody)
    assert "3 people named by hand hold its 3 seats." in owner.open(one).text
    assert "Empty seats" not in owner.open(PEOPLE).text


@pytest.mark.parametrize("month", ["", "nonsense", "1000-01", "9999-12", "2026-13"])
def test_a_month_that_makes_no_sense_is_a_page_all_the_same(owner: Visitor, month: str) -> None:
    assert owner.open(f"{PEOPLE}?month={month}").status == 200


def test_a_member_may_edit_and_a_viewer_sees_their_own_seat_alone(owner: Visitor) -> None:
    made = add(owner, name="Secret contract", seats="100", connection=owner.workspace.connections.all()[0].id)
    add(owner, name="Elsewhere", sku="own-plan")
    member, viewer = as_someone(owner, MEMBER), as_someone(owner, VIEWER)
    assert f"{BOOK}/{made.id}/edit" in member.open(BOOK).links
    assert "Secret contract was deleted" in member.send(f"{BOOK}/{made.id}/delete").text
    member.send(f"{BOOK}/{made.id}/restore")
    own = viewer.open(BOOK)
    assert own.status == 200
    assert "Your seats" in own.text
    assert "$40.00" in own.text
    assert "Secret contract" in own.text, "their own seat has a name"
    assert "Elsewhere" not in own.text
    assert "$4,000.00" not in own.text
    assert viewer.open(PEOPLE).title == own.title
    for address in (NEW, IMPORT, f"{BOOK}.csv", f"{BOOK}/{made.id}", f"{BOOK}/{made.id}/edit"):
        assert viewer.open(address).status == 403, address
    for address in (NEW, f"{BOOK}/{made.id}/edit", f"{BOOK}/{made.id}/delete", f"{BOOK}/{made.id}/seats"):
        assert viewer.send(address, **PLAIN).status == 403, address
    assert [each.name for each in owner.workspace.subscriptions.all()] == ["Elsewhere", "Secret contract"]


def test_no_form_works_from_another_sites_page(owner: Visitor) -> None:
    made = add(owner)
    for address in (NEW, f"{BOOK}/{made.id}/edit", f"{BOOK}/{made.id}/delete", f"{BOOK}/{made.id}/seats"):
        assert Page(owner.http.post(address, data=PLAIN | {"csrf": "stolen"})).status == 403, address
    assert owner.http.post(IMPORT, files={"file": ("a.csv", b"x")}).status_code == 403


def test_every_act_is_in_the_audit_log(owner: Visitor) -> None:
    made = add(owner)
    edit(owner, made, seats="11")
    owner.send(f"{BOOK}/{made.id}/delete")
    page = owner.open("/settings/audit")
    for words in ("Subscription created", "Subscription changed", "Subscription deleted"):
        assert words in page.text
    assert f"seats from 10 to 11, from {owner.workspace.subscriptions.today:%-d %B %Y} on" in page.text
    assert made.id not in page.text


def test_every_link_of_the_pages_leads_somewhere(owner: Visitor) -> None:
    made = add(owner, tags="team:a, 50%&co", connection=owner.workspace.connections.all()[0].id)
    for beginning in (BOOK, NEW, IMPORT, PEOPLE, f"{BOOK}/{made.id}", f"{BOOK}/{made.id}/edit"):
        page = owner.open(beginning)
        assert page.status == 200
        for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
            assert owner.http.get(link).status_code == 200, link


def test_a_link_to_a_removed_connection_survives_an_edit(tmp_path: Path) -> None:
    """Its members are still known, and so past months keep their shares."""
    with visited(simulation(), tmp_path) as visitor:
        (connection,) = visitor.workspace.connections.all()
        made = add(visitor, connection=connection.id)
        visitor.workspace.connections.remove(connection.id, delete_history=False)
        assert "A removed connection" in visitor.open(f"{BOOK}/{made.id}/edit").source
        assert "Renamed was changed" in edit(visitor, made, name="Renamed").text
        assert now(visitor, made).connection_id == connection.id
        assert visitor.open(BOOK).status == visitor.open(f"{BOOK}/{made.id}").status == 200


def test_figures_stay_on_the_page_when_nobody_can_tell_who_uses_the_seats(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("The events cannot be read now.")

    made = add(owner, connection=owner.workspace.connections.all()[0].id)
    monkeypatch.setattr(Seats, "use", fail)
    for address in (BOOK, f"{BOOK}/{made.id}"):
        page = owner.open(address)
        assert page.status == 200
        assert "The events cannot be read now." in page.text
        assert "$400.00" in page.text


def test_a_broken_plan_file_is_told_where_plans_are_chosen(owner: Visitor) -> None:
    own = owner.workspace.settings.data_dir / "skus.toml"
    own.write_text("not toml")
    try:
        for address in (BOOK, NEW):
            assert "skus.toml in the data directory cannot be read" in owner.open(address).text
    finally:
        own.unlink()


def test_plans_of_ones_own_are_offered(owner: Visitor) -> None:
    own = owner.workspace.settings.data_dir / "skus.toml"
    own.write_text(
        '[[sku]]\nid = "house-gpt"\nvendor = "Acme"\nplan = "House GPT"\nmonthly = "5.50"\n'
        'source = "our contract"\nchecked = 2026-11-01\n'
    )
    try:
        page = owner.open(f"{NEW}?sku=house-gpt")
        assert page.form(NEW).fields["price_per_seat"] == "5.50"
        assert "seen 1 Nov 2026 at our contract" in page.text
    finally:
        own.unlink()
