import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_LINES, read, readSelection, say } from "../src/chart/reading.ts";
import { chartOf } from "./sample.ts";

test("lines go from large to small by exact value, and series that are nothing take no line", () => {
  const reading = read(chartOf({ a: ["0.10"], b: ["10000000000000000.01"], c: ["10000000000000000.02"], d: ["0"] }), 0, null);
  assert.deepEqual(reading.lines.map(({ key }) => key), ["c", "b", "a"]);
});

test("what is pointed at comes first, then the others by value", () => {
  const reading = read(chartOf({ a: ["30"], b: ["50"], c: ["10"], d: ["20"] }), 0, "c");
  assert.deepEqual(reading.lines.map(({ key }) => key), ["c", "b", "a", "d"]);
  assert.deepEqual(reading.lines.map(({ lit }) => lit), [true, false, false, false]);
});

test("beyond twelve lines the rest is counted, and the lit series is always among those shown", () => {
  const values = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`s${index}`, [String(100 - index)]]));
  const reading = read(chartOf(values), 0, "s14");
  assert.equal(reading.lines.length, MOST_LINES);
  assert.equal(reading.more, 3);
  assert.deepEqual(reading.lines.map(({ key }) => key), ["s14", ...Array.from({ length: 11 }, (_, index) => `s${index}`)]);
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
  assert.deepEqual(read(chart, 0, null).previous, { label: "Day before", figure: "$10.00", movement: null });
  assert.equal(say(read(chart, 0, null)), "16 Nov, so far: $5.00");
});

test("the sentence names the leader of a bucket, or the lit series and its share", () => {
  const chart = chartOf({ a: ["30"], b: ["70"] });
  assert.equal(say(read(chart, 0, null)), "Day 1: $100.00; most: B $70.00");
  assert.equal(say(read(chart, 0, "a")), "Day 1: A $30.00, 30.0% of $100.00");
});

test("a single series that is zero is still said", () => {
  assert.equal(say(read(chartOf({ a: ["0.00"] }), 0, null)), "Day 1: $0.00");
});

test("series that overlap, and shares of a whole, have no total and no shares", () => {
  const people = read(chartOf({ a: ["3"], b: ["4"] }, { unit: "count", additive: false, previous: { label: "Before", values: ["5"] } }), 0, null);
  assert.deepEqual([people.total, people.lines.map(({ share }) => share), people.previous?.movement], [null, [null, null], null]);
  const shares = read(chartOf({ a: ["61.2"], b: ["38.8"] }, { unit: "percent", stack: "share" }), 0, null);
  assert.deepEqual([shares.total, shares.lines.map(({ figure }) => figure)], [null, ["61.2%", "38.8%"]]);
});

test("a change of a figure in per cent is told in points", () => {
  const chart = chartOf({ a: ["61.2", "40"] }, { unit: "percent", type: "lines", previous: { label: "Before", values: ["59.1", "41.5"] } });
  assert.deepEqual([0, 1].map((index) => read(chart, index, null).previous?.movement), ["+2.1 points", "−1.5 points"]);
});

test("the pinned tooltip leads into the bucket and to its events, and a series to itself", () => {
  const chart = chartOf({ a: ["5"], b: ["4"] });
  chart.buckets[0] = { start: "0", label: "3 Nov", href: "/day", events: "/events" };
  const reading = read(chart, 0, null);
  assert.deepEqual(reading.actions, [{ label: "Zoom to 3 Nov", href: "/day" }, { label: "Show events", href: "/events" }]);
  assert.deepEqual(reading.lines.map(({ href }) => href), ["/explore?f=is,model,a", "/explore?f=is,model,b"]);
});

test("a running sum says since when, and at its end that it goes on", () => {
  const chart = chartOf({ a: ["5", "9", "12"] }, { cumulative: true });
  assert.deepEqual([0, 1, 2].map((index) => read(chart, index, null).note), ["since Day 1", "since Day 1", "so far"]);
});

test("a selection is summed exactly, whichever way it was drawn", () => {
  const chart = chartOf({ a: ["0.10", "0.20", "0.4"], b: ["1", null, "2"] }, { previous: { label: "Before", values: ["1", "1", "1"] } });
  for (const selection of [{ anchor: 0, focus: 2 }, { anchor: 2, focus: 0 }]) {
    const reading = readSelection(chart, selection, "Enter zooms in");
    assert.deepEqual([reading.title, reading.total, reading.lines.map(({ figure }) => figure)], ["Day 1 – Day 3", "$3.70", ["$3.00", "$0.70"]]);
    assert.deepEqual(reading.previous, { label: "Before", figure: "$3.00", movement: "+23.3%" });
    assert.equal(say(reading), "Day 1 – Day 3: $3.70; most: B $3.00; Enter zooms in");
  }
});

test("a selection that holds days not read says so, and claims no change", () => {
  const chart = chartOf({ a: ["1", null, "4"] }, { previous: { label: "Before", values: ["1", "1", "1"] } });
  chart.buckets[1] = { start: "1", label: "Day 2", missing: true };
  const reading = readSelection(chart, { anchor: 0, focus: 2 }, "");
  assert.deepEqual([reading.note, reading.total, reading.previous?.movement], ["partly read", "$5.00", null]);
  assert.equal(readSelection(chart, { anchor: 2, focus: 2 }, "").note, "");
});

test("running sums and shares are not added up over days", () => {
  for (const changes of [{ cumulative: true }, { unit: "percent" as const }, { additive: false }]) {
    const reading = readSelection(chartOf({ a: ["1", "2"], b: ["1", "2"] }, changes), { anchor: 0, focus: 1 }, "");
    assert.deepEqual([reading.lines, reading.total], [[], null]);
  }
});

test("a day is compared with a day by its name, a stretch with the stretch", () => {
  const chart = chartOf({ opus: ["5", "7"] }, { previous: { label: "the 28 days before", labels: ["23 Oct", null], values: ["4", null] } });
  assert.equal(read(chart, 0, null).previous?.label, "23 Oct");
  assert.equal(readSelection(chart, { anchor: 0, focus: 1 }, "").previous?.label, "the 28 days before");
});
