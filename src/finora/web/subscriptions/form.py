"""The form of a subscription: what it shows, and what somebody changed in it.

A form that changes a subscription carries what it showed beside what was entered. Only fields that differ are changed, so
that nobody undoes what somebody else changed meanwhile, and dated terms are only put where one of them was touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from rapidfuzz import fuzz, process

from finora.subscriptions import BillingCycle, Flaw, InvalidSubscription, SeatRule, Sku, Subscription
from finora.subscriptions.accrual import divided, next_month
from finora.subscriptions.reading import MOST_SEATS, price_in_nano
from finora.values.money import usd_display, usd_text
from finora.web.wire.forms import Fields

FIELDS = (
    "name",
    "sku",
    "seats",
    "price_per_seat",
    "billing_cycle",
    "start_date",
    "renewal_date",
    "end_date",
    "tags",
    "connection",
    "seat_rule",
)
DATED = frozenset({"seats", "price_per_seat", "billing_cycle"})
OTHER_DAY = "other"

EQUIVALENTS = {
    BillingCycle.MONTHLY: "{total} a month for all seats",
    BillingCycle.ANNUAL: "Paid per year; that is {seat} a seat and month, {total} a month for all seats",
}
"""What a price comes to, in words; the script fills them in as one types."""

_NONE: Mapping[str, Sku] = MappingProxyType({})
_SUGGESTED = 3
_ALIKE = 70
"""Of 100: about a word of two, or one misspelt."""
_UNITS = {BillingCycle.MONTHLY: "a month", BillingCycle.ANNUAL: "a year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What stands in the form.

    Attributes:
        texts: By field, as typed.
        shown: The same as it stood there before anybody typed; empty for a new subscription.
        chosen_day: From when dated terms are to hold: a day, or `OTHER_DAY`.
        other_day: The day then typed.
        errors: What is wrong, by field.
    """

    texts: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)
    chosen_day: str = ""
    other_day: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def cycle(self) -> BillingCycle:
        """The billing cycle; monthly where none is chosen."""
        return BillingCycle.ANNUAL if self.texts.get("billing_cycle") == "annual" else BillingCycle.MONTHLY

    @property
    def unit(self) -> str:
        """What the price is paid for, in words."""
        return _UNITS[self.cycle]

    @property
    def equivalent(self) -> str:
        """What the price comes to, in words; empty while it cannot be said."""
        return equivalent(self.texts.get("seats", ""), self.texts.get("price_per_seat", ""), self.cycle)


def blank(today: date, *, sku: str = "") -> Entered:
    """Return the form of a new subscription."""
    return Entered(
        texts=dict.fromkeys(FIELDS, "")
        | {
            "sku": sku,
            "seats": "1",
            "billing_cycle": BillingCycle.MONTHLY.value,
            "start_date": today.isoformat(),
            "seat_rule": SeatRule.MEMBERS.value,
        }
    )


def of(subscription: Subscription, today: date) -> Entered:
    """Return the form that changes a subscription, with the terms of today."""
    terms, contract = subscription.terms_now(today), subscription.contract
    texts = {
        "name": subscription.name,
        "sku": subscription.sku,
        "seats": str(terms.seats),
        "price_per_seat": usd_text(terms.price),
        "billing_cycle": terms.cycle.value,
        "start_date": contract.start.isoformat(),
        "renewal_date": subscription.renewal.isoformat() if subscription.renewal else "",
        "end_date": contract.end.isoformat() if contract.end else "",
        "tags": tags_text(subscription.tags),
        "connection": subscription.connection_id or "",
        "seat_rule": subscription.seat_rule.value,
    }
    return Entered(texts=texts, shown=texts, chosen_day=contract.nearest(today).isoformat())


def sent(form: Fields, flaws: Sequence[Flaw] = (), skus: Mapping[str, Sku] = _NONE) -> Entered:
    """Return a form as it was sent, with what is wrong in it, and for a plan that there is not those most like it."""
    errors: dict[str, str] = {}
    for flaw in flaws:
        errors.setdefault(flaw.field, sentence(flaw.problem))
    if "sku" in errors and (near := plans_like(form.text("sku"), skus)):
        names = " or ".join(f"“{each.label}”" for each in near)
        errors["sku"] = f"No plan is called so. Did you mean {names}? An id of your own has no spaces."
    return Entered(
        texts={name: form.text(name) for name in FIELDS},
        shown={name: form.text(f"shown.{name}") for name in FIELDS if list(form.texts(f"shown.{name}"))},
        chosen_day=form.text("from"),
        other_day=form.text("effective"),
        errors=errors,
    )


def new_fields(entered: Entered, skus: Mapping[str, Sku]) -> dict[str, object]:
    """Return the fields of a new subscription, as the domain reads them; it starts today where no day is given."""
    given = _read(entered.texts, skus)
    if not entered.texts["start_date"].strip():
        del given["start_date"]
    return given


