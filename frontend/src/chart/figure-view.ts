/** Calendar, grid and tree: draws their geometry as SVG in the colours of the style sheet, and answers to pointer and keyboard. */
import { calendar } from "./calendar.ts";
import type { CalendarChart, GridChart, TreeChart } from "./contract.ts";
import type { ArrowKey, Figure, Part } from "./figure.ts";
import { NO_BUCKET, onPointElsewhere, pointTogether } from "./crosshair.ts";
import { drawFigure } from "./figure-drawing.ts";
import { grid } from "./grid.ts";
import { follow, type Page, QUIET_MILLISECONDS, type View } from "./page.ts";
import { say } from "./reading.ts";
import { make } from "./svg.ts";
import { type Anchor, Tooltip } from "./tooltip.ts";
import { tree } from "./tree.ts";

type FigureChart = CalendarChart | GridChart | TreeChart;

export class FigureView implements View {
  readonly #host: HTMLElement;
  readonly #page: Page;
  readonly #svg = make("svg", { class: "chart-figure", "aria-hidden": "true" });
  readonly #ring = make("rect", { class: "chart-ring", rx: 4 });
  readonly #tooltip: Tooltip;
  readonly #leaving = new AbortController();
  readonly #resizing = new ResizeObserver(() => this.#draw());
  #chart: FigureChart | null = null;
  #figure: Figure | null = null;
  #size = "";
  #at: number | null = null;
  #pointer = "mouse";

  constructor(host: HTMLElement, page: Page) {
    this.#host = host;
    this.#page = page;
    this.#tooltip = new Tooltip(page, () => this.#unpin(true));
    host.replaceChildren(this.#svg);
    this.#listen();
    this.#resizing.observe(host);
  }

  update(json: string): void {
    this.#chart = JSON.parse(json) as FigureChart;
    this.#unpin(false);
    this.#point(null);
    this.#size = "";
    this.#draw();
  }

  light(key: string | null): void {
    const known = this.#figure?.parts.some((part) => part.key === key) ? key : null;
    for (const element of this.#svg.querySelectorAll<SVGElement>(".chart-part[data-of]")) {
      element.classList.toggle("chart-dim", known !== null && element.dataset.of !== known);
    }
  }

  dispose(): void {
    this.#leaving.abort();
    this.#resizing.disconnect();
    this.#tooltip.dispose();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const size = `${width} ${height}`;
    if (!this.#chart || width === 0 || size === this.#size) return;
    this.#size = size;
    this.#figure = layOut(this.#chart, width, height);
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawFigure(this.#svg, this.#figure, this.#chart.unit);
    this.#svg.append(this.#ring);
    this.#mark();
  }

  #listen(): void {
    const host = this.#host;
    const { signal } = this.#leaving;
    host.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.#point(this.#partAt(event)), { signal });
    host.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#point(null), { signal });
    host.addEventListener("pointerdown", (event) => (this.#pointer = event.pointerType), { signal });
    host.addEventListener("click", (event) => this.#click(event), { signal });
    host.addEventListener("auxclick", (event) => event.button === 1 && this.#click(event), { signal });
    host.addEventListener("contextmenu", (event) => this.#menu(event), { signal });
    host.addEventListener("keydown", (event) => this.#key(event), { signal });
    host.addEventListener("focus", () => host.matches(":focus-visible") && this.#at === null && this.#move(this.#figure?.first ?? 0), { signal });
    host.addEventListener("blur", () => this.#tooltip.pinned || this.#point(null), { signal });
    document.addEventListener("pointerdown", (event) => this.#elsewhere(event), { signal });
    onPointElsewhere(host, (start) => start !== null && this.#point(null), signal);
  }

  #partAt(event: MouseEvent): number | null {
    const part = (event.target as Element).closest<SVGElement>("[data-part]");
    return part ? Number(part.dataset.part) : null;
  }

  #part(at = this.#at): Part | null {
    return at === null ? null : (this.#figure?.parts[at] ?? null);
  }

  #point(at: number | null): void {
    if (this.#tooltip.pinned || at === this.#at) return;
    const before = this.#part()?.key ?? null;
    this.#at = at;
    const part = this.#part();
    this.#mark();
    if (part) {
      this.#tooltip.show(part.reading, this.#anchor(part));
      pointTogether(NO_BUCKET, this.#host);
    } else {
      this.#tooltip.hide();
    }
    this.#host.classList.toggle("chart-leads-on", Boolean(part?.href));
    if (before !== (part?.key ?? null)) this.#page.light(part?.key ?? null);
  }

  /** The ring around the part that is pointed at. */
  #mark(): void {
    const box = this.#part()?.box;
    this.#ring.toggleAttribute("hidden", !box);
    for (const [name, value] of Object.entries(box ?? {})) this.#ring.setAttribute(name, String(value));
  }

  #anchor({ box }: Part): Anchor {
    const { left, top } = this.#svg.getBoundingClientRect();
    return { left: left + box.x, right: left + box.x + Math.min(box.width, 160), top: top + box.y };
  }

  #click(event: MouseEvent): void {
    const at = this.#partAt(event);
    const pinned = this.#tooltip.pinned;
    this.#unpin(false);
    this.#point(at);
    if (this.#pointer !== "mouse") this.#pin(false);
    else if (!pinned && this.#part()?.href) follow(event, this.#part()?.href ?? "", this.#page);
  }

  #menu(event: MouseEvent): void {
    const at = event.button === 2 ? this.#partAt(event) : this.#at;
    if (at === null) return;
    event.preventDefault();
    this.#unpin(false);
    this.#point(at);
    this.#pin(event.button !== 2);
  }

  #pin(focus: boolean): void {
    const part = this.#part();
    if (part) this.#tooltip.pin(part.reading, this.#anchor(part), focus);
  }

  #unpin(back: boolean): void {
    if (!this.#tooltip.pinned) return;
    const held = back && this.#tooltip.element.contains(document.activeElement);
    this.#tooltip.hide();
    if (held) this.#host.focus({ preventScroll: true });
    else this.#point(null);
  }

  #elsewhere(event: PointerEvent): void {
    const target = event.target as Node;
    if (!this.#host.contains(target) && !this.#tooltip.element.contains(target)) this.#unpin(false);
  }

  #key(event: KeyboardEvent): void {
    const figure = this.#figure;
    if (!figure || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = this.#at ?? figure.first;
    const href = this.#part()?.href;
    if (event.key.startsWith("Arrow")) this.#move(figure.next(at, event.key as ArrowKey));
    else if (event.key === "Home") this.#move(0);
    else if (event.key === "End") this.#move(figure.parts.length - 1);
    else if (event.key === "Enter" && href) this.#page.visit(href);
    else if (event.key === "Escape" && this.#at !== null) this.#escape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #escape(): void {
    this.#unpin(false);
    this.#point(null);
  }

  #move(at: number): void {
    this.#unpin(false);
    this.#point(at);
    const reading = this.#part()?.reading;
    if (reading) this.#page.announce(say(reading), QUIET_MILLISECONDS);
  }
}

function layOut(chart: FigureChart, width: number, height: number): Figure {
  if (chart.kind === "calendar") return calendar(chart, width, height);
  return chart.kind === "grid" ? grid(chart, width, height) : tree(chart, width, height);
}
