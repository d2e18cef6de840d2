/** Geometry without a browser: the steps of the axis, where buckets stand, and what lies under a point. */
import type { Chart, Series, Unit } from "./contract.ts";

export const WIDEST_BAR = 44;
/** More bars than this have no room for gaps between them. */
const MOST_SEPARATE = 120;

export interface Steps {
  low: number;
  high: number;
  step: number;
}

/** Round steps (1, 2, 2.5 or 5 times a power of ten) from zero, or the lowest value, to just above the highest. */
export function steps(lowest: number, highest: number, unit: Unit, wanted = 4): Steps {
  if (highest <= 0 && lowest >= 0) return { low: 0, high: 1, step: whole(unit) ? 1 : 0.5 };
  const span = Math.max(highest, 0) - Math.min(lowest, 0);
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  const step = whole(unit) ? Math.max(1, Math.ceil(factor * power)) : factor * power;
  return {
    low: Math.floor(Math.min(lowest, 0) / step) * step,
    high: Math.max(step, Math.ceil((Math.max(highest, 0) / step) * 0.9999) * step),
    step,
  };
}

function whole(unit: Unit): boolean {
  return unit === "count" || unit === "tokens";
}

/** The steps of a chart's axis; shares that fill the plot go from nothing to all. */
export function axisOf(chart: Chart): Steps {
  if (chart.stack === "share" && stacked(chart)) return { low: 0, high: 100, step: 25 };
  return steps(...extent(chart), chart.unit);
}

/** Lowest and highest point that is drawn: of the stack where series are stacked, the period before included. */
export function extent(chart: Chart): [number, number] {
  let lowest = 0;
  let highest = 0;
  chart.buckets.forEach((_, index) => {
    const values = chart.series.map((series) => drawn(series.values[index]) ?? 0);
    const ups = values.filter((value) => value > 0);
    const downs = values.filter((value) => value < 0);
    const before = drawn(chart.previous?.values[index]) ?? 0;
    lowest = Math.min(lowest, before, stacked(chart) ? total(downs) : Math.min(0, ...downs));
    highest = Math.max(highest, before, stacked(chart) ? total(ups) : Math.max(0, ...ups));
  });
  return [lowest, highest];
}

/** Where the stack of a bucket ends. */
export function topOf(chart: Chart, index: number): number {
  return chart.series.reduce((sum, series) => sum + Math.max(0, drawn(series.values[index]) ?? 0), 0);
}

export function stacked(chart: Chart): boolean {
  return chart.type !== "lines";
}

/** A value as a number to draw with; sums and readings never use it. */
export function drawn(value: string | null | undefined): number | null {
  return value == null ? null : Number(value);
}

/** Bars stand in bands; lines and areas run from edge to edge, when there is more than one bucket to run between. */
export function inBands(chart: Chart): boolean {
  return chart.type === "bars" || chart.buckets.length === 1;
}

/** How much of its band a bar fills. */
export function barWidth(chart: Chart, band: number): number {
  return Math.min(WIDEST_BAR, band * (1 - barGap(chart)));
}

/** The part of a band that stays empty beside the bar; less where bars are many. */
export function barGap(chart: Chart): number {
  if (chart.buckets.length > MOST_SEPARATE) return 0;
  return crowded(chart) ? 0.18 : 0.32;
}

export function crowded(chart: Chart): boolean {
  return chart.buckets.length > 40;
}

/** The line around the parts of a bar, which sets them apart without weight. */
export function barBorder(chart: Chart): number {
  if (chart.buckets.length > MOST_SEPARATE) return 0;
  return crowded(chart) ? 0.5 : 1;
}

export interface Band {
  start: number;
  centre: number;
  width: number;
}

/** Where a bucket stands between 0 and `width`. */
export function bandOf(chart: Chart, index: number, width: number): Band {
  const count = chart.buckets.length;
  if (inBands(chart)) {
    const band = width / count;
    return { start: index * band, centre: (index + 0.5) * band, width: band };
  }
  const gap = width / (count - 1);
  const start = Math.max(0, (index - 0.5) * gap);
  return { start, centre: index * gap, width: Math.min(width, (index + 0.5) * gap) - start };
}

/** The bucket at a distance from the left edge of the plot. */
export function bucketAt(chart: Chart, x: number, width: number): number {
  const count = chart.buckets.length;
  const at = inBands(chart) ? Math.floor((x / width) * count) : Math.round((x / width) * (count - 1));
  return Math.min(count - 1, Math.max(0, at));
}

/**
 * The series at a value of a bucket: the part of the stack that holds it, or the nearest line within `reach`.
 * Null above the stack, below zero, and away from every line.
 */
export function seriesAt(chart: Chart, index: number, value: number, reach: number): Series | null {
  return stacked(chart) ? partAt(chart, index, value) : nearestLine(chart, index, value, reach);
}

function partAt(chart: Chart, index: number, value: number): Series | null {
  let top = 0;
  for (const series of chart.series) {
    const size = drawn(series.values[index]) ?? 0;
    if (size <= 0) continue;
    if (value >= top && value < top + size) return series;
    top += size;
  }
  return null;
}

function nearestLine(chart: Chart, index: number, value: number, reach: number): Series | null {
  let best: Series | null = null;
  let distance = reach;
  for (const series of chart.series) {
    const at = drawn(series.values[index]);
    if (at === null || Math.abs(at - value) > distance) continue;
    best = series;
    distance = Math.abs(at - value);
  }
  return best;
}

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
