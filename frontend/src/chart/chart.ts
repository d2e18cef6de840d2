/** The view behind `<spend-chart>`: draws, and answers to pointer, keyboard, theme and size. Loaded after the first paint. */
import type { Chart, Series } from "./contract.ts";
import { Drawing } from "./drawing.ts";
import { Overlay } from "./overlay.ts";
import { paletteOf } from "./palette.ts";
import { ranked, read, say } from "./reading.ts";
import { seriesAt } from "./scale.ts";
import { Tooltip } from "./tooltip.ts";

/** What the view asks of the page around it. */
export interface Page {
  visit(href: string): void;
  announce(text: string, delay?: number): void;
  /** Tells rows and other charts which series is under the pointer. */
  light(key: string | null): void;
}

/** A bucket, and a series of it where one is meant. */
interface Spot {
  index: number;
  series: Series | null;
}

/** What may change the theme's colours, besides the choice of a theme. */
const COLOUR_QUERIES = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"];
const QUIET_MILLISECONDS = 350;
const LINE_REACH_PIXELS = 24;

export class ChartView {
  readonly #host: HTMLElement;
  readonly #page: Page;
  readonly #plot = document.createElement("div");
  readonly #overlay = new Overlay();
  readonly #tooltip = new Tooltip();
  readonly #drawing: Drawing;
  readonly #leaving = new AbortController();
  readonly #resizing = new ResizeObserver(() => this.#fit());
  readonly #theming = new MutationObserver(() => this.#draw());
  #chart: Chart | null = null;
  #spot: Spot | null = null;
  #tapped = false;

