/** A chart as an ECharts option. Pointer, tooltip and hatching are ours: ECharts draws axes and marks, and nothing moves. */
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { ECBasicOption } from "echarts/types/dist/shared";
import type { Chart, Series } from "./contract.ts";
import { short } from "./figures.ts";
import { colourOf, type Palette } from "./palette.ts";
import { axisOf, barBorder, barGap, crowded, drawn, inBands, stacked, type Steps, WIDEST_BAR } from "./scale.ts";

export interface Margins {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Plan {
  option: ECBasicOption;
  margins: Margins;
  axis: Steps;
}

const LABEL_SIZE = 11;
const LABEL_CHARACTER = 6.4;
const NARROWEST_MARGIN = 4;

/** Of a chart `width` pixels wide; `room` is what the names at the ends of lines need on the right. */
export function plan(chart: Chart, palette: Palette, width: number, room: number): Plan {
  const axis = axisOf(chart);
  const labels: string[] = [];
  for (let value = axis.low; value <= axis.high + axis.step / 2; value += axis.step) labels.push(short(value, chart.unit));
  const left = Math.ceil(Math.max(...labels.map((label) => label.length)) * LABEL_CHARACTER) + 12;
  const margins = { left, right: rightMargin(chart, width - left, room), top: 18, bottom: 24 };
  return { margins, axis, option: optionOf(chart, palette, axis, margins) };
}

function optionOf(chart: Chart, palette: Palette, axis: Steps, margins: Margins): ECBasicOption {
  const label = { color: palette.label, fontFamily: palette.font, fontSize: LABEL_SIZE };
  return {
    animation: false,
    stateAnimation: { duration: 0 },
    grid: { ...margins, outerBoundsMode: "none" },
    xAxis: {
      type: "category",
      boundaryGap: inBands(chart),
      data: chart.buckets.map((bucket) => bucket.label),
      axisLine: { lineStyle: { color: palette.axis } },
      axisTick: { show: false },
      axisLabel: { ...label, hideOverlap: true, margin: 9, alignMinLabel: banded(chart) ? undefined : "left", alignMaxLabel: banded(chart) ? undefined : "right" },
    },
    yAxis: {
      type: "value",
      min: axis.low,
      max: axis.high,
      interval: axis.step,
      axisLabel: { ...label, margin: 8, formatter: (value: number) => short(value, chart.unit) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [...chart.series.map((series, index) => mark(chart, series, index, palette)), ...previous(chart, palette)],
  };
}

/** Whether labels stand in the middle of their bands; else those at the edges are aligned with them, to stay inside. */
function banded(chart: Chart): boolean {
  return inBands(chart) && !crowded(chart);
}

/** The pixels kept free on the right of `space`: for the names of lines, or so that the last label can stand in the middle of its band. */
export function rightMargin(chart: Chart, space: number, room: number): number {
  if (!inBands(chart)) return Math.max(12, room);
  const over = banded(chart) ? (edgeLabel(chart) - space / chart.buckets.length) / 2 : 0;
  return NARROWEST_MARGIN + Math.max(Math.ceil(over), 0);
}

/** The pixels that the last label takes. */
function edgeLabel(chart: Chart): number {
  return (chart.buckets.at(-1)?.label.length ?? 0) * LABEL_CHARACTER;
}

function mark(chart: Chart, series: Series, index: number, palette: Palette): BarSeriesOption | LineSeriesOption {
  return chart.type === "bars" ? bar(chart, series, index, palette) : line(chart, series, palette);
}

function bar(chart: Chart, series: Series, index: number, palette: Palette): BarSeriesOption {
  return {
    ...common(series),
    type: "bar",
    stack: "all",
    barMaxWidth: WIDEST_BAR,
    barCategoryGap: `${barGap(chart) * 100}%`,
    itemStyle: { color: colourOf(series.colour, palette), borderColor: palette.panel },
    emphasis: { focus: "series", itemStyle: { color: "inherit" } },
    blur: { itemStyle: { opacity: 0.22 } },
    data: series.values.map((value, bucket) => ({
      value: drawn(value),
      itemStyle: {
        opacity: chart.buckets[bucket]?.partial ? 0.72 : 1,
        borderWidth: drawn(value) ? barBorder(chart) : 0,
        borderRadius: lastOf(chart, bucket) === index ? [3, 3, 0, 0] : 0,
      },
    })),
  };
}

function line(chart: Chart, series: Series, palette: Palette): LineSeriesOption {
  const colour = colourOf(series.colour, palette);
  const areas = stacked(chart);
  return {
    ...common(series),
    type: "line",
    ...(areas ? { stack: "all", areaStyle: { color: colour, opacity: 0.9 } } : {}),
    lineStyle: { color: areas ? palette.panel : colour, width: areas ? 1 : 2, join: "round" },
    itemStyle: { color: colour },
    emphasis: { focus: "series", lineStyle: { width: areas ? 1 : 2 } },
    blur: { lineStyle: { opacity: 0.2 }, areaStyle: { opacity: 0.18 }, itemStyle: { opacity: 0.2 } },
    symbol: "none",
    data: series.values.map((value, bucket) => ({
      value: isDashed(chart, bucket) ? null : drawn(value),
      symbol: standsAlone(series, bucket) ? "circle" : "none",
      symbolSize: 6,
    })),
  };
}

function common(series: Series): { id: string; name: string; silent: boolean } {
  return { id: series.key, name: series.label, silent: true };
}

/** Steps behind bars, a dashed line with lines: the shape of the period before, without weight. */
function previous(chart: Chart, palette: Palette): LineSeriesOption[] {
  if (!chart.previous) return [];
  return [
    {
      id: "\u0000previous",
      type: "line",
      silent: true,
      symbol: "none",
      step: chart.type === "bars" ? "middle" : false,
      lineStyle: { color: palette.previous, width: 1.25, type: [3, 3] },
      blur: { lineStyle: { opacity: 0.4 } },
      data: chart.previous.values.map((value) => drawn(value)),
    },
  ];
}

/** Lines to and from an unfinished bucket are dashed, which ECharts cannot do for a part of a line: the overlay draws them. */
function isDashed(chart: Chart, bucket: number): boolean {
  return !stacked(chart) && chart.buckets[bucket]?.partial === true;
}

/** The number of the series that ends the stack of a bucket, whose corners are round. */
function lastOf(chart: Chart, bucket: number): number {
  return chart.series.findLastIndex((series) => (drawn(series.values[bucket]) ?? 0) > 0);
}

/** A point between two gaps has no line to be seen by. */
function standsAlone(series: Series, bucket: number): boolean {
  return series.values[bucket] !== null && series.values[bucket - 1] == null && series.values[bucket + 1] == null;
}
