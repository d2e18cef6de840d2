/** A run of neighbouring buckets that someone chooses to look at more closely. */
import type { Chart } from "./contract.ts";

/** Where the selection began, and where it is being drawn to. */
export interface Selection {
  anchor: number;
  focus: number;
}

/** Fewer buckets are no zoom: one bucket has a link of its own. */
export const FEWEST = 2;

/** Whether buckets can be selected at all: there is somewhere to go, and each bucket says where it ends. */
export function selectable(chart: Chart): boolean {
  return Boolean(chart.zoom) && chart.buckets.length >= FEWEST && chart.buckets.every((bucket) => bucket.end);
}

/** First and last bucket, whichever way the selection was drawn. */
export function bounds({ anchor, focus }: Selection): [number, number] {
  return [Math.min(anchor, focus), Math.max(anchor, focus)];
}

/** The selection drawn further by some buckets, at most to the ends of the chart. */
export function extended(selection: Selection, by: number, chart: Chart): Selection {
  return { ...selection, focus: Math.max(0, Math.min(chart.buckets.length - 1, selection.focus + by)) };
}

/** Where the selection leads; null while it is too short. */
export function zoomAddress(chart: Chart, selection: Selection): string | null {
  const [first, last] = bounds(selection);
  const from = chart.buckets[first]?.start;
  const to = chart.buckets[last]?.end;
  if (!chart.zoom || !from || !to || last - first + 1 < FEWEST) return null;
  return chart.zoom.replaceAll("{from}", encodeURIComponent(from)).replaceAll("{to}", encodeURIComponent(to));
}
