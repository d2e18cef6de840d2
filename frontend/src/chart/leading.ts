/** Where a click on the chart leads: a column to its day, a line or an area to its series, and with Shift always to the series. */
import type { Chart, Series } from "./contract.ts";

/** A bucket, and a series of it where one is meant. */
export interface Spot {
  index: number;
  series: Series | null;
}

/** The address, or null where a click does nothing; where one of the two ways is missing, the other is taken. */
export function leadsTo(chart: Chart, spot: Spot | null, shift: boolean): string | null {
  if (!spot) return null;
  const ways = [spot.series?.href, chart.buckets[spot.index]?.href];
  if (chart.type === "bars" && !shift) ways.reverse();
  return ways.find((href) => href) ?? null;
}

/** The ways in words, for those who hover with a mouse; empty where there is nothing to choose. */
export function hintOf(chart: Chart, { index, series }: Spot): string | undefined {
  const bucket = chart.buckets[index];
  if (!bucket?.href || !series?.href) return undefined;
  return chart.type === "bars" ? `Click opens ${bucket.label}; with Shift, only ${series.label}` : `Click shows only ${series.label}`;
}
