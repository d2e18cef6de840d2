/** Calendar, grid and tree as geometry: everything inside, nothing on top of another, areas true. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendar, fit, weekday } from "../src/chart/calendar.ts";
import type { CalendarChart, Day, TreeChart, TreeNode } from "../src/chart/contract.ts";
import type { Box, Figure } from "../src/chart/figure.ts";
import { grid } from "../src/chart/grid.ts";
import { heatOf, LEVELS, levelOf } from "../src/chart/heat.ts";
import { squarify } from "../src/chart/squarify.ts";
import { tree } from "../src/chart/tree.ts";

function daysFrom(first: string, count: number, value: (index: number) => string | null = () => "1"): Day[] {
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(Date.parse(`${first}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10);
    return { date, label: date, value: value(index), href: `/day/${date}` };
  });
}

function calendarOf(days: Day[]): CalendarChart {
  return { kind: "calendar", unit: "usd", days, summary: "" };
}

function overlap(a: Box, b: Box): boolean {
  const slack = 1e-6;
  return a.x + a.width > b.x + slack && b.x + b.width > a.x + slack && a.y + a.height > b.y + slack && b.y + b.height > a.y + slack;
}

function assertApart(boxes: Box[]): void {
  boxes.forEach((box, index) => boxes.slice(index + 1).forEach((other) => assert.ok(!overlap(box, other), `${JSON.stringify(box)} lies on ${JSON.stringify(other)}`)));
}

function assertInside(boxes: Box[], width: number, height: number): void {
  for (const box of boxes) {
    assert.ok(box.width > 0 && box.height > 0, JSON.stringify(box));
    assert.ok(box.x >= -1e-6 && box.y >= -1e-6 && box.x + box.width <= width + 1e-6 && box.y + box.height <= height + 1e-6, JSON.stringify(box));
  }
}

function boxes(figure: Figure): Box[] {
  return figure.parts.map((part) => part.box);
}

test("weeks begin on Monday, across a new year and a leap day", () => {
  assert.deepEqual(["2026-11-16", "2026-11-22", "2025-12-29", "2026-01-01", "2028-02-29", "1969-12-31"].map(weekday), [0, 6, 0, 3, 1, 2]);
});

test("days of any span stand inside and apart at every width, on one row each weekday", () => {
  for (const [count, width, height] of [[1, 300, 228], [28, 420, 228], [92, 900, 228], [365, 940, 164], [366, 300, 228], [730, 1200, 226]] as const) {
    const days = daysFrom("2025-01-01", count);
    const figure = calendar(calendarOf(days), width, height);
    assertInside(boxes(figure), width, height);
    assertApart(boxes(figure));
    assert.ok((figure.scale?.box.y ?? 0) + 10 <= height, `the scale of ${count} days stands inside`);
    const rows = new Set(figure.parts.map((part, index) => `${weekday(days[index]?.date ?? "")} ${part.box.y}`));
    assert.equal(rows.size % new Set(days.map(({ date }) => weekday(date))).size, 0);
  }
});

test("a year is broken into lines only where that makes its days larger", () => {
  assert.equal(fit(53, 940, 164).lines, 1);
  assert.equal(fit(53, 326, 232).lines, 2);
});

test("a day not read is hatched and has no figure; nothing is nothing; the running day says so", () => {
  const [first, second, third] = daysFrom("2026-11-16", 3) as [Day, Day, Day];
  const days = [{ ...first, value: null, missing: true }, { ...second, value: "0" }, { ...third, value: "7.50", partial: true }];
  const [missing, zero, running] = calendar(calendarOf(days), 400, 228).parts;
  assert.deepEqual([missing?.hatched, missing?.reading.figure, missing?.reading.note], [true, "", "no data yet"]);
  assert.deepEqual([zero?.hatched, zero?.level, zero?.reading.figure], [false, 0, "$0.00"]);
  assert.deepEqual([running?.level, running?.reading.figure, running?.reading.note], [LEVELS, "$7.50", "so far"]);
});

test("arrow keys go by day and by week, and stay where there is no day", () => {
  const figure = calendar(calendarOf(daysFrom("2026-11-16", 14)), 400, 228);
  assert.equal(figure.first, 13);
  assert.deepEqual([figure.next(8, "ArrowUp"), figure.next(8, "ArrowLeft"), figure.next(8, "ArrowRight"), figure.next(13, "ArrowDown")], [7, 1, 8, 13]);
});

test("each month is named once, above the week of its first day", () => {
  const words = calendar(calendarOf(daysFrom("2026-09-01", 91)), 900, 228).words.filter(({ text }) => /Sep|Oct|Nov/.test(text));
  assert.deepEqual(words.map(({ text }) => text), ["Sep", "Oct", "Nov"]);
});

test("a calendar of no days, and a tree of nothing, say so", () => {
  for (const figure of [calendar(calendarOf([]), 400, 200), tree(treeOf([]), 400, 200), tree(treeOf([leaf("a", "0"), leaf("b", "-3")]), 400, 200)]) {
    assert.equal(figure.parts.length, 0);
    assert.deepEqual(figure.words.map(({ text }) => text), ["Nothing to show"]);
  }
});

test("cells of a grid stand in their row and column, and keys stay inside", () => {
  const chart = { kind: "grid" as const, unit: "usd" as const, columns: ["00", "01", "02"], rows: ["Mon", "Tue"], summary: "", cells: [[{ value: "1", href: "/a" }, null, { value: "6" }], [{ value: "0" }, { value: "2" }, { value: "3" }]] };
  const figure = grid(chart, 300, 150);
  assertInside(boxes(figure), 300, 150);
  assertApart(boxes(figure));
  assert.deepEqual(figure.parts.map(({ level }) => level), [1, 0, 6, 0, 2, 3]);
  assert.deepEqual(figure.parts.map(({ hatched }) => hatched), [false, true, false, false, false, false]);
  assert.deepEqual([figure.parts[0]?.href, figure.parts[1]?.href, figure.parts[1]?.reading.title], ["/a", null, "Mon 01"]);
  assert.deepEqual([figure.next(2, "ArrowRight"), figure.next(2, "ArrowDown"), figure.next(5, "ArrowDown"), figure.next(3, "ArrowLeft")], [2, 5, 5, 3]);
});

test("a scale goes up in equal steps to a round figure, and one outlier does not make all others pale", () => {
  assert.deepEqual(heatOf([10, 20, 55]), { high: 60, exceeded: false });
  assert.deepEqual(heatOf([0, 0]), null);
  const many = heatOf([...Array.from({ length: 99 }, (_, index) => index + 1), 5000]);
  assert.deepEqual(many, { high: 100, exceeded: true });
  assert.deepEqual([0, 0.01, 10, 10.01, 60, 5000].map((value) => levelOf(value, { high: 60, exceeded: true })), [0, 1, 1, 2, 6, 6]);
  assert.equal(heatOf([0.000004])?.high, 0.000004);
});

test("areas are true to their weights, fill the box, and are nearly square", () => {
  const weights = [600, 600, 400, 300, 200, 200, 100];
  const found = squarify(weights, { x: 10, y: 20, width: 600, height: 400 });
  const each = 240_000 / 2400;
  found.forEach((box, index) => assert.ok(Math.abs(box.width * box.height - (weights[index] ?? 0) * each) < 1e-6));
  assertApart(found);
  assertInside(found.map((box) => ({ ...box, x: box.x - 10, y: box.y - 20 })), 600, 400);
  assert.ok(found.every((box) => Math.max(box.width / box.height, box.height / box.width) < 3));
});

function leaf(key: string, value: string): TreeNode {
  return { key, label: key, value, colour: 0, href: `/${key}` };
}

function treeOf(nodes: TreeNode[]): TreeChart {
  return { kind: "tree", unit: "usd", nodes, summary: "" };
}

const NODES: TreeNode[] = [
  { ...leaf("openai", "20"), children: [{ ...leaf("gpt", "20"), children: [leaf("gpt-5", "20")] }] },
  { ...leaf("anthropic", "80"), children: [{ ...leaf("opus", "60"), children: [leaf("opus-4", "15"), leaf("opus-4.5", "45"), leaf("opus-0", "0")] }, { ...leaf("sonnet", "20"), children: [leaf("sonnet-4.5", "20")] }] },
];

test("parts stand inside their whole and apart from each other, the largest first, those of nothing left out", () => {
  const { parts } = tree(treeOf(NODES), 800, 320);
  assert.deepEqual(parts.map(({ key }) => key), ["anthropic", "opus", "opus-4.5", "opus-4", "sonnet", "sonnet-4.5", "openai", "gpt", "gpt-5"]);
  assertApart(parts.filter(({ look }) => look === "chart-leaf").map(({ box }) => box));
  const [whole, part] = [parts[0]?.box as Box, parts[2]?.box as Box];
  assert.ok(part.x >= whole.x && part.y >= whole.y && part.x + part.width <= whole.x + whole.width && part.y + part.height <= whole.y + whole.height);
});

test("a part says its figure, its share of all and of its whole", () => {
  const { parts } = tree(treeOf(NODES), 800, 320);
  assert.deepEqual([parts[2]?.reading.figure, parts[2]?.reading.note, parts[0]?.reading.note], ["$45.00", "45.0%, 75.0% of opus", "80.0%"]);
  assert.deepEqual(parts[2]?.reading.actions, [{ label: "Open opus-4.5", href: "/opus-4.5" }]);
});

test("keys go down into the largest part, among siblings, and up to the whole", () => {
  const { next } = tree(treeOf(NODES), 800, 320);
  assert.deepEqual([next(0, "ArrowDown"), next(1, "ArrowRight"), next(1, "ArrowLeft"), next(2, "ArrowRight"), next(2, "ArrowDown"), next(4, "ArrowUp"), next(0, "ArrowRight"), next(6, "ArrowUp")], [1, 4, 1, 3, 2, 0, 6, 6]);
});

test("no name is wider than its part, however small", () => {
  for (const width of [40, 120, 300]) {
    const { parts, words } = tree(treeOf(NODES), width, 200);
    assertInside(parts.map(({ box }) => box), width, 200);
    for (const word of words) assert.ok(word.text.length * 6.2 <= width, word.text);
  }
});
