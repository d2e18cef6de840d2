import assert from "node:assert/strict";
import { test } from "node:test";
import { axisOf, bandOf, bucketAt, extent, seriesAt, steps } from "../src/chart/scale.ts";
import { missingRuns } from "../src/chart/overlay.ts";
import { chartOf } from "./sample.ts";

test("axis steps are round, hold every value, and counts have no halves", () => {
  for (const highest of [0, 0.004, 0.7, 1, 3, 99, 100, 101, 1234.5, 987654, 2.2e9]) {
    for (const unit of ["usd", "count"] as const) {
      const { low, high, step } = steps(0, highest, unit);
      assert.equal(low, 0);
      assert.ok(high >= highest * 0.9999, `${high} holds ${highest}`);
      assert.ok(Math.abs(high / step - Math.round(high / step)) < 1e-9, `${high} is a multiple of ${step}`);
      assert.ok(high / step <= 6, `${high / step} steps for ${highest}`);
      if (unit === "count") assert.ok(Number.isInteger(step));
    }
  }
});

test("credits go below zero", () => {
  const { low, high } = steps(-30, 100, "usd");
  assert.ok(low <= -30 && high >= 100);
  assert.deepEqual(extent(chartOf({ a: ["10"], b: ["-4"] })), [-4, 10]);
});

test("the period before is never cut off", () => {
  assert.deepEqual(extent(chartOf({ a: ["10", "20"] }, { previous: { label: "", values: ["50", null] } })), [0, 50]);
});

test("lines are not stacked on the axis, bars and areas are", () => {
  assert.deepEqual(extent(chartOf({ a: ["10"], b: ["20"] }, { type: "lines" })), [0, 20]);
  assert.deepEqual(extent(chartOf({ a: ["10"], b: ["20"] }, { type: "areas" })), [0, 30]);
});

test("the bucket under a point is the one whose band holds it, up to both edges", () => {
  for (const type of ["bars", "lines"] as const) {
    const chart = chartOf({ a: ["1", "2", "3", "4", "5"] }, { type });
    for (let index = 0; index < 5; index++) {
      const { start, centre, width } = bandOf(chart, index, 500);
      for (const x of [start + 1, centre, start + width - 1]) assert.equal(bucketAt(chart, x, 500), index);
    }
    assert.equal(bucketAt(chart, -5, 500), 0);
    assert.equal(bucketAt(chart, 505, 500), 4);
  }
});

test("one bucket fills the chart whatever its type", () => {
  assert.deepEqual(bandOf(chartOf({ a: ["1"] }, { type: "lines" }), 0, 300), { start: 0, centre: 150, width: 300 });
});

test("in a stack the part under the pointer is found, above it nothing", () => {
  const chart = chartOf({ a: ["10"], b: [null], c: ["20"] });
  assert.equal(seriesAt(chart, 0, 5, 0)?.key, "a");
  assert.equal(seriesAt(chart, 0, 10, 0)?.key, "c");
  assert.equal(seriesAt(chart, 0, 31, 0), null);
  assert.equal(seriesAt(chart, 0, -1, 0), null);
});

test("of lines the nearest within reach is found", () => {
  const chart = chartOf({ a: ["10"], b: ["20"] }, { type: "lines" });
  assert.equal(seriesAt(chart, 0, 14, 5)?.key, "a");
  assert.equal(seriesAt(chart, 0, 17, 5)?.key, "b");
  assert.equal(seriesAt(chart, 0, 40, 5), null);
});

test("neighbouring days without data are hatched as one", () => {
  const chart = chartOf({ a: ["1", null, null, "2", null] });
  for (const index of [1, 2, 4]) chart.buckets[index] = { start: "", label: "", missing: true };
  assert.deepEqual(missingRuns(chart), [[1, 2], [4, 4]]);
});

test("shares fill the plot from nothing to all; as lines they have the axis that they need", () => {
  const shares = { unit: "percent", stack: "share" } as const;
  for (const type of ["bars", "areas"] as const) assert.deepEqual(axisOf(chartOf({ a: ["60"], b: ["40.0001"] }, { ...shares, type })), { low: 0, high: 100, step: 25 });
  assert.equal(axisOf(chartOf({ a: ["6"], b: ["4"] }, { ...shares, type: "lines" })).high, 6);
});
