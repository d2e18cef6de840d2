import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_LINES, read, say } from "../src/chart/reading.ts";
import { chartOf } from "./sample.ts";

test("lines go from large to small by exact value, and series that are nothing take no line", () => {
  const reading = read(chartOf({ a: ["0.10"], b: ["10000000000000000.01"], c: ["10000000000000000.02"], d: ["0"] }), 0, null);
  assert.deepEqual(reading.lines.map(({ key }) => key), ["c", "b", "a"]);
});

test("beyond twelve lines the rest is counted, and the lit series is always among those shown", () => {
  const values = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`s${index}`, [String(100 - index)]]));
  const reading = read(chartOf(values), 0, "s14");
  assert.equal(reading.lines.length, MOST_LINES);
  assert.equal(reading.more, 3);
  assert.ok(reading.lines.some((line) => line.key === "s14" && line.lit));
});

test("a missing bucket says so and shows no figure, never zero", () => {
  const chart = chartOf({ a: [null] });
  chart.buckets[0] = { start: "0", label: "8 Nov", missing: true };
  const reading = read(chart, 0, null);
  assert.deepEqual([reading.note, reading.lines.length, reading.total], ["no data yet", 0, null]);
  assert.equal(say(reading), "8 Nov, no data yet");
});

test("an unfinished bucket is shown beside the whole earlier one without a misleading change", () => {
  const chart = chartOf({ a: ["5"] }, { previous: { label: "Day before", values: ["10"] } });
  chart.buckets[0] = { start: "0", label: "16 Nov", partial: true };
  assert.deepEqual(read(chart, 0, null).previous, { label: "Day before", figure: "$10", movement: null });
  assert.equal(say(read(chart, 0, null)), "16 Nov, so far: $5.00");
});

test("the sentence names the leader of a bucket, or the lit series and its share", () => {
  const chart = chartOf({ a: ["30"], b: ["70"] });
  assert.equal(say(read(chart, 0, null)), "Day 1: $100.00; most: B $70");
  assert.equal(say(read(chart, 0, "a")), "Day 1: A $30, 30.0% of $100.00");
});

test("a single series that is zero is still said", () => {
  assert.equal(say(read(chartOf({ a: ["0.00"] }), 0, null)), "Day 1: $0.00");
});
