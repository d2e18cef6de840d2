"""AI Subscriptions: what is bought on flat rates, what it costs a month, and who uses it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from finora.accounts import Permission
from finora.errors import FinoraError
from finora.subscriptions import SeatUse, Subscription, figures, write_table
from finora.subscriptions.accrual import next_month
from finora.values.money import usd_display, usd_text
from finora.web.address.links import address
from finora.web.figures.changes import change_of
from finora.web.figures.formats import plural
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site
from finora.web.subscriptions import months, seats, tables
from finora.web.subscriptions.calendar import calendar_file
from finora.web.subscriptions.own import own_page
from finora.web.subscriptions.sorting import (
    BOOK_KEYS,
    BOOK_ORDER,
    SKU_KEYS,
    SKU_ORDER,
    Order,
    sorted_book,
    sorted_skus,
    with_sorting,
)

HERE = "/subscriptions"
TREND_MONTHS = 12
RENEWAL_DAYS = 60
CALENDAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page is narrowed to (a tag, a SKU, or neither) and how its tables are sorted."""

    tag: str = ""
    sku: str = ""
    sort: Order = BOOK_ORDER
    skus: Order = SKU_ORDER

    @classmethod
    def of(cls, request: Request) -> "Chosen":
        """Return what an address asks for."""
        asked = request.query_params
        return cls(
            asked.get("tag", "")[:200],
            asked.get("sku", "")[:100],
            Order.of(asked.get("sort", ""), BOOK_KEYS, BOOK_ORDER),
            Order.of(asked.get("skus", ""), SKU_KEYS, SKU_ORDER),
        )

    def holds(self, subscription: Subscription) -> bool:
        """Return whether a subscription is among those asked for."""
        return (not self.tag or self.tag in subscription.tags) and (
            not self.sku or self.sku == subscription.sku
        )

    def pairs(self, **changed: str) -> list[tuple[str, str]]:
        """Return the parameters of the address, with some of them changed; defaults are left out."""
        plain = {"tag": self.tag, "sku": self.sku, "sort": self.sort.text, "skus": self.skus.text} | changed
        default = {"sort": BOOK_ORDER.text, "skus": SKU_ORDER.text}
        return [(name, value) for name, value in plain.items() if value != default.get(name, "")]


