import assert from "node:assert/strict";
import { test } from "node:test";
import { equivalent } from "../src/page/subscription.ts";

const YEARLY = "{seat} a seat, {total} together";

test("a yearly price is told by the month as one types", () => {
  assert.equal(equivalent("10", "192", "annual", YEARLY), "$16.00 a seat, $160.00 together");
  assert.equal(equivalent("3", "$59.97", "annual", YEARLY), "$5.00 a seat, $14.99 together");
  assert.equal(equivalent("100000", "1000000.00", "monthly", "{total}"), "$100,000,000,000.00");
});

test("what is no price yet comes to nothing", () => {
  for (const price of ["", "-1", "1.234", "€4", "1e3", "."]) assert.equal(equivalent("1", price, "monthly", "{total}"), "");
  for (const seats of ["", "0.5", "many"]) assert.equal(equivalent(seats, "1", "monthly", "{total}"), "");
});
