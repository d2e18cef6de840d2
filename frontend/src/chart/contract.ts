/**
 * What `<spend-chart data-chart>` takes, as JSON; docs/design.md explains it field by field.
 *
 * Values are decimal strings: exact for reading, and turned into numbers only for drawing.
 */
export interface Chart {
  type: "bars" | "lines" | "areas";
  unit: Unit;
  buckets: Bucket[];
  series: Series[];
  previous?: Previous | null;
  /** The message of the chart in one sentence, for those who do not see it. */
  summary: string;
}

export type Unit = "usd" | "count" | "tokens";

export interface Bucket {
  /** Stable id: the start of the bucket, ISO 8601. */
  start: string;
  label: string;
  href?: string | null;
  /** Not over yet: drawn lighter and called "so far". */
  partial?: boolean;
  /** Not read from the provider: hatched, never drawn as zero. */
  missing?: boolean;
}

export interface Series {
  /** Stable key; rows with `data-series` of the same key are lit together with it. */
  key: string;
  label: string;
  /** The number of a series colour, or "other" for grey. */
  colour: number | "other";
  href?: string | null;
  /** One per bucket; null where there is none. */
  values: (string | null)[];
}

/** The sums of the period compared with, bucket by bucket. */
export interface Previous {
  label: string;
  values: (string | null)[];
}
