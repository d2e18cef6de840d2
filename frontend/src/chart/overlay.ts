/** What lies over the marks and is ours: crosshair, selection, what is missing or unfinished, and words for both. */
import type { Chart, Series } from "./contract.ts";
import type { Drawing } from "./drawing.ts";
import { endLabels, LABEL_START, labelRoom } from "./labels.ts";
import { barWidth, drawn, inBands, stacked, topOf } from "./scale.ts";
import { bounds, type Selection } from "./selection.ts";
import { hatching, make } from "./svg.ts";

const NO_DATA_WIDTH = 64;
const SO_FAR_WIDTH = 40;

export class Overlay {
  readonly element = make("svg", { class: "chart-overlay", "aria-hidden": "true" });
  readonly #hatch: string;
  readonly #ground = make("g");
  readonly #names = make("g");
  readonly #chosen = make("g");
  readonly #pointer = make("g");

  constructor() {
    const { definitions, fill } = hatching();
    this.#hatch = fill;
    this.element.append(definitions, this.#ground, this.#names, this.#chosen, this.#pointer);
  }

  /** Draws what belongs to the data; to be called after the drawing has been shown or resized. */
  mark(chart: Chart, drawing: Drawing): void {
    this.#ground.replaceChildren();
    for (const [first, last] of missingRuns(chart)) this.#missing(drawing, first, last);
    chart.buckets.forEach((bucket, index) => {
      if (bucket.partial && !bucket.missing) this.#partial(chart, drawing, index);
    });
    this.#name(chart, drawing);
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
      if (value !== null) this.#pointer.append(dot(series, centre, drawing.heightAt(value)));
    }
  }

  /** Shows which buckets are selected; null takes the selection away. */
  select(drawing: Drawing, selection: Selection | null): void {
    this.#chosen.replaceChildren();
    if (!selection) return;
    const [first, last] = bounds(selection);
    const { top, height } = drawing.area;
    const start = drawing.band(first).start;
    const end = drawing.band(last).start + drawing.band(last).width;
    this.#chosen.append(make("rect", { class: "chart-selection", x: start, y: top, width: end - start, height }));
    for (const x of [start, end]) this.#chosen.append(make("line", { class: "chart-selection-edge", x1: x, x2: x, y1: top, y2: top + height }));
  }

  /** Dims what belongs to other series than the one that is lit. */
  light(key: string | null): void {
    for (const element of this.element.querySelectorAll<SVGElement>("[data-of]")) {
      element.classList.toggle("chart-dim", key !== null && element.dataset.of !== key);
    }
  }

  #missing(drawing: Drawing, first: number, last: number): void {
    const { top, height } = drawing.area;
    const start = drawing.band(first).start;
    const end = drawing.band(last);
    const width = end.start + end.width - start;
    this.#ground.append(make("rect", { class: "chart-missing", x: start, y: top, width, height, fill: this.#hatch }));
    if (width > NO_DATA_WIDTH) this.#words("no data yet", start + width / 2, top + height / 2, "middle");
  }

  #partial(chart: Chart, drawing: Drawing, index: number): void {
    const { area } = drawing;
    const { centre, width } = drawing.band(index);
    if (inBands(chart)) this.#partialBar(chart, drawing, index);
    else if (stacked(chart)) this.#partialArea(chart, drawing, index);
    else this.#partialLines(chart, drawing, index);
    if (index < chart.buckets.length - 1) return;
    const right = area.left + area.width;
    const atEnd = centre > right - SO_FAR_WIDTH / 2;
    const above = inBands(chart) && width >= SO_FAR_WIDTH ? drawing.heightAt(topOf(chart, index)) : area.top;
    this.#words("so far", atEnd ? right : centre, above - 6, atEnd ? "end" : "middle");
  }

  #partialBar(chart: Chart, drawing: Drawing, index: number): void {
    const band = drawing.band(index);
    const width = barWidth(chart, band.width);
    const y = drawing.heightAt(topOf(chart, index));
    const height = Math.max(0, drawing.heightAt(0) - y);
    this.#ground.append(make("rect", { class: "chart-partial", x: band.centre - width / 2, y, width, height, fill: this.#hatch }));
  }

  /** From the bucket before to the one after, below the top of the stack. */
  #partialArea(chart: Chart, drawing: Drawing, index: number): void {
    const run = [index - 1, index, index + 1].filter((each) => each >= 0 && each < chart.buckets.length && !chart.buckets[each]?.missing);
    const corner = (each: number, value: number): string => `${drawing.band(each).centre},${drawing.heightAt(value)}`;
    const along = [...run.map((each) => corner(each, topOf(chart, each))), ...run.reverse().map((each) => corner(each, 0))];
    this.#ground.append(make("polygon", { class: "chart-partial", points: along.join(" "), fill: this.#hatch }));
  }

  #partialLines(chart: Chart, drawing: Drawing, index: number): void {
    for (const series of chart.series) {
      const run = [index - 1, index, index + 1].filter((each) => series.values[each] != null && (each <= index || !chart.buckets[each]?.partial));
      const corners = run.map((each) => ({ x: drawing.band(each).centre, y: drawing.heightAt(drawn(series.values[each]) ?? 0) }));
      const [alone] = corners;
      if (series.values[index] == null || !alone) continue;
      if (corners.length === 1) this.#ground.append(dot(series, alone.x, alone.y));
      const points = corners.map(({ x, y }) => `${x},${y}`).join(" ");
      this.#ground.append(make("polyline", { class: "chart-dash", "data-colour": series.colour, "data-of": series.key, points }));
    }
  }

  #name(chart: Chart, drawing: Drawing): void {
    this.#names.replaceChildren();
    const { left, top, width, height } = drawing.area;
    if (labelRoom(chart, this.element.clientWidth) === 0) return;
    for (const label of endLabels(chart, (value) => drawing.heightAt(value), top + 4, top + height - 4)) {
      const right = left + width;
      const tie = { class: "chart-tie", "data-colour": label.colour, "data-of": label.key, x1: right + 3, y1: label.end, x2: right + LABEL_START - 4, y2: label.y };
      const name = { class: "chart-end", "data-colour": label.colour, "data-of": label.key, x: right + LABEL_START, y: label.y, dy: "0.35em" };
      this.#names.append(make("line", tie), make("text", name, label.text));
    }
  }

  #words(text: string, x: number, y: number, anchor: "middle" | "end"): void {
    this.#ground.append(make("text", { class: "chart-words", x, y, "text-anchor": anchor }, text));
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

function dot(series: Series, cx: number, cy: number): SVGCircleElement {
  return make("circle", { class: "chart-dot", "data-colour": series.colour, "data-of": series.key, cx, cy, r: 3.5 });
}
