/**
 * Rectangles as large as their weights, and as square as may be.
 *
 * After Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): weights are laid in rows along the shorter side, and a
 * row takes one more as long as that makes its worst rectangle squarer.
 */
import type { Box } from "./figure.ts";

/** One box per weight, in the order given; weights are not negative and go from large to small. */
export function squarify(weights: readonly number[], box: Box): Box[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map(() => ({ ...box, width: 0, height: 0 }));
  const scale = (box.width * box.height) / total;
  const areas = weights.map((weight) => weight * scale);
  const boxes: Box[] = [];
  let free = box;
  while (boxes.length < areas.length) {
    const row = rowOf(areas.slice(boxes.length), Math.min(free.width, free.height));
    const [laid, rest] = lay(row, free);
    boxes.push(...laid);
    free = rest;
  }
  return boxes;
}

function rowOf(areas: readonly number[], side: number): number[] {
  const row = areas.slice(0, 1);
  for (const area of areas.slice(1)) {
    if (worst([...row, area], side) > worst(row, side)) break;
    row.push(area);
  }
  return row;
}

/** The longest of a row's rectangles, as long side by short side. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0);
  const [largest, smallest] = [Math.max(...row), Math.min(...row)];
  if (smallest <= 0 || side <= 0) return Infinity;
  return Math.max((side ** 2 * largest) / sum ** 2, sum ** 2 / (side ** 2 * smallest));
}

/** The boxes of a row along the shorter side, and what remains free. */
function lay(row: readonly number[], free: Box): [Box[], Box] {
  const sum = row.reduce((total, area) => total + area, 0);
  const standing = free.width >= free.height;
  const side = standing ? free.height : free.width;
  const depth = side > 0 ? sum / side : 0;
  let along = 0;
  const boxes = row.map((area): Box => {
    const length = depth > 0 ? area / depth : 0;
    const at = along;
    along += length;
    return standing
      ? { x: free.x, y: free.y + at, width: depth, height: length }
      : { x: free.x + at, y: free.y, width: length, height: depth };
  });
  const rest = standing
    ? { ...free, x: free.x + depth, width: Math.max(0, free.width - depth) }
    : { ...free, y: free.y + depth, height: Math.max(0, free.height - depth) };
  return [boxes, rest];
}
