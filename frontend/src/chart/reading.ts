/** What the chart says about one bucket: the text of the tooltip, and of what is read out. */
import type { Chart, Series } from "./contract.ts";
import { exact, exactSum, movement, nanos, percent, sum } from "./figures.ts";

/** More lines than this nobody reads; the table has them all. */
export const MOST_LINES = 12;

export interface Reading {
  title: string;
  note: string;
  lines: Line[];
  /** How many series the lines leave out. */
  more: number;
  total: string | null;
  previous: { label: string; figure: string; movement: string | null } | null;
}

export interface Line {
  key: string;
  label: string;
  colour: Series["colour"];
  figure: string;
  share: string | null;
  lit: boolean;
}

/** The reading of a bucket, largest series first; a lit series beyond the last line takes the place of the last. */
export function read(chart: Chart, index: number, lit: string | null): Reading {
  const bucket = chart.buckets[index];
  const total = sum(chart.series.map((series) => series.values[index]));
  const present = ranked(chart, index);
  const shown = present.slice(0, MOST_LINES);
  const left = present.find((series) => series.key === lit);
  if (left && !shown.includes(left)) shown[MOST_LINES - 1] = left;
  return {
    title: bucket?.label ?? "",
    note: bucket?.missing ? "no data yet" : bucket?.partial ? "so far" : "",
    lines: shown.map((series) => {
      const value = series.values[index] ?? "0";
      return {
        key: series.key,
        label: series.label,
        colour: series.colour,
        figure: exact(value, chart.unit),
        share: total === null || present.length < 2 ? null : percent(nanos(value), total),
        lit: series.key === lit,
      };
    }),
    more: present.length - shown.length,
    total: total === null ? null : exactSum(total, chart.unit),
    previous: before(chart, index, total),
  };
}

/** The series that have a value in a bucket and are not nothing, largest first; equals keep the chart's order. */
export function ranked(chart: Chart, index: number): Series[] {
  const sized = chart.series
    .map((series) => ({ series, size: sum([series.values[index]]) }))
    .filter(({ size }) => size !== null && (size !== 0n || chart.series.length === 1));
  sized.sort((a, b) => (a.size === b.size ? 0 : (a.size ?? 0n) < (b.size ?? 0n) ? 1 : -1));
  return sized.map(({ series }) => series);
}

/** The reading as a sentence for the live region. */
export function say(reading: Reading): string {
  const head = reading.note ? `${reading.title}, ${reading.note}` : reading.title;
  const line = reading.lines.find(({ lit }) => lit);
  if (line) return `${head}: ${line.label} ${line.figure}${line.share ? `, ${line.share} of ${reading.total}` : ""}`;
  if (reading.total === null) return head;
  const first = reading.lines[0];
  const leader = first && reading.lines.length > 1 ? `; most: ${first.label} ${first.figure}` : "";
  return `${head}: ${reading.total}${leader}`;
}

function before(chart: Chart, index: number, total: bigint | null): Reading["previous"] {
  const value = chart.previous?.values[index];
  if (!chart.previous || value == null) return null;
  const comparable = total !== null && !chart.buckets[index]?.partial;
  return {
    label: chart.previous.label,
    figure: exact(value, chart.unit),
    movement: comparable ? movement(total, nanos(value)) : null,
  };
}
