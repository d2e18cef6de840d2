/** Geometry as SVG: parts, words, and the scale of colours. */
import type { Unit } from "./contract.ts";
import { CHARACTER, type Figure, type Part, type Word } from "./figure.ts";
import { short } from "./figures.ts";
import { LEVELS } from "./heat.ts";
import { hatching, make } from "./svg.ts";

const SWATCH_HEIGHT = 10;
/** In less than this the scale has smaller swatches. */
const ROOMY = 420;
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

/** From nothing to the most, and what hatching means, where there is any. */
function drawScale({ scale }: Figure, unit: Unit, hatch: string): SVGElement[] {
  if (!scale) return [];
  const { heat, box, hatched } = scale;
  const swatch = { y: box.y, width: box.width < ROOMY ? 12 : 20, height: SWATCH_HEIGHT, rx: 2 };
  const found: SVGElement[] = [];
  let x = box.x;
  const write = (text: string): void => {
    found.push(drawWord({ text, x, y: box.y + SWATCH_HEIGHT / 2, look: "chart-axis" }));
    x += text.length * CHARACTER + 8;
  };
  write(short(0, unit));
  for (let level = 0; level <= LEVELS; level++, x += swatch.width + 2) {
    found.push(make("rect", { class: "chart-cell", "data-level": level, x, ...swatch }));
  }
  x += 4;
  write(heat.exceeded ? `${short(heat.high, unit)} and more` : short(heat.high, unit));
  if (!hatched) return found;
  found.push(make("rect", { class: "chart-veil", x: (x += 8), ...swatch, fill: hatch }));
  x += swatch.width + 6;
  write("no data");
  return found;
}
