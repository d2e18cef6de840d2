"""Files of exactly what Explore shows."""

import csv
import io
from dataclasses import replace
from typing import Any

from finora.spend.rendering import rows
from finora.spend.result import SpendResult
from finora.values.text import cell_text
from finora.web.address.links import View


def attached(view: View, form: str) -> dict[str, str]:
    """Return the header that names a file of a view: what it holds, and of when."""
    query = view.query
    period = query.period.key or f"{query.period.start:%Y-%m-%d}-to-{query.period.end:%Y-%m-%d}"
    name = f"finora-{query.metrics[0]}-by-{'-'.join(query.dimensions)}-{period}.{form}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def csv_of(result: SpendResult) -> str:
    """Return a result's rows as CSV, one a group, or one a group and bucket where it has an interval.

    All other groups and the total follow, as on the page, so that nobody adds up a part and takes it for the whole.
    What a spreadsheet took for a formula is kept as text.
    """
    out = io.StringIO()
    query = result.query
    names = [each for name in query.dimensions for each in (name, f"{name}_label")]
    buckets = ["bucket"] if query.interval else []
    compared = result.plan.compared is not None and not buckets
    writer = csv.writer(out)
    earlier = [f"previous_{metric}" for metric in query.metrics if compared]
    writer.writerow([*names, *buckets, *query.metrics, *earlier])
    for row in rows(_with_sums(result)):
        previous: Any = row.get("previous", {})
        writer.writerow(
            [
                *(cell_text(str(row[name])) for name in (*names, *buckets)),
                *(row[metric] for metric in query.metrics),
                *(previous[metric] for metric in query.metrics if compared),
            ]
        )
    return out.getvalue()


def _with_sums(result: SpendResult) -> SpendResult:
    """Return a result whose last groups are all others, and the total."""
    if not result.query.dimensions:
        return result
    further = [""] * (len(result.query.dimensions) - 1)
    sums = [replace(result.totals, keys=("total", *further), labels=("Total", *further))]
    if result.other is not None:
        label = f"Other ({result.other.members:,})"
        sums.insert(0, replace(result.other, keys=("other", *further), labels=(label, *further)))
    return replace(result, groups=(*result.groups, *sums))
