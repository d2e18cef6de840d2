/** The tooltip: nodes with classes, because a strict policy allows no style in markup. */
import type { Area } from "./drawing.ts";
import type { Line, Reading } from "./reading.ts";
import type { Band } from "./scale.ts";

const GAP = 12;

export class Tooltip {
  readonly element = block("div", "chart-tip");

  constructor() {
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
  }

  show(reading: Reading, band: Band, area: Area): void {
    this.element.replaceChildren(head(reading), ...reading.lines.map(row), ...foot(reading));
    this.element.hidden = false;
    this.#place(band, area);
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Beside the bucket, on the side that has room, and never outside the chart. */
  #place(band: Band, area: Area): void {
    const width = this.element.offsetWidth;
    const right = area.left + area.width;
    const after = band.start + band.width + GAP;
    const before = band.start - GAP - width;
    const wanted = after + width <= right || before < 0 ? after : before;
    const left = Math.max(0, Math.min(wanted, right - width));
    this.element.style.transform = `translate(${Math.round(left)}px, ${area.top}px)`;
  }
}

function head(reading: Reading): HTMLElement {
  const element = block("p", "chart-tip-head", reading.title);
  if (reading.note) element.append(" ", block("span", "chart-tip-note", reading.note));
  return element;
}

function row(line: Line): HTMLElement {
  const element = block("p", "chart-tip-line");
  const swatch = block("span", "chart-tip-swatch");
  swatch.dataset.colour = String(line.colour);
  if (line.lit) element.dataset.lit = "";
  element.append(swatch, block("span", "chart-tip-label", line.label), figure(line.figure), block("span", "chart-tip-share", line.share ?? ""));
  return element;
}

function foot(reading: Reading): HTMLElement[] {
  const rows: HTMLElement[] = [];
  if (reading.more > 0) rows.push(block("p", "chart-tip-more", `and ${reading.more} more`));
  if (reading.total !== null && reading.lines.length !== 1) rows.push(sumRow("chart-tip-total", "Total", reading.total));
  if (reading.previous) {
    const row = sumRow("chart-tip-previous", reading.previous.label, reading.previous.figure);
    row.append(block("span", "chart-tip-share", reading.previous.movement ?? ""));
    rows.push(row);
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

function block(name: "div" | "p" | "span", className: string, text = ""): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
