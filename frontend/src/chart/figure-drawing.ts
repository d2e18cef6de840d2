/** Geometry as SVG: parts, words, and the scale of colours. */
import type { Unit } from "./contract.ts";
import type { Figure, Part, Word } from "./figure.ts";
import { short } from "./figures.ts";
import { LEVELS } from "./heat.ts";
import { hatching, make } from "./svg.ts";

const SWATCH = { width: 20, height: 10 };
const CORNER = 3;

export function drawFigure(svg: SVGSVGElement, figure: Figure, unit: Unit): void {
  const { definitions, fill } = hatching();
  svg.replaceChildren(
    definitions,
    ...figure.parts.flatMap((part, index) => drawPart(part, index, fill)),
    ...figure.words.map(drawWord),
    ...drawScale(figure, unit, fill),
  );
}

function drawPart(part: Part, index: number, hatch: string): SVGElement[] {
  const { box, look, key, level, colour, hatched } = part;
  const rect = make("rect", {
    class: `chart-part ${look}${hatched ? " chart-cell-hatched" : ""}`,
    "data-part": index,
    "data-of": key,
    "data-level": hatched ? null : level,
    "data-colour": colour,
    ...box,
    rx: Math.min(CORNER, box.width / 4, box.height / 4),
  });
  return hatched ? [rect, make("rect", { class: "chart-veil", ...box, fill: hatch, rx: CORNER })] : [rect];
}

function drawWord({ text, x, y, look, anchor }: Word): SVGElement {
  return make("text", { class: look, x, y, dy: "0.35em", "text-anchor": anchor }, text);
}

/** From nothing to the most, at the right; and what hatching means, where there is any. */
function drawScale({ scale }: Figure, unit: Unit, hatch: string): SVGElement[] {
  if (!scale) return [];
  const { heat, x, y, hatched } = scale;
  const height = SWATCH.height;
  const word = (text: string, at: number): SVGElement => make("text", { class: "chart-axis", x: at, y: y + height / 2, dy: "0.35em" }, text);
  const from = `${short(0, unit)}`;
  const start = x + from.length * 7 + 4;
  const steps = Array.from({ length: LEVELS + 1 }, (_, level) =>
    make("rect", { class: "chart-cell", "data-level": level, x: start + level * (SWATCH.width + 2), y, width: SWATCH.width, height, rx: 2 }),
  );
  const end = start + (LEVELS + 1) * (SWATCH.width + 2) + 4;
  const to = heat.exceeded ? `${short(heat.high, unit)} and more` : short(heat.high, unit);
  const found = [word(from, x), ...steps, word(to, end)];
  if (!hatched) return found;
  const beyond = end + to.length * 6.4 + 14;
  const box = { x: beyond, y, width: SWATCH.width, height, rx: 2 };
  return [...found, make("rect", { class: "chart-cell chart-cell-hatched", ...box }), make("rect", { class: "chart-veil", ...box, fill: hatch }), word("no data", beyond + SWATCH.width + 6)];
}
