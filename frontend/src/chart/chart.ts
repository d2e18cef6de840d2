/** The views behind `<spend-chart>`, loaded after the first paint: which one it is, the document says. */
import type { ChartDocument } from "./contract.ts";
import { FigureView } from "./figure-view.ts";
import type { Page, View } from "./page.ts";
import { SeriesView } from "./series-view.ts";

/** A view that becomes another when a morph brings a chart of another sort. */
export class ChartView implements View {
  readonly #host: HTMLElement;
  readonly #page: Page;
  #view: SeriesView | FigureView | null = null;

  constructor(host: HTMLElement, page: Page) {
    this.#host = host;
    this.#page = page;
  }

  update(json: string): void {
    const { kind = "series" } = JSON.parse(json) as ChartDocument;
    const Wanted = kind === "series" ? SeriesView : FigureView;
    if (!(this.#view instanceof Wanted)) {
      this.#view?.dispose();
      this.#view = new Wanted(this.#host, this.#page);
    }
    this.#view.update(json);
  }

  light(key: string | null): void {
    this.#view?.light(key);
  }

  dispose(): void {
    this.#view?.dispose();
  }
}
