/** Series over time: draws, and answers to pointer, keyboard, theme and size. */
import type { Chart, Series } from "./contract.ts";
import { onPointElsewhere, pointTogether } from "./crosshair.ts";
import { Drag } from "./drag.ts";
import { Drawing } from "./drawing.ts";
import { hintOf, leadsTo, type Spot } from "./leading.ts";
import { Overlay } from "./overlay.ts";
import { follow, type Page, QUIET_MILLISECONDS, type View, wantsTab } from "./page.ts";
import { paletteOf } from "./palette.ts";
import { type Reading, ranked, read, readSelection, say } from "./reading.ts";
import { seriesAt } from "./scale.ts";
import { bounds, extended, selectable, type Selection, zoomAddress } from "./selection.ts";
import { type Anchor, Tooltip } from "./tooltip.ts";

/** What may change the theme's colours, besides the choice of a theme. */
const COLOUR_QUERIES = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"];
const LINE_REACH_PIXELS = 24;
/** Only where a double click means something does a single one wait for it. */
const DOUBLE_CLICK_MILLISECONDS = 220;

export class SeriesView implements View {
  readonly #host: HTMLElement;
  readonly #page: Page;
  readonly #plot = document.createElement("div");
  readonly #overlay = new Overlay();
  readonly #tooltip: Tooltip;
  readonly #drawing: Drawing;
  readonly #drag: Drag;
  readonly #leaving = new AbortController();
  readonly #resizing = new ResizeObserver(() => this.#fit());
  readonly #theming = new MutationObserver(() => this.#draw());
  #chart: Chart | null = null;
  #spot: Spot | null = null;
  #selection: Selection | null = null;
  #lit: string | null = null;
  #pointer = "mouse";
  #clicking: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, page: Page) {
    this.#host = host;
    this.#page = page;
    this.#tooltip = new Tooltip(page, () => this.#unpin(true));
    this.#plot.className = "chart-plot";
    host.replaceChildren(this.#plot, this.#overlay.element);
    this.#drawing = new Drawing(this.#plot);
    const dragged = {
      bucketAt: (event: PointerEvent) => this.#draggableAt(event),
      select: (selection: Selection | null) => this.#select(selection, "Let go to zoom in"),
      choose: (selection: Selection) => this.#zoom(selection),
    };
    this.#drag = new Drag(host, dragged, this.#leaving.signal);
    this.#listen();
  }

