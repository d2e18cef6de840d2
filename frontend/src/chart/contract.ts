/**
 * What `<spend-chart data-chart>` takes, as JSON; docs/design.md explains it field by field.
 *
 * Values are decimal strings: exact for reading, and turned into numbers only for drawing.
 */
export type ChartDocument = Chart | CalendarChart | GridChart | TreeChart;

export type Unit = "usd" | "count" | "tokens" | "percent";

/** Series over time. */
export interface Chart {
  kind?: "series";
  type: "bars" | "lines" | "areas";
  /** "share": values are parts of each bucket in per cent, and bars and areas fill the plot from 0 to 100. */
  stack?: "amount" | "share";
  /** Values are running sums: they say "so far" at the last, and are not added up over buckets. */
  cumulative?: boolean;
  /** False where series overlap (people who use several models): no total and no shares are said. */
  additive?: boolean;
  unit: Unit;
  buckets: Bucket[];
  series: Series[];
  previous?: Previous | null;
  /** The address of a selection, with `{from}` and `{to}` for the start of its first and the end of its last bucket. */
  zoom?: string | null;
  /** Where a double click leads; left out where nothing is zoomed. */
  reset?: string | null;
  /** The message of the chart in one sentence, for those who do not see it. */
  summary: string;
}

export interface Bucket {
  /** Stable id: the start of the bucket, ISO 8601. */
  start: string;
  /** Its end, ISO 8601, exclusive; needed to zoom. */
  end?: string;
  label: string;
  href?: string | null;
  /** Where the bucket's single events are. */
  events?: string | null;
  /** Not over yet: drawn lighter and called "so far". */
  partial?: boolean;
  /** Not read from the provider: hatched, never drawn as zero. */
  missing?: boolean;
}

export interface Series {
  /** Stable key; rows with `data-series` of the same key are lit together with it. */
  key: string;
  label: string;
  colour: Colour;
  href?: string | null;
  /** Where the legend's entry leads: this series alone. */
  only?: string | null;
  /** Where the legend's entry leads with Ctrl or Cmd: the same chart with this series hidden, or shown again. */
  toggle?: string | null;
  /** In the legend, struck through, and not drawn. */
  hidden?: boolean;
  /** One per bucket; null where there is none. */
  values: (string | null)[];
}

/** The number of a series colour, or "other" for grey. */
export type Colour = number | "other";

/** The sums, over the series that are drawn, of the period compared with, bucket by bucket. */
export interface Previous {
  label: string;
  /** What each bucket compared with is called. */
  labels?: (string | null)[];
  values: (string | null)[];
}

/** A square a day, weeks from Monday, darker where there is more. */
export interface CalendarChart {
  kind: "calendar";
  unit: Unit;
  /** In order of time, without those to come. */
  days: Day[];
  summary: string;
}

export interface Day {
  /** YYYY-MM-DD */
  date: string;
  label: string;
  value: string | null;
  href?: string | null;
  partial?: boolean;
  missing?: boolean;
}

/** Rows by columns, such as weekdays by hours, darker where there is more. */
export interface GridChart {
  kind: "grid";
  unit: Unit;
  columns: string[];
  rows: string[];
  /** By row, then by column; null where nothing is known. */
  cells: (GridCell | null)[][];
  summary: string;
}

export interface GridCell {
  value: string;
  href?: string | null;
}

/** Parts within parts, each as large as its value. */
export interface TreeChart {
  kind: "tree";
  unit: Unit;
  nodes: TreeNode[];
  summary: string;
}

export interface TreeNode {
  /** Rows with `data-series` of the same key are lit together with it. */
  key: string;
  label: string;
  value: string;
  colour: Colour;
  href?: string | null;
  children?: TreeNode[];
}
