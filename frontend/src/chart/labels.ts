/** Names at the ends of lines and areas, where there is room for them: nobody has to look up a colour. */
import type { Chart, Colour } from "./contract.ts";
import { short } from "./figures.ts";
import { drawn, inBands, stacked } from "./scale.ts";

export interface EndLabel {
  /** The series' key; null for the period before. */
  key: string | null;
  text: string;
  colour: Colour | "previous";
  y: number;
  /** Where the line or part that is named ends. */
  end: number;
}

const NARROWEST_PLOT = 300;
const MOST_LABELS = 10;
const LINE_HEIGHT = 14;
const CHARACTER = 6.3;
const WIDEST = 132;
/** Between the plot and the text, with the stroke that ties the two. */
export const LABEL_START = 16;

/** The pixels on the right of the plot that the labels need; none where they do not fit. */
export function labelRoom(chart: Chart, width: number): number {
  const texts = inBands(chart) ? [] : named(chart).map(({ text }) => text.length * CHARACTER);
  if (texts.length === 0 || texts.length > MOST_LABELS) return 0;
  const room = Math.min(WIDEST, Math.ceil(Math.max(...texts))) + LABEL_START + 2;
  return width - room < NARROWEST_PLOT ? 0 : room;
}

/**
 * Labels at the heights where their lines end, moved apart so that none lies on another.
 *
 * @param heightAt gives the height of a value in pixels from the top
 */
export function endLabels(chart: Chart, heightAt: (value: number) => number, top: number, bottom: number): EndLabel[] {
  const found = stacked(chart) ? inParts(chart, heightAt) : named(chart).map(({ value, ...label }) => at(label, heightAt(value)));
  return apart(found, top, bottom).map((label) => ({ ...label, text: shortened(label.text) }));
}

interface Named extends Omit<EndLabel, "y" | "end"> {
  value: number;
}

function at(label: Omit<EndLabel, "y" | "end">, height: number): EndLabel {
  return { key: label.key, text: label.text, colour: label.colour, y: height, end: height };
}

/** The bucket whose heights the names take: a day that has just begun lies too low for all of them. */
function lastWhole(chart: Chart): number {
  const known = (index: number): boolean => chart.series.some((series) => series.values[index] != null);
  const last = chart.buckets.findLastIndex((_, index) => known(index));
  if (chart.cumulative || !chart.buckets[last]?.partial) return last;
  const whole = chart.buckets.findLastIndex((bucket, index) => !bucket.partial && known(index));
  return whole < 0 ? last : whole;
}

function named(chart: Chart): Named[] {
  const alone = chart.series.length === 1;
  const last = lastWhole(chart);
  const found: Named[] = chart.series.flatMap((series) => {
    const value = drawn(series.values.slice(0, last + 1).findLast((each) => each !== null));
    if (value === null) return [];
    const text = alone && chart.cumulative ? `${short(rounded(value), chart.unit)} so far` : series.label;
    return alone && !chart.cumulative && !chart.previous ? [] : [{ key: series.key, text, colour: series.colour, value }];
  });
  const before = drawn(chart.previous?.values.slice(0, last + 1).findLast((each) => each !== null));
  if (chart.previous && before !== null) found.push({ key: null, text: chart.previous.label, colour: "previous", value: before });
  return found;
}

/** In a stack the name stands in the middle of its part, if the part is high enough at its end. */
function inParts(chart: Chart, heightAt: (value: number) => number): EndLabel[] {
  const last = lastWhole(chart);
  const labels = named(chart);
  let top = 0;
  const found: EndLabel[] = [];
  for (const series of chart.series) {
    const size = Math.max(0, drawn(series.values[last]) ?? 0);
    const height = heightAt(top) - heightAt(top + size);
    const label = labels.find(({ key }) => key === series.key);
    if (label && height >= LINE_HEIGHT - 2) found.push(at(label, heightAt(top + size / 2)));
    top += size;
  }
  return found;
}

/** Pushes labels down until none overlaps, then up again from the bottom; gives up where there are too many. */
function apart(labels: EndLabel[], top: number, bottom: number): EndLabel[] {
  if (labels.length * LINE_HEIGHT > bottom - top + LINE_HEIGHT) return [];
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let above = top - LINE_HEIGHT;
  const down = sorted.map((label) => ({ ...label, y: (above = Math.max(label.y, above + LINE_HEIGHT)) }));
  let below = bottom + LINE_HEIGHT;
  return down.reverse().map((label) => ({ ...label, y: (below = Math.min(label.y, below - LINE_HEIGHT)) })).reverse();
}

function shortened(text: string): string {
  const most = Math.floor(WIDEST / CHARACTER);
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
