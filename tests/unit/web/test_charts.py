"""Charts: exact, whole, honest about what was not read, and never stacked where sums make no sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from finora.spend.plan import Moment, make_plan
from finora.spend.query import Comparison, SpendQuery
from finora.spend.result import Group, SpendResult
from finora.values.interval import Interval
from finora.values.period import Period, Span
from finora.web.address.links import ChartKind, Scale
from finora.web.figures.charts import MOST_SERIES, Drawing, chart_of, read_buckets, rest_of
from finora.web.figures.coverage import Coverage
from finora.web.figures.formats import table_figure
from finora.web.figures.headline import comparing, summary, tiles
from finora.web.figures.panels import bases_text, part_panel, share_of, top_panel, type_panel

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
USD = 1_000_000_000
EVER = Coverage(present=((Span(NOW - timedelta(days=900), NOW),),))


def result(
    groups: int = 3, *, metrics: tuple[str, ...] = ("spend",), hidden: int = 0, **asked: object
) -> SpendResult:
    """Return an answer of groups of which each has a dollar more a bucket than the one before."""
    query = SpendQuery(
        **{"metrics": metrics, "dimensions": ("model",), "period": Period("7d"), "interval": Interval.DAY}
        | asked  # type: ignore[arg-type]
    )
    plan = make_plan(query, Moment(now=NOW, earliest=NOW - timedelta(days=900), rollup_zone="UTC"))
    buckets = tuple(plan.buckets)
    width = len(metrics)

    def group(name: str, amount: int, members: int = 1) -> Group:
        return Group(
            keys=(name,),
            labels=(name.upper(),),
            values=(amount * len(buckets) * USD,) * width,
            previous=(amount * USD,) * width if query.compare else None,
            series=((amount * USD,) * width,) * len(buckets),
            previous_series=((amount * USD,) * width,) * len(plan.compared_buckets),
            members=members,
        )

    found = tuple(group(f"m{place}", groups - place) for place in range(groups))
    other = group("other", hidden, members=hidden) if hidden else None
    total = sum(range(groups + 1)) + hidden
    return SpendResult(
        plan=plan,
        buckets=buckets,
        groups=found,
        other=other,
        totals=replace(group("", total), keys=(), labels=()),
        group_count=groups + hidden,
        data_through=NOW,
        read_from=None,
    )


def drawing(metric: str = "spend", kind: ChartKind = ChartKind.BARS, **more: object) -> Drawing:
    return Drawing(
        **more,  # type: ignore[arg-type]
        metric=metric,
        kind=kind,
        colours={"m0": 5},
        series_href=lambda group: f"/{group.keys[0] if group.keys else ''}",
        bucket_href=lambda bucket: f"/{bucket.label}",
        events_href=lambda bucket: f"/events/{bucket.label}",
        other_href="/more",
        summary="s",
    )


def test_groups_beyond_the_eighth_are_in_other_and_nothing_is_lost() -> None:
    found = result(11, hidden=4)
    chart = chart_of(found, read_buckets(found, EVER, ZONE), drawing())
    assert len(chart["series"]) == MOST_SERIES + 1
    other = chart["series"][-1]
    assert (other["label"], other["colour"], other["href"]) == ("Other (7)", "other", "/more")
    assert set(other["values"]) == {f"{1 + 2 + 3 + 4}.00"}
    assert sum(float(each["values"][0]) for each in chart["series"]) == 11 * 12 / 2 + 4


def test_people_are_never_stacked_nor_added() -> None:
    found = result(11, metrics=("people",), hidden=4)
    chart = chart_of(found, read_buckets(found, EVER, ZONE), drawing("people"))
    assert chart["type"] == "lines"
    assert len(chart["series"]) == MOST_SERIES
    assert rest_of(found, "people") is None


def test_a_result_without_groups_is_one_series_named_for_its_metric() -> None:
    found = replace(result(0), plan=result(0, dimensions=()).plan)
    chart = chart_of(found, read_buckets(found, EVER, ZONE), drawing())
    assert [each["key"] for each in chart["series"]] == ["all"]


def test_an_unread_bucket_has_no_value_and_a_partly_read_one_is_so_far() -> None:
    days = [Span(NOW - timedelta(days=3, hours=3), NOW)]
    found = result()
    buckets = read_buckets(found, Coverage(present=(tuple(days),)), ZONE)
    assert [bucket.missing for bucket in buckets] == [True, True, True, False, False, False, False]
    assert [bucket.partial for bucket in buckets] == [False, False, False, True, False, False, True]
    chart = chart_of(found, buckets, drawing())
    assert chart["series"][0]["values"][:4] == [None, None, None, "3.00"]


def test_buckets_ahead_are_not_drawn_and_a_click_never_leaves_the_period() -> None:
    found = result(interval=Interval.WEEK)
    buckets = read_buckets(found, EVER, ZONE)
    assert buckets[0].start == found.span.start
    assert all(bucket.start < NOW for bucket in buckets)
    hours = result(period=Period("today"), interval=Interval.HOUR)
    assert len(read_buckets(hours, EVER, ZONE)) == 15


def test_an_hour_that_comes_twice_says_which() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = Period.absolute(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    found = result(period=day, interval=Interval.HOUR, timezone="Europe/Berlin")
    labels = [bucket.label for bucket in read_buckets(found, EVER, berlin)]
    assert len(labels) == len(set(labels)) == 25
    assert "02:00 CEST" in labels
    assert "02:00 CET" in labels


def test_the_summary_carries_the_message() -> None:
    found = result(compare=Comparison.PREVIOUS)
    text = summary(found, "spend", comparing(found, EVER), read_buckets(found, EVER, ZONE))
    assert text.startswith(
        "Spend rose 600.0% to $42.00 against the 7 days before; M0 is 50.0%; peak $6.00 on "
    )


def test_nothing_is_compared_with_a_period_that_was_not_read_whole() -> None:
    found = result(compare=Comparison.PREVIOUS)
    read_a_week = Coverage(present=((Span(NOW - timedelta(days=7), NOW),),))
    compare = comparing(found, read_a_week)
    assert not compare.sound
    assert compare.change(found, found.totals, "spend") is None
    assert summary(found, "spend", compare, []).startswith("Spend is $42.00")


def test_tiles_lead_to_their_metric_and_mark_the_present_one() -> None:
    metrics = ("spend", "usage_value", "events", "tokens", "people")
    found = result(metrics=metrics, compare=Comparison.PREVIOUS)
    shown = tiles(found, comparing(found, EVER), lambda name: f"/?metric={name}", "tokens")
    assert [each["id"] for each in shown] == list(metrics)
    assert [each["id"] for each in shown if each["current"]] == ["tokens"]
    assert shown[0]["figure"] == "$42.00"
    assert shown[0]["change"]["tone"] == "bad"
    assert shown[0]["href"] == "/?metric=spend"


def test_a_panel_names_the_rest_and_shares_add_up() -> None:
    found = result(3, hidden=2, compare=Comparison.PREVIOUS)
    panel = top_panel(
        found, "spend", comparing(found, EVER), lambda group: f"/{group.keys[0]}", colours={"m0": 5}
    )
    assert [row["cells"]["name"] for row in panel.rows] == ["M0", "M1", "M2", "Other (2)"]
    assert sum(row["share"] for row in panel.rows) == pytest.approx(100, abs=0.05)
    assert panel.rows[0]["colour"] == 5
    assert "href" not in panel.rows[-1]


def test_event_types_say_how_they_are_known() -> None:
    found = result(3)
    kinds = (("agent", "activity"), ("agent", "unknown"), ("chat", "reported"))
    groups = tuple(
        replace(group, keys=keys, labels=keys) for group, keys in zip(found.groups, kinds, strict=True)
    )
    typed = replace(found, groups=groups)
    panel = type_panel(typed, "spend", lambda group: f"/{group.keys[0]}")
    assert [(row["cells"]["name"], row["cells"]["basis"]) for row in panel.rows] == [
        ("agent", "Activity 60.0%, unknown 40.0%"),
        ("chat", "Reported"),
    ]
    assert bases_text(typed, "spend").startswith("50.0% from activity, ")


def test_event_types_are_whole_also_where_finer_groups_were_asked_for() -> None:
    """Else a type would show the last of its parts only."""
    found = result(3)
    keys = (("agent", "activity", "no"), ("agent", "activity", "yes"), ("chat", "reported", "no"))
    groups = tuple(
        replace(group, keys=each, labels=each) for group, each in zip(found.groups, keys, strict=True)
    )
    panel = type_panel(replace(found, groups=groups), "spend", lambda group: f"/{group.keys[0]}")
    agent = groups[0].values[0] + groups[1].values[0]
    assert panel.rows[0]["cells"]["amount"] == table_figure("spend", agent).text


def test_max_mode_is_added_up_over_the_types_it_was_asked_with_and_left_out_where_all_are_alike() -> None:
    found = result(3)
    keys = (("agent", "no"), ("agent", "yes"), ("chat", "no"))
    query = replace(found.query, dimensions=("event_type", "max_mode"), order=())
    groups = tuple(
        replace(group, keys=each, labels=each) for group, each in zip(found.groups, keys, strict=True)
    )
    typed = replace(found, plan=replace(found.plan, query=query), groups=groups)
    panel = part_panel(typed, "spend", "max_mode", lambda key: f"/{key}")
    assert panel is not None
    shown = [(row["href"], row["cells"]["amount"]) for row in panel.rows]
    sums = {key: sum(group.values[0] for group in groups if group.keys[1] == key) for key in ("no", "yes")}
    assert shown == [(f"/{key}", table_figure("spend", sums[key]).text) for key in ("no", "yes")]
    alike = replace(typed, groups=groups[:1])
    assert part_panel(alike, "spend", "max_mode", lambda key: f"/{key}") is None


@pytest.mark.parametrize(("value", "total", "share"), [(1, 0, 0.0), (1, 3, 33.33), (-1, 3, 0.0)])
def test_a_share_is_never_below_nothing(value: int, total: int, share: float) -> None:
    assert share_of(value, total) == share


def drawn(
    groups: int = 3, *, rest: int = 0, compare: Comparison | None = None, **how: object
) -> dict[str, Any]:
    """Return the chart of an answer."""
    found = result(groups, hidden=rest, compare=compare)
    return chart_of(found, read_buckets(found, EVER, ZONE), drawing(**how))  # type: ignore[arg-type]


def test_shares_fill_each_bucket() -> None:
    chart = drawn(3, rest=2, scale=Scale.SHARE)
    assert (chart["unit"], chart["stack"]) == ("percent", "share")
    for column in zip(*(each["values"] for each in chart["series"]), strict=True):
        assert abs(sum((Decimal(each) for each in column), Decimal(0)) - 100) <= Decimal("0.02")


def test_a_running_sum_ends_at_the_sum_of_what_was_and_is_never_drawn_as_bars() -> None:
    chart = drawn(2, scale=Scale.RUNNING, compare=Comparison.PREVIOUS, before="the week before")
    assert (chart["type"], chart["cumulative"]) == ("areas", True)
    assert [each["values"][-1] for each in chart["series"]] == ["14.00", "7.00"]
    assert chart["previous"]["values"][-1] == "21.00"


def test_the_period_before_is_that_of_what_is_drawn() -> None:
    whole = drawn(3, compare=Comparison.PREVIOUS, before="the week before")
    assert set(whole["previous"]["values"]) == {"6.00"}
    part = drawn(3, compare=Comparison.PREVIOUS, before="the week before", hidden=("m0",))
    assert set(part["previous"]["values"]) == {"3.00"}
    assert drawn(3, compare=Comparison.PREVIOUS)["previous"] is None, "it was not read whole"


def test_a_name_in_the_legend_shows_it_alone_and_then_all_again() -> None:
    def chart(*hidden: str) -> list[dict[str, Any]]:
        found = result(3)
        how = drawing(hidden=hidden, hide_href=lambda keys: "-".join(sorted(keys)) or "all")
        series: list[dict[str, Any]] = chart_of(found, read_buckets(found, EVER, ZONE), how)["series"]
        return series

    assert [(each["only"], each["toggle"]) for each in chart()] == [
        ("m1-m2", "m0"),
        ("m0-m2", "m1"),
        ("m0-m1", "m2"),
    ]
    alone = chart("m1", "m2")
    assert [each["hidden"] for each in alone] == [False, True, True]
    assert alone[0]["only"] == "all"
    assert alone[0]["toggle"] == "all", "a chart of nothing tells nothing"
    assert alone[1]["toggle"] == "m2"


@pytest.mark.parametrize("months", range(1, 13))
def test_days_stand_beside_the_same_weekday_of_the_month_before(months: int) -> None:
    """Else every month looks as if it had changed, because its weekends lie elsewhere."""
    year, month = divmod(2026 * 12 + 9 - months, 12)
    after = divmod(2026 * 12 + 10 - months, 12)
    start, end = datetime(year, month + 1, 1, tzinfo=UTC), datetime(after[0], after[1] + 1, 1, tzinfo=UTC)
    found = result(1, period=Period.absolute(start, end), compare=Comparison.PREVIOUS)
    numbered = tuple((day * USD,) for day in range(len(found.plan.compared_buckets)))
    (only,) = found.groups
    found = replace(found, groups=(replace(only, previous_series=numbered),))
    buckets = read_buckets(found, EVER, ZONE)
    previous = chart_of(found, buckets, drawing(before="the month before"))["previous"]
    beside = [
        (bucket, int(float(value)))
        for bucket, value in zip(buckets, previous["values"], strict=True)
        if value
    ]
    assert len(beside) >= len(buckets) - 6
    for bucket, day in beside:
        assert found.plan.compared_buckets[day].weekday() == bucket.start.weekday()
    shifted = start.weekday() != found.plan.compared_buckets[0].weekday()
    assert ("weekday by weekday" in previous["label"]) == shifted
    for bucket, label, value in zip(buckets, previous["labels"], previous["values"], strict=True):
        assert (label is None) == (value is None), bucket.label
    assert f"{found.plan.compared_buckets[beside[0][1]]:%-d %b}" in previous["labels"]
