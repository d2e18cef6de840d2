import assert from "node:assert/strict";
import { test } from "node:test";

import { isMeant } from "../src/page/values.ts";

test("a value is found by any of its words, in any order and case", () => {
  assert.ok(isMeant("Claude Opus 5 $2.4k", "opus claude"));
  assert.ok(isMeant("anything", ""));
  assert.ok(!isMeant("gpt-5.6-sol", "opus"));
});
