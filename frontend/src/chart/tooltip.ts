/**
 * The tooltip: nodes with classes, because a strict policy allows no style in markup.
 *
 * It stands in the browser's top layer, outside the chart: nothing cuts it off, and a chart that is one image for screen
 * readers holds no links. Pinned, it is a small dialog whose links can be reached.
 */
import { follow, type Page } from "./page.ts";
import type { Line, Reading } from "./reading.ts";

const GAP = 12;
const EDGE = 8;

/** What the tooltip stands beside, in pixels of the viewport. */
export interface Anchor {
  left: number;
  right: number;
  top: number;
}

export class Tooltip {
  readonly element = block("div", "chart-tip");
  readonly #page: Page;
  readonly #leave: () => void;
  #pinned = false;

  /** `leave` is called when someone is done with the pinned tooltip. */
  constructor(page: Page, leave: () => void) {
    this.#page = page;
    this.#leave = leave;
    this.element.popover = "manual";
    this.element.addEventListener("click", (event) => this.#click(event));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    document.body.append(this.element);
  }

  get pinned(): boolean {
    return this.#pinned;
  }

  show(reading: Reading, anchor: Anchor): void {
    this.#fill(reading, anchor, false);
  }

  /** Keeps the reading open with its links; with `focus`, the first of them gets the focus. */
  pin(reading: Reading, anchor: Anchor, focus: boolean): void {
    this.#fill(reading, anchor, true);
    if (focus) this.#stops()[0]?.focus({ preventScroll: true });
  }

  hide(): void {
    this.#pinned = false;
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  dispose(): void {
    this.element.remove();
  }

  #fill(reading: Reading, anchor: Anchor, pinned: boolean): void {
    this.#pinned = pinned;
    this.element.classList.toggle("chart-tip-pinned", pinned);
    for (const [name, value] of [["role", pinned && "dialog"], ["aria-label", pinned && reading.title], ["aria-hidden", !pinned && "true"]] as const) {
      if (value) this.element.setAttribute(name, value);
      else this.element.removeAttribute(name);
    }
    const lines = reading.lines.map((line) => row(line, pinned));
    this.element.replaceChildren(head(reading, pinned), ...body(reading), ...lines, ...foot(reading, pinned));
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.#place(anchor);
  }

  /** Beside the anchor on the side that has room, and never outside the window. */
  #place(anchor: Anchor): void {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const { clientWidth, clientHeight } = document.documentElement;
    const after = anchor.right + GAP;
    const before = anchor.left - GAP - width;
    const wanted = after + width <= clientWidth - EDGE || before < EDGE ? after : before;
    const left = Math.max(EDGE, Math.min(wanted, clientWidth - EDGE - width));
    const top = Math.max(EDGE, Math.min(anchor.top, clientHeight - EDGE - height));
    this.element.style.left = `${Math.round(left + scrollX)}px`;
    this.element.style.top = `${Math.round(top + scrollY)}px`;
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const link = target.closest<HTMLAnchorElement>("a[href]");
    if (!link && !target.closest(".chart-tip-close")) return;
    if (link) follow(event, link.getAttribute("href") ?? "", this.#page);
    this.#leave();
  }

  /** Tab stays inside, as in a dialog; Escape leaves. */
  #key(event: KeyboardEvent): void {
    const stops = this.#stops();
    const at = stops.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape") this.#leave();
    else if (event.key === "Tab") stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What Tab reaches, the actions before the series and the closing of it last. */
  #stops(): HTMLElement[] {
    const found = [".chart-tip-actions a", ".chart-tip-line a", ".chart-tip-close"];
    return found.flatMap((each) => [...this.element.querySelectorAll<HTMLElement>(each)]);
  }
}

function head(reading: Reading, pinned: boolean): HTMLElement {
  const element = block("p", "chart-tip-head");
  element.append(block("span", "chart-tip-title", reading.title));
  if (reading.note) element.append(" ", block("span", "chart-tip-note", reading.note));
  if (!pinned) return element;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "chart-tip-close";
  close.setAttribute("aria-label", "Close");
  close.textContent = "×";
  element.append(close);
  return element;
}

function body(reading: Reading): HTMLElement[] {
  return reading.figure ? [block("p", "chart-tip-only", reading.figure)] : [];
}

function row(line: Line, pinned: boolean): HTMLElement {
  const element = block("p", "chart-tip-line");
  const swatch = block("span", "chart-tip-swatch");
  swatch.dataset.colour = String(line.colour);
  if (line.lit) element.dataset.lit = "";
  const label = block("span", "chart-tip-label", pinned && line.href ? "" : line.label);
  if (pinned && line.href) label.append(link(line.label, line.href));
  element.append(swatch, label, figure(line.figure), block("span", "chart-tip-share", line.share ?? ""));
  return element;
}

function foot(reading: Reading, pinned: boolean): HTMLElement[] {
  const rows: HTMLElement[] = [];
  if (reading.more > 0) rows.push(block("p", "chart-tip-more", `and ${reading.more} more`));
  if (reading.total !== null && reading.lines.length !== 1) rows.push(sumRow("chart-tip-total", "Total", reading.total));
  if (reading.previous) {
    const row = sumRow("chart-tip-previous", reading.previous.label, reading.previous.figure);
    row.append(block("span", "chart-tip-share", reading.previous.movement ?? ""));
    rows.push(row);
  }
  if (reading.hint) rows.push(block("p", "chart-tip-hint", reading.hint));
  if (pinned && reading.actions.length > 0) {
    const actions = block("p", "chart-tip-actions");
    actions.append(...reading.actions.map(({ label, href }) => link(label, href)));
    rows.push(actions);
  }
  return rows;
}

function sumRow(className: string, label: string, value: string): HTMLElement {
  const element = block("p", `chart-tip-line ${className}`);
  element.append(block("span", "chart-tip-label", label), figure(value));
  return element;
}

function figure(text: string): HTMLElement {
  return block("span", "chart-tip-figure", text);
}

function link(text: string, href: string): HTMLAnchorElement {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

function block(name: "div" | "p" | "span", className: string, text = ""): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