def changed_fields(entered: Entered, skus: Mapping[str, Sku]) -> dict[str, object]:
    """Return the fields that somebody changed, as the domain reads them.

    Seats, price and billing cycle are given all three where a day of one's own was chosen and none of them was touched:
    then what stands there is to hold from that day on.

    Raises:
        InvalidSubscription: A day was typed that was not chosen, or chosen and not typed.
    """
    given = _read(entered.texts, skus)
    changed = {name: given[name] for name in FIELDS if entered.texts[name] != entered.shown.get(name)}
    is_other = entered.chosen_day == OTHER_DAY
    if is_other and not entered.other_day.strip():
        raise InvalidSubscription([Flaw("effective", "is missing; enter the day, or choose one above")])
    if entered.other_day.strip() and not is_other:
        raise InvalidSubscription(
            [Flaw("effective", "is not chosen; choose “Another day”, or clear this one")]
        )
    if is_other and not DATED & set(changed):
        changed |= {name: given[name] for name in DATED}
    if DATED & set(changed):
        changed["effective"] = entered.other_day if is_other else entered.chosen_day
    return changed


def days_to_choose(subscription: Subscription, today: date) -> list[dict[str, str]]:
    """Return from when a change may hold, but for another day: today or the nearest day, and the next month."""
    contract = subscription.contract
    nearest = contract.nearest(today)
    name = "Today" if nearest == today else "Its first day" if nearest > today else "Its last day"
    found = [{"value": nearest.isoformat(), "label": f"{name}, {nearest:%-d %b %Y}"}]
    following = next_month(nearest)
    if contract.runs_on(following):
        found.append({"value": following.isoformat(), "label": f"Next month, {following:%-d %b %Y}"})
    return found


def equivalent(seats: str, price: str, cycle: BillingCycle) -> str:
    """Return what a price comes to, in words; empty where it is none."""
    try:
        nano, count = price_in_nano(price), int(seats)
    except ValueError:
        return ""
    if not 0 < count <= MOST_SEATS:
        return ""
    seat, total = divided(nano, cycle.months), divided(nano * count, cycle.months)
    return EQUIVALENTS[cycle].format(seat=usd_display(seat), total=usd_display(total))


def list_price_text(sku: Sku | None, cycle: BillingCycle) -> str:
    """Return what a plan costs by list and who said so; empty for a plan that the catalogue does not know."""
    if sku is None:
        return ""
    price = sku.list_price(cycle)
    if price is None:
        return f"{sku.label}: no list price for {cycle} billing. Enter what you pay."
    said = f"{usd_display(price)} per seat and {_UNITS[cycle].removeprefix('a ')}"
    found = f"seen {sku.checked:%-d %b %Y} at" if sku.checked else "not checked; see"
    return f"{sku.label}: list price {said}, {found} {sku.source}. Enter what you pay."


def plan_options(skus: Mapping[str, Sku]) -> list[dict[str, str]]:
    """Return the plans as the form offers them, each with its list prices and the words that tell of them."""
    return [
        {
            "value": each.id,
            "label": each.label,
            "monthly": _price(each.monthly),
            "annual": _price(each.annual),
            "monthly_note": list_price_text(each, BillingCycle.MONTHLY),
            "annual_note": list_price_text(each, BillingCycle.ANNUAL),
        }
        for each in skus.values()
    ]


def plan_of(text: str, skus: Mapping[str, Sku]) -> str:
    """Return the id of a plan that was entered by id or by name, whatever its case; any other text as it is."""
    words = text.lower().split()
    wanted = {" ".join(words), "-".join(words)}
    return next((each.id for each in skus.values() if wanted & {each.id, each.label.lower()}), text)


def plans_like(text: str, skus: Mapping[str, Sku]) -> list[Sku]:
    """Return the plans whose names are most like a text, the likeliest first; none where none is."""
    names = {each.id: each.label for each in skus.values()}
    found = process.extract(
        text, names, scorer=fuzz.WRatio, processor=str.lower, limit=_SUGGESTED, score_cutoff=_ALIKE
    )
    return [skus[id_] for _label, _score, id_ in found]


def tags_text(tags: Sequence[str]) -> str:
    """Return tags as the form shows them; with semicolons where one of them has a comma."""
    return "".join(f"{tag}; " for tag in tags).strip() if any("," in tag for tag in tags) else ", ".join(tags)


def sentence(problem: str) -> str:
    """Return a flaw's clause as a sentence beside its field."""
    return f"{problem[:1].upper()}{problem[1:]}."


def _read(texts: Mapping[str, str], skus: Mapping[str, Sku]) -> dict[str, object]:
    tags = texts["tags"]
    return {
        **texts,
        "sku": plan_of(texts["sku"], skus),
        "tags": tags.split(";" if ";" in tags else ","),
        "connection": texts["connection"] or None,
        "seat_rule": texts["seat_rule"] or SeatRule.MEMBERS,
    }


def _price(price: int | None) -> str:
    return "" if price is None else usd_text(price)
