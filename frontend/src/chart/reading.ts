/** What the chart says about a bucket, or about some of them: the text of the tooltip, and of what is read out. */
import type { Chart, Colour, Series } from "./contract.ts";
import { movement, percent, points, sum, told, toldSum } from "./figures.ts";
import { bounds, type Selection } from "./selection.ts";

/** More lines than this nobody reads; the table has them all. */
export const MOST_LINES = 12;

export interface Reading {
  title: string;
  note: string;
  /** The one figure of a part that is not made of series. */
  figure?: string;
  lines: Line[];
  /** How many series the lines leave out. */
  more: number;
  total: string | null;
  previous: { label: string; figure: string; movement: string | null } | null;
  /** What one could do now. */
  hint?: string;
  /** Where the pinned tooltip leads. */
  actions: Action[];
}

export interface Line {
  key: string;
  label: string;
  colour: Colour;
  figure: string;
  share: string | null;
  lit: boolean;
  href: string | null;
}

export interface Action {
  label: string;
  href: string;
}

/** The reading of a bucket: the lit series first, then the largest. */
export function read(chart: Chart, index: number, lit: string | null): Reading {
  const bucket = chart.buckets[index];
  const label = bucket?.label ?? "";
  const actions: Action[] = [];
  if (bucket?.href) actions.push({ label: `Zoom to ${label}`, href: bucket.href });
  if (bucket?.events) actions.push({ label: "Show events", href: bucket.events });
  return { ...reading(chart, [index, index], lit), title: label, note: noteOf(chart, index), actions };
}

/** The reading of a selection: sums over its buckets, where values may be added up. */
export function readSelection(chart: Chart, selection: Selection, hint: string): Reading {
  const [first, last] = bounds(selection);
  if (first === last) return { ...read(chart, first, null), actions: [] };
  const ends = [first, last].map((index) => chart.buckets[index]?.label ?? "");
  const summed = addsUp(chart) && !chart.cumulative ? reading(chart, [first, last], null) : NOTHING;
  return { ...summed, title: ends.join(" – "), note: noteOfRun(chart, first, last), hint };
}

/** The series that have a value in a bucket and are not nothing, largest first; equals keep the chart's order. */
export function ranked(chart: Chart, index: number): Series[] {
  return sized(chart, [index, index]).map(({ series }) => series);
}

/** The reading as a sentence for the live region. */
export function say(reading: Reading): string {
  const head = reading.note ? `${reading.title}, ${reading.note}` : reading.title;
  const line = reading.lines.find(({ lit }) => lit);
  if (line) return `${head}: ${line.label} ${line.figure}${line.share && reading.total ? `, ${line.share} of ${reading.total}` : ""}`;
  if (reading.figure) return `${head}: ${reading.figure}`;
  const first = reading.lines[0];
  const leader = first && reading.lines.length > 1 ? `most: ${first.label} ${first.figure}` : "";
  return [reading.total ? `${head}: ${reading.total}` : head, leader, reading.hint].filter(Boolean).join("; ");
}

type Run = [first: number, last: number];

const NOTHING = { lines: [], more: 0, total: null, previous: null, actions: [] };

function reading(chart: Chart, run: Run, lit: string | null): Omit<Reading, "title" | "note"> {
  const present = sized(chart, run);
  const ordered = [...present.filter(({ series }) => series.key === lit), ...present.filter(({ series }) => series.key !== lit)];
  const shown = ordered.slice(0, MOST_LINES);
  const total = totalOf(chart, run);
  return {
    lines: shown.map(({ series, size }) => ({
      key: series.key,
      label: series.label,
      colour: series.colour,
      figure: told(size, chart.unit),
      share: total === null || present.length < 2 ? null : percent(size, total),
      lit: series.key === lit,
      href: series.href ?? null,
    })),
    more: ordered.length - shown.length,
    total: total === null ? null : toldSum(total, chart.unit),
    previous: before(chart, run, total),
    actions: [],
  };
}

function sized(chart: Chart, [first, last]: Run): { series: Series; size: bigint }[] {
  const found = chart.series.flatMap((series) => {
    const size = sum(series.values.slice(first, last + 1));
    return size !== null && (size !== 0n || chart.series.length === 1) ? [{ series, size }] : [];
  });
  return found.sort((a, b) => (a.size === b.size ? 0 : a.size < b.size ? 1 : -1));
}

/** Parts of a whole in per cent, and series that overlap, have no sum that means something. */
function addsUp(chart: Chart): boolean {
  return chart.additive !== false && chart.unit !== "percent";
}

function totalOf(chart: Chart, [first, last]: Run): bigint | null {
  if (!addsUp(chart) && chart.series.length > 1) return null;
  return sum(chart.series.flatMap((series) => series.values.slice(first, last + 1)));
}

function noteOf(chart: Chart, index: number): string {
  const bucket = chart.buckets[index];
  const isLast = index === chart.buckets.length - 1;
  if (bucket?.missing) return "no data yet";
  if (bucket?.partial) return isLast ? "so far" : "partly read";
  if (!chart.cumulative) return "";
  return isLast ? "so far" : `since ${chart.buckets[0]?.label}`;
}

function noteOfRun(chart: Chart, first: number, last: number): string {
  const run = chart.buckets.slice(first, last + 1);
  const unread = run.some((bucket, index) => bucket.missing || (bucket.partial && first + index < chart.buckets.length - 1));
  if (unread) return "partly read";
  return run.at(-1)?.partial ? "so far" : "";
}

function before(chart: Chart, [first, last]: Run, total: bigint | null): Reading["previous"] {
  const values = chart.previous?.values.slice(first, last + 1) ?? [];
  const amount = sum(values);
  if (!chart.previous || amount === null) return null;
  const whole = chart.buckets.slice(first, last + 1).every((bucket) => !bucket.partial && !bucket.missing);
  const comparable = whole && total !== null && values.every((value) => value !== null);
  return {
    label: (first === last && !chart.cumulative && chart.previous.labels?.[first]) || chart.previous.label,
    figure: told(amount, chart.unit),
    movement: comparable ? moved(chart, total, amount) : null,
  };
}

function moved(chart: Chart, now: bigint, then: bigint): string | null {
  return chart.unit === "percent" ? points(now, then) : movement(now, then);
}
