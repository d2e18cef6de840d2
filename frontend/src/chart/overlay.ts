/** What lies over the marks and is ours: crosshair, hatching of what is missing or unfinished, and the words for both. */
import type { Chart } from "./contract.ts";
import type { Area, Drawing } from "./drawing.ts";
import { barWidth, drawn, inBands, stacked } from "./scale.ts";

const SVG = "http://www.w3.org/2000/svg";
const NO_DATA_WIDTH = 64;
const SO_FAR_WIDTH = 40;
let overlays = 0;

export class Overlay {
  readonly element = make("svg", { class: "chart-overlay", "aria-hidden": "true" });
  readonly #hatch = `chart-hatch-${++overlays}`;
  readonly #ground = make("g", {});
  readonly #pointer = make("g", {});

  constructor() {
    const pattern = make("pattern", { id: this.#hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(make("rect", { class: "chart-hatch", width: 2.5, height: 6 }));
    const definitions = make("defs", {});
    definitions.append(pattern);
    this.element.append(definitions, this.#ground, this.#pointer);
  }

  /** Draws what belongs to the data; to be called after the drawing has been shown or resized. */
  mark(chart: Chart, drawing: Drawing): void {
    this.#ground.replaceChildren();
    for (const [first, last] of missingRuns(chart)) this.#missing(drawing, first, last);
    chart.buckets.forEach((bucket, index) => {
      if (bucket.partial && !bucket.missing) this.#partial(chart, drawing, index);
    });
  }

  /** Points at a bucket; null takes the crosshair away. */
  point(chart: Chart, drawing: Drawing, index: number | null): void {
    this.#pointer.replaceChildren();
    if (index === null) return;
    const { top, height } = drawing.area;
    const { start, centre, width } = drawing.band(index);
    if (inBands(chart)) {
      this.#pointer.append(make("rect", { class: "chart-band", x: start, y: top, width, height, rx: 4 }));
      return;
    }
    this.#pointer.append(make("line", { class: "chart-crosshair", x1: centre, x2: centre, y1: top, y2: top + height }));
    if (stacked(chart)) return;
    for (const series of chart.series) {
      const value = drawn(series.values[index]);
      if (value === null) continue;
      this.#pointer.append(make("circle", { class: "chart-dot", "data-colour": series.colour, cx: centre, cy: drawing.heightAt(value), r: 3.5 }));
    }
  }

  #missing(drawing: Drawing, first: number, last: number): void {
    const { top, height } = drawing.area;
    const start = drawing.band(first).start;
    const end = drawing.band(last);
    const width = end.start + end.width - start;
    this.#ground.append(make("rect", { class: "chart-missing", x: start, y: top, width, height, fill: `url(#${this.#hatch})` }));
    if (width > NO_DATA_WIDTH) this.#words("no data yet", start + width / 2, top + height / 2, "middle");
  }

  #partial(chart: Chart, drawing: Drawing, index: number): void {
    const { area } = drawing;
    const { top, start, width } = inBands(chart) ? barOf(chart, drawing, index) : lastStep(drawing, index, area);
    const height = area.top + area.height - top;
    this.#ground.append(make("rect", { class: "chart-partial", x: start, y: top, width, height, fill: `url(#${this.#hatch})` }));
    const right = area.left + area.width;
    const atEnd = start + width / 2 > right - SO_FAR_WIDTH / 2;
    const narrow = drawing.band(index).width < SO_FAR_WIDTH;
    this.#words("so far", atEnd ? right : start + width / 2, (narrow ? area.top : top) - 6, atEnd ? "end" : "middle");
  }

  #words(text: string, x: number, y: number, anchor: "middle" | "end"): void {
    const words = make("text", { class: "chart-words", x, y, "text-anchor": anchor });
    words.textContent = text;
    this.#ground.append(words);
  }
}

/** Neighbouring buckets without data, as pairs of first and last. */
export function missingRuns(chart: Chart): [number, number][] {
  const runs: [number, number][] = [];
  chart.buckets.forEach((bucket, index) => {
    const last = runs.at(-1);
    if (!bucket.missing) return;
    if (last && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  });
  return runs;
}

function barOf(chart: Chart, drawing: Drawing, index: number): { top: number; start: number; width: number } {
  const height = chart.series.reduce((sum, series) => sum + Math.max(0, drawn(series.values[index]) ?? 0), 0);
  const band = drawing.band(index);
  const width = barWidth(chart, band.width);
  return { top: drawing.heightAt(height), start: band.centre - width / 2, width };
}

function lastStep(drawing: Drawing, index: number, area: Area): { top: number; start: number; width: number } {
  const end = drawing.band(index).centre;
  const start = index > 0 ? drawing.band(index - 1).centre : area.left;
  return { top: area.top, start, width: end - start };
}

function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
