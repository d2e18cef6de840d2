import assert from "node:assert/strict";
import { test } from "node:test";
import { hintOf, leadsTo } from "../src/chart/leading.ts";
import { chartOf } from "./sample.ts";

function chart(type: "bars" | "lines" | "areas") {
  const made = { ...chartOf({ opus: ["5"] }), type };
  made.series = made.series.map((series) => ({ ...series, href: "/series" }));
  made.buckets = made.buckets.map((bucket) => ({ ...bucket, label: "11 Nov", href: "/day" }));
  return made;
}

test("a click on a bar opens its day, as one who wonders about a spike expects; with Shift its series", () => {
  const bars = chart("bars");
  const series = bars.series[0] ?? null;
  assert.equal(leadsTo(bars, { index: 0, series }, false), "/day");
  assert.equal(leadsTo(bars, { index: 0, series: null }, false), "/day");
  assert.equal(leadsTo(bars, { index: 0, series }, true), "/series");
  assert.equal(hintOf(bars, { index: 0, series: bars.series[0]! }), "Click opens 11 Nov; with Shift, only OPUS");
});

test("a click on a line or an area is about that series, beside it about the day", () => {
  for (const type of ["lines", "areas"] as const) {
    const lines = chart(type);
    assert.equal(leadsTo(lines, { index: 0, series: lines.series[0] ?? null }, false), "/series");
    assert.equal(leadsTo(lines, { index: 0, series: null }, false), "/day");
  }
});

test("where one way is missing the other is taken, and without any a click does nothing", () => {
  const bars = chart("bars");
  const series = bars.series[0] ?? null;
  bars.buckets = bars.buckets.map((bucket) => ({ ...bucket, href: null }));
  assert.equal(leadsTo(bars, { index: 0, series }, false), "/series");
  assert.equal(leadsTo(bars, { index: 0, series: null }, false), null);
  assert.equal(leadsTo(bars, null, false), null);
  assert.equal(hintOf(bars, { index: 0, series: bars.series[0]! }), undefined);
});