class SubscriptionsPage:
    """The page and its file."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = site.workspace.subscriptions
        macros = vars(site.templates.get_template("pages/subscription_parts.html").module)
        self._tag_list: Callable[..., Markup] = macros["tag_list"]

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", HERE, self.show),
            Route("GET", f"{HERE}.csv", self.as_csv),
            Route("GET", f"{HERE}/renewals.ics", self.as_calendar),
        )

    def show(self, request: Request) -> Response:
        """Show everything; to who may see only their own, their seats."""
        visit = self._site.visit(request)
        if not visit.principal.may(Permission.READ_ALL):
            return own_page(self._site, visit)
        chosen, everything = Chosen.of(request), self._kept.all()
        shown = [each for each in everything if chosen.holds(each)]
        deleted = self._kept.all(deleted=True)
        just_deleted = request.query_params.get("deleted", "")
        uses, trouble = self._uses(shown)
        return self._site.page(
            visit,
            "subscriptions.html",
            Heading(title="AI Subscriptions", active="subscriptions", announce=_announcement(chosen, shown)),
            may_edit=visit.principal.may(Permission.MANAGE_SUBSCRIPTIONS),
            is_empty=not everything,
            nothing_chosen=not shown,
            filters=self._filters(chosen),
            tags=self._tag_choices(chosen, everything),
            csv=address(f"{HERE}.csv", chosen.pairs()),
            undo=next((each for each in deleted if each.id == just_deleted), None),
            deleted=deleted,
            catalogue_problem=self._kept.catalogue.problem(),
            tiles=self._tiles(shown, uses),
            uses=seats.use_rows(uses),
            use_columns=seats.USE_COLUMNS,
            trouble=trouble,
            **self._figures(shown, everything, chosen),
        )

    def as_csv(self, request: Request) -> Response:
        """Return the subscriptions shown as the file that the import takes."""
        visit = self._site.visit(request)
        visit.principal.require(Permission.READ_ALL)
        chosen = Chosen.of(request)
        shown = [each for each in self._kept.all() if chosen.holds(each)]
        return Response(
            write_table(shown, self._kept.connections()),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="finora-subscriptions-{self._kept.today}.csv"'
            },
        )

    def as_calendar(self, request: Request) -> Response:
        """Return the payments of the next year as a calendar file."""
        visit = self._site.visit(request)
        visit.principal.require(Permission.READ_ALL)
        chosen = Chosen.of(request)
        shown = [each for each in self._kept.all() if chosen.holds(each)]
        ahead = figures.payments(shown, self._kept.today, CALENDAR_DAYS)
        return Response(
            calendar_file(ahead, self._site.now(), self._site.workspace.settings.public_url),
            media_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="finora-renewals.ics"'},
        )

    def _figures(
        self, shown: Sequence[Subscription], everything: Sequence[Subscription], chosen: Chosen
    ) -> dict[str, Any]:
        today, skus = self._kept.today, self._kept.catalogue.skus()
        narrowed = [(name, value) for name, value in chosen.pairs() if name in {"tag", "sku"}]
        summary = figures.summary(shown, *_month(today), today, skus)
        trend = figures.trend(shown, today, TREND_MONTHS)
        colour_of = tables.colours(everything)
        return {
            "rows": tables.book_rows(
                sorted_book(shown, chosen.sort, skus, today), skus, today, self._tag_list
            ),
            "book_columns": with_sorting(
                tables.BOOK_COLUMNS,
                BOOK_KEYS,
                chosen.sort,
                lambda order: address(HERE, chosen.pairs(sort=order)),
            ),
            "skus": tables.sku_rows(
                replace(summary, by_sku=tuple(sorted_skus(summary.by_sku, chosen.skus))),
                colour_of,
                chosen.pairs(sku=""),
            ),
            "sku_columns": with_sorting(
                tables.SKU_COLUMNS,
                SKU_KEYS,
                chosen.skus,
                lambda order: address(HERE, chosen.pairs(skus=order)),
            ),
            "sku_totals": tables.sku_totals(summary),
            "chart": months.month_chart(trend, skus, colour_of, shown),
            "trend_text": months.months_text(trend),
            "months": months.month_rows(trend),
            "month_columns": months.MONTH_COLUMNS,
            "renewals": tables.renewal_rows(figures.renewals(shown, today, RENEWAL_DAYS), today),
            "renewal_columns": tables.RENEWAL_COLUMNS,
            "renewal_days": RENEWAL_DAYS,
            "calendar": address(f"{HERE}/renewals.ics", [*narrowed]),
        }

    def _uses(self, shown: Iterable[Subscription]) -> tuple[list[SeatUse], str]:
        """Return how the seats of the linked ones are used, or why that cannot be said now."""
        connections = self._kept.connections()
        linked = [each.id for each in shown if each.connection_id in connections]
        try:
            return [self._site.workspace.seats.use(each) for each in linked], ""
        except FinoraError as problem:
            return [], problem.message

    def _tiles(self, shown: Sequence[Subscription], uses: Sequence[SeatUse]) -> list[dict[str, Any]]:
        today, skus = self._kept.today, self._kept.catalogue.skus()
        first, following = _month(today)
        now = figures.summary(shown, first, following, today, skus)
        ahead = figures.summary(shown, following, next_month(following), today, skus).period_total
        so_far = sum(figures.daily(shown, first, today + timedelta(days=1)))
        running = sum(each.contract.runs_on(today) for each in shown)
        found = [
            _tile(
                "monthly",
                "Monthly spend",
                now.monthly_total,
                definition="What a month costs at today's terms: seats times price, yearly prices divided by twelve.",
                note=f"{usd_display(12 * now.monthly_total)} a year at this rate",
            ),
            _tile(
                "this-month",
                f"{first:%B}",
                now.period_total,
                definition="What the days of this calendar month cost, by the terms that each day is under.",
                note=f"{usd_display(so_far)} so far",
            ),
            _tile(
                "next-month",
                f"{following:%B}",
                ahead,
                definition="What the next calendar month costs by what is agreed so far.",
                change=change_of("spend", ahead, now.period_total, f"{first:%B}"),
            ),
            {
                "id": "seats",
                "label": "Seats",
                "figure": f"{now.seats:,}",
                "note": f"in {plural(running, 'subscription')}",
            },
        ]
        if uses:
            found.append(
                _tile(
                    "unused",
                    "Unused seats",
                    sum(each.unused_cost for each in uses),
                    definition="What a month costs of the seats that nobody holds, and of those whose holders had no event "
                    "in the last 30 days. Only subscriptions linked to a connection can tell.",
                    note=seats.unused_text(uses),
                )
            )
        return found

    def _filters(self, chosen: Chosen) -> list[dict[str, str]]:
        skus = self._kept.catalogue.skus()
        found = []
        if chosen.tag:
            found.append(
                {"dimension": "Tag", "value": chosen.tag, "remove": address(HERE, chosen.pairs(tag=""))}
            )
        if chosen.sku:
            label = skus[chosen.sku].label if chosen.sku in skus else chosen.sku
            found.append({"dimension": "SKU", "value": label, "remove": address(HERE, chosen.pairs(sku=""))})
        return found

    def _tag_choices(self, chosen: Chosen, everything: Iterable[Subscription]) -> list[dict[str, Any]]:
        tags = sorted({tag for each in everything for tag in each.tags}, key=str.lower)
        return [
            {"label": tag, "href": address(HERE, chosen.pairs(tag=tag)), "current": tag == chosen.tag}
            for tag in tags
        ]


def _month(today: date) -> tuple[date, date]:
    return today.replace(day=1), next_month(today)


def _tile(name: str, label: str, nano: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - the component's own
    change = more.pop("change", None)
    return {
        "id": name,
        "label": label,
        "figure": usd_display(nano),
        "exact": f"${usd_text(nano)}",
        "change": asdict(change) if change else None,
        **more,
    }


def _announcement(chosen: Chosen, shown: Sequence[Subscription]) -> str:
    narrowed = [f"{name} is {value}" for name, value in (("Tag", chosen.tag), ("SKU", chosen.sku)) if value]
    return f"Filtered: {', '.join(narrowed)}. {plural(len(shown), 'subscription')}" if narrowed else ""
