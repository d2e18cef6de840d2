import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, exact, exactSum, movement, nanos, percent, short, sum } from "../src/chart/figures.ts";

test("sums are exact where floats would be off", () => {
  assert.equal(decimal(sum(["0.1", "0.2"]) ?? 0n, 2), "0.30");
  assert.equal(decimal(sum(Array.from({ length: 1000 }, () => "0.000000001")) ?? 0n, 2), "0.000001");
  assert.equal(decimal(sum(["9007199254740993.01", "0.99"]) ?? 0n, 2), "9007199254740994.00");
});

test("a bucket with nothing known has no sum, which is not zero", () => {
  assert.equal(sum([null, undefined]), null);
  assert.equal(sum([null, "0"]), 0n);
});

test("what is not a decimal is refused instead of drawn as something else", () => {
  for (const value of ["", "1e3", "NaN", "1,000", ".5", "1."]) assert.throws(() => nanos(value), RangeError);
});

test("decimals survive there and back, whatever their sign", () => {
  for (const value of ["0", "12.34", "-0.000000001", "123456789.987654321"]) assert.equal(decimal(nanos(value), 0), value);
});

test("exact figures keep every digit and are grouped by thousands", () => {
  assert.equal(exact("1234567.89", "usd"), "$1,234,567.89");
  assert.equal(exact("0.000025", "usd"), "$0.000025");
  assert.equal(exact("-1234.5", "usd"), "−$1,234.5");
  assert.equal(exact("1930114207", "tokens"), "1,930,114,207");
  assert.equal(exact("12", "count"), "12");
});

test("a sum names its unit", () => {
  assert.equal(exactSum(nanos("1204"), "tokens"), "1,204 tokens");
  assert.equal(exactSum(nanos("12.5"), "usd"), "$12.50");
});

test("axis labels are short and never wrong by rounding to a neighbouring step", () => {
  const labels = [0, 0.25, 0.5, 1, 2.5, 250, 1000, 1500, 2500, 12_500, 1e6, 2.25e9];
  assert.deepEqual(
    labels.map((value) => short(value, "usd")),
    ["$0", "$0.25", "$0.50", "$1", "$2.50", "$250", "$1k", "$1.5k", "$2.5k", "$12.5k", "$1M", "$2.25B"],
  );
  assert.equal(short(-1500, "count"), "−1.5k");
});

test("shares and movements are of exact amounts, and absent where there is no whole", () => {
  assert.equal(percent(nanos("1"), nanos("3")), "33.3%");
  assert.equal(percent(1n, 0n), null);
  assert.equal(movement(nanos("118"), nanos("100")), "+18.0%");
  assert.equal(movement(nanos("96"), nanos("100")), "−4.0%");
  assert.equal(movement(nanos("5"), 0n), null);
});
