/** How dark a value is: equal steps from nothing to a round figure, which a few far larger values may exceed. */

export const LEVELS = 6;

export interface Heat {
  /** Where the darkest step ends. */
  high: number;
  /** Whether some values lie above. */
  exceeded: boolean;
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** How far above nearly all others the largest may lie before it would leave them all pale. */
const OUTLYING = 2;
const NEARLY_ALL = 0.95;

/** The scale of some values; none of none, or of nothing but zeros. */
export function heatOf(values: readonly number[]): Heat | null {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const largest = sorted.at(-1);
  if (largest === undefined) return null;
  const usual = sorted[Math.ceil(sorted.length * NEARLY_ALL) - 1] ?? largest;
  const high = roundUp(largest > OUTLYING * usual ? usual : largest);
  return { high, exceeded: largest > high };
}

/** 0 for nothing, then 1 to `LEVELS`. */
export function levelOf(value: number, heat: Heat | null): number {
  if (value <= 0 || !heat) return 0;
  return Math.max(1, Math.min(LEVELS, Math.ceil((value / heat.high) * LEVELS - 1e-9)));
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = ROUND.find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(3));
}