  constructor(host: HTMLElement, page: Page) {
    this.#host = host;
    this.#page = page;
    this.#plot.className = "chart-plot";
    host.replaceChildren(this.#plot, this.#overlay.element, this.#tooltip.element);
    this.#drawing = new Drawing(this.#plot);
    this.#listen();
  }

  /** Shows what the attribute holds now. */
  update(json: string): void {
    this.#chart = JSON.parse(json) as Chart;
    this.#point(null);
    this.#draw();
  }

  light(key: string | null): void {
    this.#drawing.light(this.#chart?.series.some((series) => series.key === key) ? key : null);
  }

  dispose(): void {
    this.#leaving.abort();
    this.#resizing.disconnect();
    this.#theming.disconnect();
    this.#drawing.dispose();
  }

  #draw(): void {
    if (!this.#chart || this.#host.clientWidth === 0) return;
    this.#drawing.show(this.#chart, paletteOf(this.#host));
    this.#overlay.mark(this.#chart, this.#drawing);
  }

  #fit(): void {
    if (!this.#chart) return;
    if (this.#plot.childElementCount === 0) this.#draw();
    this.#drawing.resize();
    this.#overlay.mark(this.#chart, this.#drawing);
    this.#overlay.point(this.#chart, this.#drawing, this.#spot?.index ?? null);
  }

  #listen(): void {
    const host = this.#host;
    const { signal } = this.#leaving;
    host.addEventListener("pointermove", (event) => this.#point(this.#spotAt(event)), { signal });
    host.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#point(null), { signal });
    host.addEventListener("pointerdown", (event) => this.#touch(event), { signal });
    host.addEventListener("click", (event) => this.#click(event), { signal });
    host.addEventListener("auxclick", (event) => event.button === 1 && this.#click(event), { signal });
    host.addEventListener("keydown", (event) => this.#key(event), { signal });
    host.addEventListener("focus", () => host.matches(":focus-visible") && this.#enter(), { signal });
    host.addEventListener("blur", () => this.#point(null), { signal });
    for (const query of COLOUR_QUERIES) matchMedia(query).addEventListener("change", () => this.#draw(), { signal });
    this.#resizing.observe(host);
    this.#theming.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  #spotAt(event: MouseEvent): Spot | null {
    if (!this.#chart) return null;
    const { left, top } = this.#plot.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const { area } = this.#drawing;
    if (x < area.left || x > area.left + area.width) return null;
    const index = this.#drawing.bucketAt(x);
    const value = this.#drawing.valueAt(y);
    const reach = this.#drawing.valueAt(y - LINE_REACH_PIXELS) - value;
    return { index, series: seriesAt(this.#chart, index, value, reach) };
  }

  #point(spot: Spot | null): void {
    const before = this.#spot;
    if (!this.#chart || same(before, spot)) return;
    this.#spot = spot;
    this.#overlay.point(this.#chart, this.#drawing, spot?.index ?? null);
    if (spot) {
      const reading = read(this.#chart, spot.index, spot.series?.key ?? null);
      this.#tooltip.show(reading, this.#drawing.band(spot.index), this.#drawing.area);
    } else {
      this.#tooltip.hide();
    }
    this.#host.classList.toggle("chart-leads-on", hrefOf(this.#chart, spot) !== null);
    if (before?.series !== spot?.series) this.#page.light(spot?.series?.key ?? null);
  }

  /** The first tap shows, the second on the same spot follows. */
  #touch(event: PointerEvent): void {
    if (event.pointerType === "mouse") return;
    const spot = this.#spotAt(event);
    this.#tapped = !same(this.#spot, spot);
    this.#point(spot);
  }

  #click(event: MouseEvent): void {
    if (this.#tapped) {
      this.#tapped = false;
      return;
    }
    const href = this.#chart && hrefOf(this.#chart, this.#spotAt(event));
    if (!href) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.button === 1) open(href, "_blank", "noopener");
    else this.#page.visit(href);
  }

  #key(event: KeyboardEvent): void {
    const chart = this.#chart;
    if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
    const spot = this.#spot ?? { index: lastKnown(chart), series: null };
    const last = chart.buckets.length - 1;
    if (event.key === "ArrowRight") this.#move({ ...spot, index: Math.min(last, spot.index + 1) });
    else if (event.key === "ArrowLeft") this.#move({ ...spot, index: Math.max(0, spot.index - 1) });
    else if (event.key === "Home") this.#move({ ...spot, index: 0 });
    else if (event.key === "End") this.#move({ ...spot, index: last });
    else if (event.key === "ArrowDown") this.#move({ ...spot, series: neighbour(chart, spot, 1) });
    else if (event.key === "ArrowUp") this.#move({ ...spot, series: neighbour(chart, spot, -1) });
    else if (event.key === "Escape" && this.#spot) this.#point(null);
    else if (event.key === "Enter") this.#follow();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #enter(): void {
    if (this.#chart) this.#move({ index: lastKnown(this.#chart), series: null });
  }

  #move(spot: Spot): void {
    if (!this.#chart) return;
    this.#point(spot);
    this.#page.announce(say(read(this.#chart, spot.index, spot.series?.key ?? null)), QUIET_MILLISECONDS);
  }

  #follow(): void {
    const href = this.#chart && hrefOf(this.#chart, this.#spot);
    if (href) this.#page.visit(href);
  }
}

function same(one: Spot | null, other: Spot | null): boolean {
  return one?.index === other?.index && one?.series === other?.series;
}

/** A series leads to itself as a filter; beside the series, the bucket leads to its days. */
function hrefOf(chart: Chart, spot: Spot | null): string | null {
  if (!spot) return null;
  return spot.series?.href ?? chart.buckets[spot.index]?.href ?? null;
}

function lastKnown(chart: Chart): number {
  return Math.max(0, chart.buckets.findLastIndex((bucket) => !bucket.missing));
}

/** The next series of the bucket by size; before the first and after the last stands the bucket as a whole. */
function neighbour(chart: Chart, spot: Spot, step: 1 | -1): Series | null {
  const order: (Series | null)[] = [null, ...ranked(chart, spot.index)];
  const at = order.indexOf(spot.series);
  return order[(Math.max(0, at) + step + order.length) % order.length] ?? null;
}
