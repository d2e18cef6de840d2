import type { Chart, Series } from "../src/chart/contract.ts";

/** A chart with the given values by series key; buckets are named by their number. */
export function chartOf(values: Record<string, (string | null)[]>, changes: Partial<Chart> = {}): Chart {
  const series: Series[] = Object.entries(values).map(([key, each], index) => ({
    key,
    label: key.toUpperCase(),
    colour: index % 8,
    href: `/explore?f=is,model,${key}`,
    values: each,
  }));
  const count = series[0]?.values.length ?? 0;
  const buckets = Array.from({ length: count }, (_, index) => ({ start: String(index), label: `Day ${index + 1}`, href: `/day/${index}` }));
  return { type: "bars", unit: "usd", buckets, series, previous: null, summary: "", ...changes };
}
