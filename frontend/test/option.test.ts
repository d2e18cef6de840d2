import assert from "node:assert/strict";
import { test } from "node:test";
import { rightMargin } from "../src/chart/option.ts";
import { chartOf } from "./sample.ts";

const month = chartOf({ a: Array.from({ length: 28 }, () => "1") });
const label = (month.buckets.at(-1)?.label.length ?? 0) * 6.4;

test("on a phone the last label has room in the margin, or it would be cut off", () => {
  const margin = rightMargin(month, 330, 0);
  const band = (330 - margin) / month.buckets.length;
  assert.ok(margin + band / 2 >= label / 2, `${margin} pixels beside half a band of ${band}`);
});

test("where bands are wider than their labels the chart fills its panel", () => {
  assert.equal(rightMargin(month, 2000, 0), 4);
});

test("lines leave room for their names", () => {
  assert.equal(rightMargin({ ...month, type: "lines" }, 1100, 90), 90);
});