  update(json: string): void {
    const chart = JSON.parse(json) as Chart;
    clearTimeout(this.#clicking);
    this.#unpin(false);
    this.#point(null);
    this.#selection = null;
    this.#chart = { ...chart, series: chart.series.filter((series) => !series.hidden) };
    this.#draw();
  }

  light(key: string | null): void {
    this.#lit = this.#chart?.series.some((series) => series.key === key) ? key : null;
    this.#drawing.light(this.#lit);
    this.#overlay.light(this.#lit);
  }

  dispose(): void {
    clearTimeout(this.#clicking);
    this.#leaving.abort();
    this.#resizing.disconnect();
    this.#theming.disconnect();
    this.#drawing.dispose();
    this.#tooltip.dispose();
  }

  #draw(): void {
    if (!this.#chart || this.#host.clientWidth === 0) return;
    this.#drawing.show(this.#chart, paletteOf(this.#host));
    this.#fit();
  }

  /** Everything that depends on where things are; what was pointed at, lit or selected stays so. */
  #fit(): void {
    if (!this.#chart) return;
    if (this.#plot.childElementCount === 0) {
      this.#draw();
      return;
    }
    this.#drawing.resize();
    this.#overlay.mark(this.#chart, this.#drawing);
    this.#overlay.select(this.#drawing, this.#selection);
    this.#overlay.point(this.#chart, this.#drawing, this.#spot?.index ?? null);
    this.light(this.#lit);
  }

  #listen(): void {
    const host = this.#host;
    const { signal } = this.#leaving;
    host.addEventListener("pointermove", (event) => this.#drag.active || this.#point(this.#spotAt(event)), { signal });
    host.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !this.#selection && this.#point(null), { signal });
    host.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    host.addEventListener("click", (event) => this.#click(event), { signal });
    host.addEventListener("auxclick", (event) => event.button === 1 && this.#click(event), { signal });
    host.addEventListener("dblclick", () => this.#reset(), { signal });
    host.addEventListener("contextmenu", (event) => this.#menu(event), { signal });
    host.addEventListener("keydown", (event) => this.#key(event), { signal });
    host.addEventListener("focus", () => host.matches(":focus-visible") && !this.#spot && this.#enter(), { signal });
    host.addEventListener("blur", () => this.#tooltip.pinned || this.#leave(), { signal });
    document.addEventListener("pointerdown", (event) => this.#elsewhere(event), { signal });
    onPointElsewhere(host, (start) => this.#accompany(start), signal);
    for (const query of COLOUR_QUERIES) matchMedia(query).addEventListener("change", () => this.#draw(), { signal });
    this.#resizing.observe(host);
    this.#theming.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  #spotAt(event: MouseEvent): Spot | null {
    if (!this.#chart || this.#chart.buckets.length === 0) return null;
    const { left, top } = this.#plot.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const { area } = this.#drawing;
    if (x < area.left || x > area.left + area.width) return null;
    const index = this.#drawing.bucketAt(x);
    const value = this.#drawing.valueAt(y);
    const reach = this.#drawing.valueAt(y - LINE_REACH_PIXELS) - value;
    return { index, series: seriesAt(this.#chart, index, value, reach) };
  }

  /** While dragging, beside the plot means its first or last bucket. */
  #draggableAt(event: PointerEvent): number | null {
    if (!this.#chart || !selectable(this.#chart)) return null;
    if (!this.#drag.active) return this.#spotAt(event)?.index ?? null;
    return this.#drawing.bucketAt(event.clientX - this.#plot.getBoundingClientRect().left);
  }

  #point(spot: Spot | null): void {
    const before = this.#spot;
    if (!this.#chart || this.#tooltip.pinned || same(before, spot)) return;
    this.#spot = spot;
    this.#overlay.point(this.#chart, this.#drawing, spot?.index ?? null);
    const reading = this.#reading();
    const hint = spot && this.#pointer === "mouse" ? hintOf(this.#chart, spot) : undefined;
    if (reading) this.#tooltip.show(hint ? { ...reading, hint } : reading, this.#anchor());
    else this.#tooltip.hide();
    this.#host.classList.toggle("chart-leads-on", leadsTo(this.#chart, spot, false) !== null);
    if (before?.index !== spot?.index) pointTogether(this.#chart.buckets[spot?.index ?? -1]?.start ?? null, this.#host);
    if (before?.series === spot?.series) return;
    this.light(spot?.series?.key ?? null);
    this.#page.light(this.#lit);
  }

  /** Another chart points at a time: so do we, without a word of our own. */
  #accompany(start: string | null): void {
    if (!this.#chart || this.#tooltip.pinned || this.#drag.active) return;
    if (start !== null) {
      this.#spot = null;
      this.#tooltip.hide();
    }
    const index = this.#chart.buckets.findIndex((bucket) => bucket.start === start);
    this.#overlay.point(this.#chart, this.#drawing, index < 0 ? (this.#spot?.index ?? null) : index);
  }

  #reading(): Reading | null {
    if (!this.#chart || !this.#spot) return null;
    return read(this.#chart, this.#spot.index, this.#spot.series?.key ?? null);
  }

  #anchor(): Anchor {
    const { left, top } = this.#plot.getBoundingClientRect();
    const [first, last] = this.#selection ? bounds(this.#selection) : [this.#spot?.index ?? 0, this.#spot?.index ?? 0];
    const end = this.#drawing.band(last);
    return { left: left + this.#drawing.band(first).start, right: left + end.start + end.width, top: top + this.#drawing.area.top };
  }

  #select(selection: Selection | null, hint: string): void {
    if (!this.#chart || (!selection && !this.#selection)) return;
    this.#selection = selection;
    this.#overlay.select(this.#drawing, selection);
    this.#host.classList.toggle("chart-selects", selection !== null);
    if (!selection) {
      this.#point(null);
      return;
    }
    this.#point({ index: selection.focus, series: null });
    this.#tooltip.show(readSelection(this.#chart, selection, hint), this.#anchor());
  }

  #zoom(selection: Selection): void {
    const href = this.#chart && zoomAddress(this.#chart, selection);
    if (!href) return;
    this.#host.classList.remove("chart-selects");
    this.#page.visit(href);
  }

  #reset(): void {
    clearTimeout(this.#clicking);
    if (this.#chart?.reset) this.#page.visit(this.#chart.reset);
  }

  #press(event: PointerEvent): void {
    this.#pointer = event.pointerType;
    if (this.#selection && !this.#drag.active) this.#select(null, "");
  }

  /** A finger shows and pins, because it cannot hover; a mouse follows. */
  #click(event: MouseEvent): void {
    if (!this.#chart || this.#drag.takesClick() || event.detail > 1) return;
    const spot = this.#spotAt(event);
    if (this.#pointer !== "mouse") {
      this.#unpin(false);
      this.#point(spot);
      this.#pin(false);
      return;
    }
    if (this.#tooltip.pinned) {
      this.#unpin(false);
      this.#point(spot);
      return;
    }
    const href = leadsTo(this.#chart, spot, event.shiftKey);
    if (!href) return;
    if (wantsTab(event) || !this.#chart.reset) follow(event, href, this.#page);
    else this.#clicking = setTimeout(() => this.#page.visit(href), DOUBLE_CLICK_MILLISECONDS);
  }

  /** The menu's key has no place of its own: it means what is pointed at. */
  #menu(event: MouseEvent): void {
    const spot = event.button === 2 || !this.#spot ? this.#spotAt(event) : this.#spot;
    if (!spot) return;
    event.preventDefault();
    this.#unpin(false);
    this.#point(spot);
    this.#pin(event.button !== 2);
  }

  #pin(focus: boolean): void {
    const reading = this.#reading();
    if (reading) this.#tooltip.pin(reading, this.#anchor(), focus);
  }

  /** Lets go of the pinned tooltip; with `back`, the focus returns to the chart. */
  #unpin(back: boolean): void {
    if (!this.#tooltip.pinned) return;
    const held = this.#tooltip.element.contains(document.activeElement);
    this.#tooltip.hide();
    const reading = back && held ? this.#reading() : null;
    if (!reading) {
      this.#point(null);
      return;
    }
    this.#host.focus({ preventScroll: true });
    this.#tooltip.show(reading, this.#anchor());
  }

  #elsewhere(event: PointerEvent): void {
    const target = event.target as Node;
    if (!this.#host.contains(target) && !this.#tooltip.element.contains(target)) this.#unpin(false);
  }

  #leave(): void {
    this.#select(null, "");
    this.#point(null);
  }

  #key(event: KeyboardEvent): void {
    const chart = this.#chart;
    if (!chart || event.ctrlKey || event.metaKey || event.altKey || this.#drag.active) return;
    if (!(event.shiftKey ? this.#extend(chart, event.key) : this.#go(chart, event.key))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the key, with Shift, means something here. */
  #extend(chart: Chart, key: string): boolean {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const by = steps[key];
    if (by === undefined || !selectable(chart)) return false;
    const at = this.#spot?.index ?? lastKnown(chart);
    this.#unpin(false);
    this.#select(extended(this.#selection ?? { anchor: at, focus: at }, by, chart), "Enter zooms in");
    if (this.#selection) this.#page.announce(say(readSelection(chart, this.#selection, "Enter zooms in")), QUIET_MILLISECONDS);
    return true;
  }

  /** Whether the key means something here. */
  #go(chart: Chart, key: string): boolean {
    const spot = this.#spot ?? { index: lastKnown(chart), series: null };
    const last = chart.buckets.length - 1;
    if (key === "ArrowRight") this.#move({ ...spot, index: Math.min(last, spot.index + 1) });
    else if (key === "ArrowLeft") this.#move({ ...spot, index: Math.max(0, spot.index - 1) });
    else if (key === "Home") this.#move({ ...spot, index: 0 });
    else if (key === "End") this.#move({ ...spot, index: last });
    else if (key === "ArrowDown") this.#move({ ...spot, series: neighbour(chart, spot, 1) });
    else if (key === "ArrowUp") this.#move({ ...spot, series: neighbour(chart, spot, -1) });
    else if (key === "Escape" && (this.#spot || this.#selection)) this.#escape();
    else if (key === "Enter" && this.#selection) this.#zoom(this.#selection);
    else if (key === "Enter" && this.#spot) this.#pin(true);
    else return false;
    return true;
  }

  #escape(): void {
    if (this.#tooltip.pinned) this.#unpin(false);
    else if (this.#selection) this.#select(null, "");
    else this.#point(null);
  }

  #enter(): void {
    if (this.#chart) this.#move({ index: lastKnown(this.#chart), series: null });
  }

  #move(spot: Spot): void {
    if (!this.#chart) return;
    this.#unpin(false);
    this.#select(null, "");
    this.#point(spot);
    const reading = this.#reading();
    if (reading) this.#page.announce(say(reading), QUIET_MILLISECONDS);
  }
}

function same(one: Spot | null, other: Spot | null): boolean {
  return one?.index === other?.index && one?.series === other?.series;
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
