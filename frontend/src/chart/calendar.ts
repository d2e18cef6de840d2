/** The geometry of the calendar: a column a week, a row a weekday from Monday, broken into lines where it is narrow. */
import type { CalendarChart, Day } from "./contract.ts";
import { nanos, told } from "./figures.ts";
import { type ArrowKey, type Figure, nothing, type Part, readingOf, SCALE_HEIGHT, type Word } from "./figure.ts";
import { type Heat, heatOf, levelOf } from "./heat.ts";
import { drawn } from "./scale.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LEFT = 32;
const HEAD = 18;
const BETWEEN_LINES = 8;
const MOST_LINES = 4;
const TALLEST_DAY = 26;
const WIDEST_DAY = 76;
/** Few weeks may have days that are wider than high; many look like a calendar only as squares. */
const FEW_WEEKS = 8;
const GAP = 2.5;
const MONTH_WIDTH = 26;
const NUMBER_WIDTH = 34;

interface Grid {
  lines: number;
  weeks: number;
  across: number;
  down: number;
}

type Place = (date: string) => { x: number; y: number; line: number };

/** Days since 1970, which began on a Thursday. */
function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

/** Weeks since the one that held the first day of 1970, from Monday. */
function weekNumber(date: string): number {
  return Math.floor((dayNumber(date) + 3) / 7);
}

/** 0 for Monday. */
export function weekday(date: string): number {
  return (((dayNumber(date) + 3) % 7) + 7) % 7;
}

/** As many lines as make the days largest. */
export function fit(weeks: number, width: number, height: number): Grid {
  const choices = Array.from({ length: MOST_LINES }, (_, index): Grid => {
    const lines = index + 1;
    const perLine = Math.ceil(weeks / lines);
    const across = (width - LEFT) / perLine;
    const down = Math.min(TALLEST_DAY, ((height - SCALE_HEIGHT + BETWEEN_LINES) / lines - HEAD - BETWEEN_LINES) / 7);
    const widest = perLine <= FEW_WEEKS ? WIDEST_DAY : Math.max(down, Math.min(TALLEST_DAY, down * 1.3));
    return { lines, weeks: perLine, across: Math.min(across, widest), down: Math.min(down, Math.max(across, 8)) };
  });
  return choices.reduce((best, each) => (Math.min(each.across, each.down) > Math.min(best.across, best.down) + 0.5 ? each : best));
}

export function calendar(chart: CalendarChart, width: number, height: number): Figure {
  const { days } = chart;
  if (days.length === 0) return nothing(width, height);
  const firstWeek = weekNumber(days[0]?.date ?? "1970-01-01");
  const weeks = weekNumber(days.at(-1)?.date ?? "1970-01-01") - firstWeek + 1;
  const grid = fit(weeks, width, height);
  const heat = heatOf(days.map((day) => drawn(day.value) ?? 0));
  const place: Place = (date) => {
    const week = weekNumber(date) - firstWeek;
    const line = Math.floor(week / grid.weeks);
    return { line, x: LEFT + (week % grid.weeks) * grid.across, y: top(grid, line) + weekday(date) * grid.down };
  };
  const parts = days.map((day) => partOf(chart, day, place(day.date), grid, heat));
  const bottom = top(grid, grid.lines - 1) + 7 * grid.down;
  return {
    parts,
    words: [...weekdayWords(grid), ...monthWords(days, place, grid), ...numbers(days, parts)],
    first: Math.max(0, days.findLastIndex((day) => !day.missing)),
    next: (from, key) => next(days, from, key),
    scale: heat && { heat, box: { x: LEFT, y: bottom + 12, width: width - LEFT }, hatched: days.some((day) => day.missing) },
  };
}

function top(grid: Grid, line: number): number {
  return HEAD + line * (HEAD + BETWEEN_LINES + 7 * grid.down);
}

function partOf(chart: CalendarChart, day: Day, at: { x: number; y: number }, grid: Grid, heat: Heat | null): Part {
  const value = drawn(day.value);
  const known = value !== null && !day.missing;
  const note = day.missing ? "no data yet" : day.partial ? "so far" : "";
  return {
    box: { x: at.x, y: at.y, width: grid.across - GAP, height: grid.down - GAP },
    look: day.partial ? "chart-cell chart-cell-partial" : "chart-cell",
    level: known ? levelOf(value, heat) : 0,
    hatched: !known,
    href: day.href ?? null,
    reading: readingOf(day.label, known ? told(nanos(day.value ?? "0"), chart.unit) : "", note, day.href),
  };
}

function weekdayWords(grid: Grid): Word[] {
  const every = grid.down >= 15 ? 1 : 2;
  return Array.from({ length: grid.lines }, (_, line) =>
    WEEKDAYS.flatMap((text, index): Word[] =>
      index % every === 0 ? [{ text, x: 0, y: top(grid, line) + (index + 0.5) * grid.down - GAP / 2, look: "chart-axis" }] : [],
    ),
  ).flat();
}

/** A month's name above the week that its first day is in; at the start of a line, where there is room before the next. */
function monthWords(days: readonly Day[], place: Place, grid: Grid): Word[] {
  const words: (Word & { line: number })[] = [];
  for (const day of days) {
    const { x, line } = place(day.date);
    const last = words.at(-1);
    const beginsLine = last?.line !== line;
    if (!day.date.endsWith("-01") && !beginsLine) continue;
    if (!beginsLine && x - last.x < MONTH_WIDTH) words.pop();
    words.push({ text: MONTHS[Number(day.date.slice(5, 7)) - 1] ?? "", x, y: top(grid, line) - 8, look: "chart-axis", line });
  }
  return words.map(({ line: _, ...word }) => word);
}

/** The number of the day, where days are large. */
function numbers(days: readonly Day[], parts: readonly Part[]): Word[] {
  return parts.flatMap(({ box, level = 0, hatched }, index): Word[] => {
    if (box.width < NUMBER_WIDTH || box.height < 14) return [];
    const look = hatched ? "chart-number" : `chart-number chart-on-${level}`;
    return [{ text: String(Number(days[index]?.date.slice(8))), x: box.x + 6, y: box.y + box.height / 2, look }];
  });
}

function next(days: readonly Day[], from: number, key: ArrowKey): number {
  const by = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 }[key];
  const wanted = dayNumber(days[from]?.date ?? "") + by;
  const found = days.findIndex((day) => dayNumber(day.date) === wanted);
  return found < 0 ? from : found;
}
