/** A chart made of rectangles and words, as geometry: what calendar, grid and tree come to before they are drawn. */
import type { Colour } from "./contract.ts";
import type { Heat } from "./heat.ts";
import type { Reading } from "./reading.ts";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A rectangle that stands for something, can be pointed at, and may lead somewhere. */
export interface Part {
  box: Box;
  /** Its class beside `chart-part`. */
  look: string;
  /** Ties it to rows of the same series. */
  key?: string;
  level?: number;
  colour?: Colour;
  hatched?: boolean;
  href: string | null;
  reading: Reading;
}

export interface Word {
  text: string;
  x: number;
  y: number;
  look: string;
  anchor?: "start" | "middle" | "end";
}

export interface Figure {
  parts: Part[];
  words: Word[];
  /** Which part comes next from one by an arrow key; the same where there is none. */
  next(from: number, key: ArrowKey): number;
  /** The part that the keyboard starts at. */
  first: number;
  /** The scale of colours below, where the chart has one. */
  scale: { heat: Heat; box: Pick<Box, "x" | "y" | "width">; hatched: boolean } | null;
}

export type ArrowKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export const CHARACTER = 6.2;
/** The row at the bottom in which the scale of colours stands. */
export const SCALE_HEIGHT = 26;

/** What stands where there is nothing to draw. */
export function nothing(width: number, height: number): Figure {
  const words: Word[] = [{ text: "Nothing to show", x: width / 2, y: height / 2, look: "chart-nothing", anchor: "middle" }];
  return { parts: [], words, next: (from) => from, first: 0, scale: null };
}

/** The reading of one figure, with a link to where it leads. */
export function readingOf(title: string, figure: string, note: string, href: string | null | undefined): Reading {
  const actions = href ? [{ label: `Open ${title}`, href }] : [];
  return { title, note, figure, lines: [], more: 0, total: null, previous: null, actions };
}
