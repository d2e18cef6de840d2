import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, extended, selectable, zoomAddress } from "../src/chart/selection.ts";
import { chartOf } from "./sample.ts";

function zoomable(count: number) {
  const chart = chartOf({ a: Array.from({ length: count }, () => "1") }, { zoom: "/explore?from={from}&to={to}&again={from}" });
  chart.buckets = chart.buckets.map((bucket, index) => ({ ...bucket, start: `2026-11-0${index + 1}T00:00:00+01:00`, end: `2026-11-0${index + 2}T00:00:00+01:00` }));
  return chart;
}

test("a selection leads to the start of its first and the end of its last bucket, whichever way it was drawn", () => {
  const href = "/explore?from=2026-11-02T00%3A00%3A00%2B01%3A00&to=2026-11-05T00%3A00%3A00%2B01%3A00&again=2026-11-02T00%3A00%3A00%2B01%3A00";
  for (const selection of [{ anchor: 1, focus: 3 }, { anchor: 3, focus: 1 }]) {
    assert.deepEqual(bounds(selection), [1, 3]);
    assert.equal(zoomAddress(zoomable(5), selection), href);
  }
});

test("one bucket is no zoom, because it has a link of its own", () => {
  assert.equal(zoomAddress(zoomable(5), { anchor: 2, focus: 2 }), null);
});

test("only charts that say where to go, and where each bucket ends, can be zoomed", () => {
  assert.ok(selectable(zoomable(2)));
  assert.ok(!selectable(zoomable(1)));
  assert.ok(!selectable(chartOf({ a: ["1", "2"] }, { zoom: "/explore?from={from}&to={to}" })));
  assert.ok(!selectable({ ...zoomable(3), zoom: null }));
});

test("keys draw a selection no further than the ends of the chart", () => {
  const chart = zoomable(4);
  assert.deepEqual(extended({ anchor: 1, focus: 1 }, 1, chart), { anchor: 1, focus: 2 });
  assert.deepEqual(extended({ anchor: 1, focus: 0 }, -1, chart), { anchor: 1, focus: 0 });
  assert.deepEqual(extended({ anchor: 1, focus: 1 }, Infinity, chart), { anchor: 1, focus: 3 });
  assert.deepEqual(extended({ anchor: 1, focus: 1 }, -Infinity, chart), { anchor: 1, focus: 0 });
});
