"""AI Subscriptions: adding one, changing it from a day on, deleting and bringing back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.subscriptions import InvalidSubscription, Subscription
from finora.values.money import usd_text
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.subscriptions import form as forms
from finora.web.subscriptions.form import Entered
from finora.web.wire.forms import Sent

HERE = "/subscriptions"
NEW = f"{HERE}/new"
ONE = f"{HERE}/{{subscription_id}}"


class SubscriptionChanges:
    """The forms that change what is bought."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = site.workspace.subscriptions

    def routes(self) -> Iterable[Route]:
        """Return the routes. `new` stands before any page that takes an id there."""
        return (
            Route("GET", NEW, self.show_new),
            Route("POST", NEW, self.create),
            Route("GET", f"{ONE}/edit", self.show_edit),
            Route("POST", f"{ONE}/edit", self.change),
            Route("POST", f"{ONE}/delete", self.delete),
            Route("POST", f"{ONE}/restore", self.restore),
        )

    def show_new(self, request: Request) -> Response:
        """Show the form of a new subscription; `sku` in the address chooses its plan."""
        visit = self._site.visit(request)
        visit.principal.require(Permission.MANAGE_SUBSCRIPTIONS)
        entered = forms.blank(self._kept.today, sku=request.query_params.get("sku", "")[:100])
        return self._form(visit, self._priced(entered), None)

    def create(self, request: Request, form: Sent) -> Response:
        """Add a subscription, or fill in the list price of the plan that was entered."""
        visit = self._site.visit_that_changes(request, form)
        visit.principal.require(Permission.MANAGE_SUBSCRIPTIONS)
        entered = forms.sent(form)
        if form.text("act") == "price":
            return self._form(visit, self._priced(entered), None)
        try:
            fields = forms.new_fields(entered, self._kept.catalogue.skus())
            made = self._kept.create(visit.principal, fields, address=visit.address)
        except InvalidSubscription as problem:
            return self._form(visit, forms.sent(form, problem.flaws, self._kept.catalogue.skus()), None)
        return self._site.go(HERE, "subscription_created", made.name)

    def show_edit(self, request: Request, subscription_id: str) -> Response:
        """Show the form that changes a subscription."""
        visit = self._site.visit(request)
        visit.principal.require(Permission.MANAGE_SUBSCRIPTIONS)
        found = self._kept.get(subscription_id)
        return self._form(visit, forms.of(found, self._kept.today), found)

    def change(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Change what was changed in the form."""
        visit = self._site.visit_that_changes(request, form)
        visit.principal.require(Permission.MANAGE_SUBSCRIPTIONS)
        found, entered = self._kept.get(subscription_id), forms.sent(form)
        if form.text("act") == "price":
            return self._form(visit, self._priced(entered), found)
        try:
            fields = forms.changed_fields(entered, self._kept.catalogue.skus())
            if not fields:
                return self._site.go(f"{HERE}/{found.id}", "subscription_unchanged", found.name)
            changed = self._kept.change(visit.principal, found.id, fields, address=visit.address)
        except InvalidSubscription as problem:
            return self._form(visit, forms.sent(form, problem.flaws, self._kept.catalogue.skus()), found)
        return self._site.go(f"{HERE}/{changed.id}", "subscription_changed", changed.name)

    def delete(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Take a subscription out of all figures; the list then offers to undo it."""
        visit = self._site.visit_that_changes(request, form)
        deleted = self._kept.delete(visit.principal, subscription_id, address=visit.address)
        return self._site.go(f"{HERE}?deleted={deleted.id}")

    def restore(self, request: Request, subscription_id: str, form: Sent) -> Response:
        """Bring a deleted subscription back."""
        visit = self._site.visit_that_changes(request, form)
        restored = self._kept.restore(visit.principal, subscription_id, address=visit.address)
        return self._site.go(HERE, "subscription_restored", restored.name)

    def _priced(self, entered: Entered) -> Entered:
        """Return a form with the list price of its plan, where there is one."""
        skus = self._kept.catalogue.skus()
        sku = skus.get(forms.plan_of(entered.texts["sku"], skus))
        price = sku.list_price(entered.cycle) if sku else None
        return (
            entered
            if price is None
            else replace(entered, texts={**entered.texts, "price_per_seat": usd_text(price)})
        )

    def _form(self, visit: Visit, entered: Entered, subscription: Subscription | None) -> Response:
        catalogue, today = self._kept.catalogue, self._kept.today
        skus = catalogue.skus()
        known = self._kept.connections()
        connections = [{"value": id_, "label": name} for id_, name in known.items()]
        return self._site.page(
            visit,
            "subscription_form.html",
            Heading(
                title=f"Edit {subscription.name}" if subscription else "New subscription",
                active="subscriptions",
            ),
            status=422 if entered.errors else 200,
            action=f"{HERE}/{subscription.id}/edit" if subscription else NEW,
            back=f"{HERE}/{subscription.id}" if subscription else HERE,
            is_new=subscription is None,
            entered=entered,
            plans=forms.plan_options(skus),
            list_price=forms.list_price_text(
                skus.get(forms.plan_of(entered.texts["sku"], skus)), entered.cycle
            ),
            equivalents={cycle.value: words for cycle, words in forms.EQUIVALENTS.items()},
            links=[{"value": "", "label": "Not linked"}, *connections, *_removed(subscription, known)],
            days=forms.days_to_choose(subscription, today) if subscription else [],
            catalogue_problem=catalogue.problem(),
        )


def _removed(subscription: Subscription | None, known: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the connection that a subscription is linked to and that is no more, so that saving keeps it."""
    linked = subscription.connection_id if subscription else None
    return [{"value": linked, "label": "A removed connection"}] if linked and linked not in known else []
