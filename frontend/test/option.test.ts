import assert from "node:assert/strict";
import { test } from "node:test";
import { standInside } from "../src/chart/option.ts";
import { chartOf } from "./sample.ts";

const month = chartOf({ a: Array.from({ length: 28 }, () => "1") });

test("on a phone the last label needs a margin, or it would be cut off", () => {
  assert.equal(standInside(month, 330), false);
  assert.equal(standInside(month, 1100), true);
});

test("lines end at the edges, and so do their labels", () => {
  assert.equal(standInside({ ...month, type: "lines" }, 1100), false);
});
