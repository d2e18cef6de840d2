/** ECharts behind a handful of words, so that it could be changed without touching the rest. */
import { BarChart, LineChart } from "echarts/charts";
import { GridSimpleComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import type { Chart } from "./contract.ts";
import { labelRoom } from "./labels.ts";
import { plan, rightMargin, type Margins } from "./option.ts";
import type { Palette } from "./palette.ts";
import { type Band, bandOf, bucketAt, type Steps } from "./scale.ts";

use([BarChart, LineChart, GridSimpleComponent, SVGRenderer, CanvasRenderer]);

/** Beyond this many marks a canvas is faster than as many elements. */
const MOST_ELEMENTS = 2000;

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Drawing {
  readonly #host: HTMLElement;
  #engine: ECharts | null = null;
  #renderer: "svg" | "canvas" = "svg";
  #chart: Chart | null = null;
  #palette: Palette | null = null;
  #margins: Margins = { left: 0, right: 0, top: 0, bottom: 0 };
  #axis: Steps = { low: 0, high: 1, step: 1 };

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  show(chart: Chart, palette: Palette): void {
    const { clientWidth } = this.#host;
    const { option, margins, axis } = plan(chart, palette, clientWidth, labelRoom(chart, clientWidth));
    this.#chart = chart;
    this.#palette = palette;
    this.#margins = margins;
    this.#axis = axis;
    this.#engineFor(chart).setOption(option, { notMerge: true });
  }

  /** Draws anew only what has another size than before: the engine would draw all of it again either way. */
  resize(): void {
    const { clientWidth, clientHeight } = this.#host;
    if (this.#engine && (this.#engine.getWidth() !== clientWidth || this.#engine.getHeight() !== clientHeight)) this.#engine.resize();
    if (!this.#chart || !this.#palette || this.#fits(this.#chart, clientWidth)) return;
    this.show(this.#chart, this.#palette);
  }

  /** Whether there is as much room for labels as this width wants. */
  #fits(chart: Chart, width: number): boolean {
    return rightMargin(chart, width - this.#margins.left, labelRoom(chart, width)) === this.#margins.right;
  }

  dispose(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  /** Lets one series stand out and dims the others; null lights all. */
  light(key: string | null): void {
    this.#engine?.dispatchAction({ type: "downplay" });
    if (key !== null) this.#engine?.dispatchAction({ type: "highlight", seriesId: key });
  }

  get area(): Area {
    const { left, right, top, bottom } = this.#margins;
    return {
      left,
      top,
      width: Math.max(1, this.#host.clientWidth - left - right),
      height: Math.max(1, this.#host.clientHeight - top - bottom),
    };
  }

  band(index: number): Band {
    const { left, width } = this.area;
    const band = this.#chart ? bandOf(this.#chart, index, width) : { start: 0, centre: 0, width: 0 };
    return { ...band, start: band.start + left, centre: band.centre + left };
  }

  bucketAt(x: number): number {
    const { left, width } = this.area;
    return this.#chart ? bucketAt(this.#chart, x - left, width) : 0;
  }

  valueAt(y: number): number {
    const { top, height } = this.area;
    return this.#axis.high - ((y - top) / height) * (this.#axis.high - this.#axis.low);
  }

  heightAt(value: number): number {
    const { top, height } = this.area;
    return top + ((this.#axis.high - value) / (this.#axis.high - this.#axis.low)) * height;
  }

  #engineFor(chart: Chart): ECharts {
    const renderer = chart.buckets.length * chart.series.length > MOST_ELEMENTS ? "canvas" : "svg";
    if (this.#engine && renderer !== this.#renderer) this.dispose();
    this.#renderer = renderer;
    this.#engine ??= init(this.#host, null, { renderer });
    return this.#engine;
  }
}
