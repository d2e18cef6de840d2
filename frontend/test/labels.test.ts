import assert from "node:assert/strict";
import { test } from "node:test";
import { endLabels, labelRoom } from "../src/chart/labels.ts";
import { chartOf } from "./sample.ts";

const heightAt = (value: number): number => 200 - value;

test("names stand at the ends of lines, and are moved apart where lines end together", () => {
  const chart = chartOf({ a: ["1", "100"], b: ["2", "99"], c: ["3", "20"] }, { type: "lines" });
  const labels = endLabels(chart, heightAt, 0, 200);
  assert.deepEqual(labels.map(({ key }) => key), ["a", "b", "c"]);
  assert.deepEqual(labels.map(({ y }) => y), [100, 114, 180]);
  assert.deepEqual(labels.map(({ end }) => end), [100, 101, 180]);
});

test("names at the foot are pushed up into the plot", () => {
  const labels = endLabels(chartOf({ a: ["0", "2"], b: ["0", "1"], c: ["0", "0"] }, { type: "lines" }), heightAt, 0, 200);
  assert.deepEqual(labels.map(({ y }) => y), [172, 186, 200]);
});

test("where there is no room for all there is none", () => {
  const chart = chartOf({ a: ["1", "100"], b: ["2", "99"], c: ["3", "20"] }, { type: "lines" });
  assert.deepEqual(endLabels(chart, heightAt, 0, 20), []);
  assert.equal(labelRoom(chart, 250), 0);
  assert.ok(labelRoom(chart, 800) > 0);
  assert.equal(labelRoom({ ...chart, type: "bars" }, 800), 0);
});

test("a day that has just begun does not pull the names down", () => {
  const chart = chartOf({ a: ["90", "1"], b: ["40", "0"] }, { type: "lines" });
  chart.buckets[1] = { start: "1", label: "2", partial: true };
  assert.deepEqual(endLabels(chart, heightAt, 0, 200).map(({ y }) => y), [110, 160]);
});

test("in areas only parts that are high enough have a name, in their middle", () => {
  const chart = chartOf({ a: ["1", "60"], b: ["2", "4"], c: ["3", "40"] }, { type: "areas" });
  assert.deepEqual(endLabels(chart, heightAt, 0, 200).map(({ key, y }) => [key, y]), [["c", 116], ["a", 170]]);
});

test("a running sum says how much it is so far, and the period before its name", () => {
  const chart = chartOf({ a: ["1000", "12345.67"] }, { type: "lines", cumulative: true, previous: { label: "October", values: ["900", "9000"] } });
  const texts = endLabels(chart, (value) => 200 - value / 100, 0, 200).map(({ text }) => text);
  assert.deepEqual(texts, ["$12.3k so far", "October"]);
});

test("long names are cut, with room kept for what is left", () => {
  const chart = chartOf({ a: ["1", "2"], b: ["1", "9"] }, { type: "lines" });
  const [first] = chart.series;
  if (first) first.label = "claude-4.5-opus-high-thinking-of-a-long-name";
  assert.ok(endLabels(chart, heightAt, 0, 200).some(({ text }) => text.endsWith("…") && text.length <= 21));
});
