/** `<spend-chart>`: a place for a chart from the first paint on; the chart itself comes when the page has painted. */
import { announce } from "../page/live.ts";
import { onLight, shine } from "../page/light.ts";
import { visit } from "../page/navigation.ts";
import { toggleSeriesFromLegends } from "./legend.ts";
import { undoZoomsByKey } from "./undo.ts";
import type { ChartView } from "./chart.ts";

export class SpendChart extends HTMLElement {
  static readonly observedAttributes = ["data-chart"];

  #view: ChartView | null = null;
  #leaving = new AbortController();
  #drawing = false;

  connectedCallback(): void {
    this.#leaving = new AbortController();
    void this.#open(this.#leaving.signal);
  }

  /** A morph may move the element; the chart moves with it and need not be made anew. */
  connectedMoveCallback(): void {}

  disconnectedCallback(): void {
    this.#leaving.abort();
    this.#view?.dispose();
    this.#view = null;
  }

  /** The rest of the page never waits for the chart: it is drawn in the frame after. */
  attributeChangedCallback(): void {
    if (this.#view && !this.#drawing) void this.#redraw(this.#leaving.signal);
  }

  async #redraw(signal: AbortSignal): Promise<void> {
    this.#drawing = true;
    await painted();
    this.#drawing = false;
    if (!signal.aborted) this.#draw();
  }

  #draw(): void {
    this.#view?.update(this.dataset.chart ?? "");
    this.dispatchEvent(new Event("finora:drawn", { bubbles: true }));
  }

  async #open(signal: AbortSignal): Promise<void> {
    await painted();
    const { ChartView } = await import("./chart.ts");
    if (signal.aborted) return;
    const view = new ChartView(this, { visit, announce, light: (key) => shine(key, this) });
    onLight((key, from) => from !== this && view.light(key), signal);
    this.#view = view;
    this.#draw();
  }
}

function painted(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

export function defineSpendChart(): void {
  customElements.define("spend-chart", SpendChart);
  toggleSeriesFromLegends();
  undoZoomsByKey();
}
