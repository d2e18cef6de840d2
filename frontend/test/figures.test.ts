import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, movement, nanos, percent, short, sum, told, toldSum } from "../src/chart/figures.ts";

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

test("figures are told as pages tell them: money to the cent, less than a cent exactly, counts with every digit", () => {
  const money = ["1234567.89", "14.316603875", "0.005", "0.000025", "0.01", "0", "-1234.5", "0.995", "9.995"];
  assert.deepEqual(
    money.map((value) => told(nanos(value), "usd")),
    ["$1,234,567.89", "$14.32", "$0.005", "$0.000025", "$0.01", "$0.00", "−$1,234.50", "$1.00", "$10.00"],
  );
  assert.equal(told(nanos("1930114207"), "tokens"), "1,930,114,207");
  assert.equal(told(nanos("12"), "count"), "12");
  assert.deepEqual(["61.249", "5", "99.95"].map((value) => told(nanos(value), "percent")), ["61.2%", "5.0%", "100.0%"]);
});

test("a sum names its unit", () => {
  assert.equal(toldSum(nanos("1204"), "tokens"), "1,204 tokens");
  assert.equal(toldSum(nanos("12.5"), "usd"), "$12.50");
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
