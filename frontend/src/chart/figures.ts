/** Decimal strings: exact sums and shares of them, and how they are written. */
import type { Unit } from "./contract.ts";

const PLACES = 9;
const ONE = 10n ** BigInt(PLACES);

/** A decimal string as a whole number of billionths (nano-USD for money), so that sums stay exact. */
export function nanos(value: string): bigint {
  const [, sign, whole, fraction = ""] = value.match(/^([-+]?)(\d+)(?:\.(\d+))?$/) ?? [];
  if (whole === undefined) throw new RangeError(`Not a decimal number: ${value}`);
  const size = BigInt(whole) * ONE + BigInt(fraction.slice(0, PLACES).padEnd(PLACES, "0"));
  return sign === "-" ? -size : size;
}

/** The exact sum of those values that are there; null when none is. */
export function sum(values: readonly (string | null | undefined)[]): bigint | null {
  const known = values.filter((value) => value != null);
  return known.length ? known.reduce((total, value) => total + nanos(value), 0n) : null;
}

/** Billionths back as a decimal string, without needless zeros after `places` decimals. */
export function decimal(amount: bigint, places: number): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % ONE).toString().padStart(PLACES, "0");
  const kept = fraction.replace(/0+$/, "").padEnd(places, "0");
  return `${amount < 0n ? "-" : ""}${size / ONE}${kept ? `.${kept}` : ""}`;
}

/**
 * A figure as pages write it: money to the cent, and exactly where it is less than one (`usd_display` in Python); parts of
 * a whole with one decimal; counts with every digit.
 */
export function told(amount: bigint, unit: Unit): string {
  const size = amount < 0n ? -amount : amount;
  const digits = unit === "usd" ? cents(size) : unit === "percent" ? rounded(size, 1) : decimal(size, 0);
  const [whole = "", fraction] = digits.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "−" : ""}${signed(fraction ? `${grouped}.${fraction}` : grouped, unit)}`;
}

/** The same for a sum, which says its unit in a word where the sign does not. */
export function toldSum(amount: bigint, unit: Unit): string {
  return unit === "tokens" ? `${told(amount, unit)} tokens` : told(amount, unit);
}

function cents(size: bigint): string {
  return size !== 0n && size < ONE / 100n ? decimal(size, 2) : rounded(size, 2);
}

/** Half away from zero, with just so many decimals. */
function rounded(size: bigint, places: number): string {
  const step = ONE / 10n ** BigInt(places);
  return decimal(((size + step / 2n) / step) * step, places);
}

/** Few digits for an axis: "$12k", "1.9B". */
export function short(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const [divisor, suffix] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  const scaled = size / divisor;
  const places = suffix === "" && unit === "usd" && !Number.isInteger(scaled) ? 2 : 1;
  const digits = scaled.toFixed(Number.isInteger(scaled) ? 0 : Math.max(places, decimalsOf(scaled)));
  return `${value < 0 ? "−" : ""}${signed(digits + suffix, unit)}`;
}

/** Part of a whole in per cent with one decimal; null where the whole is nothing. */
export function percent(part: bigint, whole: bigint): string | null {
  return whole === 0n ? null : `${oneDecimal((part * 100_000n) / whole)}%`;
}

/** By how much a figure moved in per cent, with its sign; null where there was nothing before. */
export function movement(now: bigint, before: bigint): string | null {
  if (before <= 0n) return null;
  const thousandths = ((now - before) * 100_000n) / before;
  const figure = oneDecimal(thousandths < 0n ? -thousandths : thousandths);
  return `${thousandths < 0n ? "−" : "+"}${figure}%`;
}

/** By how many percentage points a figure in per cent moved, with its sign. */
export function points(now: bigint, before: bigint): string {
  const moved = ((now - before) * 1000n) / ONE;
  const figure = oneDecimal(moved < 0n ? -moved : moved);
  return `${moved < 0n ? "−" : "+"}${figure} points`;
}

function signed(digits: string, unit: Unit): string {
  if (unit === "usd") return `$${digits}`;
  return unit === "percent" ? `${digits}%` : digits;
}

function oneDecimal(thousandths: bigint): string {
  const value = Math.round(Number(thousandths) / 100) / 10;
  return value.toLocaleString("en-US", { minimumFractionDigits: 1 });
}

/** How many of the two decimals that an axis step may have are in use. */
function decimalsOf(value: number): number {
  return Number.isInteger(Math.round(value * 100) / 10) ? 1 : 2;
}
