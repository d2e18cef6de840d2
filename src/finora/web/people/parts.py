"""What the pages of people and teams have in common: tiles, cells, trends and the controls above them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from finora.people import Amounts, Figures
from finora.spend.query import Comparison
from finora.spend.result import SpendResult
from finora.values.period import Period, Span
from finora.web.address import controls
from finora.web.address.links import View
from finora.web.figures.changes import change_of, compared_with
from finora.web.figures.charts import read_buckets
from finora.web.figures.coverage import Coverage, Extent
from finora.web.figures.formats import figure, period_text, span_text, table_figure
from finora.web.figures.headline import Comparing
from finora.web.people.address import ListingAddress, write_address
from finora.web.site.site import Site

Json = dict[str, Any]

DEFINITIONS = {
    "spend": "What the provider bills for their events on top of the seats.",
    "usage_value": "The price of all their events, those a plan includes as well as those billed on top.",
    "seats": "Their share of the AI subscriptions, by the days on which they held a seat.",
    "total": "The true cost: spend and seat cost together.",
    "events": "How many events they caused.",
}
LABELS = {
    "spend": "Spend",
    "usage_value": "Usage value",
    "seats": "Seat cost",
    "total": "True total",
    "events": "Events",
}
AMOUNTS = tuple(LABELS)


def unit_of(name: str) -> str:
    """Return the metric as which an amount is written."""
    return name if name in {"usage_value", "events"} else "spend"


def comparing_of(
    period: Period, compare: Comparison | None, figures: Figures, coverage: Coverage
) -> Comparing:
    """Return how figures can be compared: only with a period that was read whole."""
    span = figures.compared
    sound = span is not None and coverage.extent(span.start, span.end) is Extent.WHOLE
    return Comparing(than=compared_with(compare, period), sound=sound)


def amount_tiles(
    now: Amounts, before: Amounts | None, compare: Comparing, href: Callable[[str], str | None]
) -> list[Json]:
    """Return the tiles of a page's amounts.

    Args:
        now: The figures of the period.
        before: Those of the period compared with.
        compare: How they can be compared.
        href: Where an amount's tile leads, if anywhere.
    """
    found = []
    for name in AMOUNTS:
        value = getattr(now, name)
        shown = figure(unit_of(name), value)
        # What seats cost is known from the contract, whatever was read of events.
        known = before is not None and (compare.sound or name == "seats")
        change = change_of(unit_of(name), value, getattr(before, name), compare.than) if known else None
        found.append(
            {
                "id": name,
                "label": LABELS[name],
                "figure": shown.text,
                "exact": shown.exact,
                "href": href(name),
                "change": asdict(change) if change else None,
                "note": f"{compare.than} not read" if before is not None and not known else None,
                "definition": DEFINITIONS[name],
            }
        )
    return found


def amount_cells(now: Amounts) -> Json:
    """Return the cells of a line's amounts."""
    return {name: table_figure(unit_of(name), getattr(now, name)).text for name in AMOUNTS}


def change_cell(now: Amounts, before: Amounts | None, compare: Comparing) -> Json:
    """Return the cell that says how a line's spend moved."""
    if before is None or not compare.sound:
        return {"change": None}
    change = change_of("spend", now.spend, before.spend, compare.than)
    return {"change": asdict(change) if change else None}


@dataclass(frozen=True, slots=True)
class Trends:
    """Small courses of usage value by key, each of a value a bucket; none where nothing was read."""

    values: Mapping[str, Sequence[float | None]]

    @classmethod
    def of(cls, result: SpendResult, coverage: Coverage, site: Site) -> "Trends":
        """Return the courses that an answer tells of each of its groups."""
        buckets = read_buckets(result, coverage, site.zone)
        return cls(
            {
                group.keys[0]: [
                    None if bucket.missing else group.series[bucket.place][0] / 1e9 for bucket in buckets
                ]
                for group in result.groups
            }
        )


def time_controls(site: Site, here: ListingAddress, span: Span) -> Json:
    """Return the controls of period and comparison, as the overview has them."""
    links = site.links
    view = View(query=here.query(links.defaults))

    def href(chosen: View) -> str:
        return write_address(links, here.at(chosen))

    return {
        "period": controls.period_choices(view, href),
        "period_text": period_text(here.period, span, site.zone),
        "dates_text": span_text(span, site.zone),
        "before": controls.stepped(view, span, href, forward=False),
        "after": controls.stepped(view, span, href, forward=True),
        "can_go_on": span.end <= site.now(),
        "compare": controls.comparison_choices(view, href),
    }


def as_csv(name: str, head: Sequence[str], lines: Iterable[Sequence[object]]) -> Response:
    """Return a table as a file of comma-separated values."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(lines)
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=_attached(f"{name}.csv"))


def as_json(name: str, content: Json) -> Response:
    """Return content as a JSON file."""
    return JSONResponse(content, headers=_attached(f"{name}.json"))


def file_name(what: str, here: ListingAddress, span: Span) -> str:
    """Return the name of a file of a listing, without its ending."""
    when = here.period.key or f"{span.start:%Y-%m-%d}-to-{span.end:%Y-%m-%d}"
    return f"finora-{what}-{when}"


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
