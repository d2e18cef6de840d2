"""One subscription: its terms over time, who holds its seats, and giving them by hand."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from finora.accounts import Permission
from finora.errors import BadRequest, FinoraError
from finora.subscriptions import (
    Flaw,
    InvalidSubscription,
    NotLinked,
    SeatRule,
    SeatUse,
    Subscription,
)
from finora.values.money import usd_display
from finora.web.figures.formats import NONE
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.subscriptions import seats, tables
from finora.web.subscriptions.form import sentence
from finora.web.wire.forms import Fields, Sent

ONE = "/subscriptions/{subscription_id}"
_HELD = ("person", "since", "until")


class SubscriptionPage:
    """The page of a subscription."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = site.workspace.subscriptions
        self._badge = _macro(site, "components/state.html", "badge")
        self._tag_list = _macro(site, "pages/subscription_parts.html", "tag_list")

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", ONE, self.show),
            Route("POST", f"{ONE}/terms/withdraw", self.withdraw),
            Route("POST", f"{ONE}/seats", self.give),
            Route("POST", f"{ONE}/seats/end", self.end),
            Route("POST", f"{ONE}/seats/remove", self.remove),
        )

    def show(self, request: Request, subscription_id: str) -> Response:
        """Show it."""
        return self._page(self._site.visit(request), subscription_id)

    def withdraw(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Take a change of seats or price back."""
        visit = self._site.visit_that_changes(request, form)
        day = _day(form.text("effective"))
        if day is None:
            raise BadRequest("The day of the change is missing.")
        changed = self._kept.withdraw(visit.principal, subscription_id, day, address=visit.address)
        return self._site.go(f"/subscriptions/{changed.id}", "terms_withdrawn", f"{day:%-d %b %Y}")

    def give(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Give a seat by hand."""
        visit = self._site.visit_that_changes(request, form)
        entered = {name: form.text(name) for name in _HELD}
        try:
            self._kept.give(visit.principal, subscription_id, entered, address=visit.address)
        except InvalidSubscription as problem:
            return self._page(visit, subscription_id, form=form, flaws=problem.flaws)
        return self._site.go(_seats_href(subscription_id), "seat_given", form.text("person").strip())

    def end(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Let today be the last day of a seat that was given by hand; of one that has not begun, take it back."""
        return self._take(request, subscription_id, form, self._kept.today)

    def remove(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Take a seat back as if it had never been given."""
        return self._take(request, subscription_id, form, None)

    def _take(self, request: Request, subscription_id: str, form: Fields, until: date | None) -> Response:
        visit = self._site.visit_that_changes(request, form)
        seat = _seat(form)
        if until is not None and seat[1] is not None and seat[1] > until:
            until = None
        self._kept.take(visit.principal, subscription_id, seat, until=until, address=visit.address)
        return self._site.go(_seats_href(subscription_id), "seat_taken", seat[0])

    def _page(
        self, visit: Visit, subscription_id: str, *, form: Fields | None = None, flaws: Iterable[Flaw] = ()
    ) -> Response:
        visit.principal.require(Permission.READ_ALL)
        found, entered = self._kept.get(subscription_id), form or Fields()
        use, trouble = self._use(found)
        # A flaw of the seat just entered is called people.N.person when it cannot be read.
        errors = {flaw.field.rpartition(".")[2]: sentence(flaw.problem) for flaw in flaws}
        return self._site.page(
            visit,
            "subscription.html",
            Heading(title=found.name, active="subscriptions"),
            status=422 if errors else 200,
            subscription=found,
            may_edit=visit.principal.may(Permission.MANAGE_SUBSCRIPTIONS),
            facts=self._facts(found),
            terms=tables.terms_rows(found, self._kept.today),
            terms_columns=tables.TERMS_COLUMNS,
            use=use,
            use_facts=seats.use_facts(use) if use else [],
            unlinked=seats.unlinked_text(found, self._kept.today),
            trouble=trouble,
            by_rule=found.seat_rule is SeatRule.MEMBERS and found.connection_id is not None,
            holders=seats.holder_rows(use, self._badge) if use else [],
            holder_columns=seats.HOLDER_COLUMNS,
            given=seats.given_rows(found),
            given_columns=seats.GIVEN_COLUMNS,
            members=self._members(found),
            entered={name: entered.text(name) for name in _HELD},
            errors=errors,
        )

    def _use(self, subscription: Subscription) -> tuple[SeatUse | None, str]:
        """Return how the seats are used, or why that cannot be said now; neither where nothing is linked."""
        try:
            return self._site.workspace.seats.use(subscription.id), ""
        except NotLinked:
            return None, ""
        except FinoraError as problem:
            return None, problem.message

    def _facts(self, each: Subscription) -> list[tuple[str, object]]:
        kept, today = self._kept, self._kept.today
        sku, terms, contract = kept.catalogue.skus().get(each.sku), each.terms_now(today), each.contract
        renewal = each.next_renewal(today)
        linked = kept.connections().get(each.connection_id or "", "Not linked")
        facts: list[tuple[str, object]] = [
            ("Monthly cost", usd_display(contract.monthly_cost(today))),
            ("Seats", f"{terms.seats:,}"),
            (
                "Price per seat (USD)",
                f"{usd_display(terms.price)} {'a year' if terms.cycle.months > 1 else 'a month'}",
            ),
            ("SKU", f"{each.sku} · {sku.label}" if sku else each.sku),
            ("Next renewal", f"{renewal:%-d %b %Y}" if renewal else NONE),
            ("Start date", f"{contract.start:%-d %b %Y}"),
            ("End date", f"{contract.end:%-d %b %Y}" if contract.end else NONE),
            ("Linked connection", linked),
            ("State", each.state(today).capitalize()),
        ]
        if each.tags:
            facts.append(("Tags", self._tag_list(each.tags)))
        return facts

    def _members(self, subscription: Subscription) -> list[dict[str, str]]:
        """Return whom the form offers: present members of its connection, or of any where it is linked to none."""
        linked = subscription.connection_id
        members_of = self._site.workspace.people.members_of
        known = {
            each.email: each.name
            for connection in ([linked] if linked else self._kept.connections())
            for each in members_of(connection)
            if each.email and not each.removed
        }
        return [{"value": email, "label": name} for email, name in sorted(known.items())]


def _macro(site: Site, template: str, name: str) -> Callable[..., Markup]:
    found: Any = vars(site.templates.get_template(template).module)[name]
    return found  # type: ignore[no-any-return]  # what a template defines has no types


def _seat(form: Fields) -> tuple[str, date | None]:
    """Return the person and the first day by which a form of ours names a seat."""
    return form.text("person"), _day(form.text("since"))


def _day(text: str) -> date | None:
    """Return a day that a hidden field of ours names; none where it is empty."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRequest("The form names a day that is none. Load the page again.") from None


def _seats_href(subscription_id: str) -> str:
    return f"/subscriptions/{subscription_id}#seats"
