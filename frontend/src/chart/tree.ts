/** The geometry of the tree map: parts within parts, each with its name where there is room for one. */
import type { TreeChart, TreeNode, Unit } from "./contract.ts";
import { nanos, percent, short, told } from "./figures.ts";
import { type ArrowKey, type Box, CHARACTER, type Figure, nothing, type Part, readingOf, type Word } from "./figure.ts";
import { drawn } from "./scale.ts";
import { squarify } from "./squarify.ts";

const HEAD = [22, 18];
const GAPS = [3, 2, 1.5];
const INSET = 7;
/** A head is for a group that leaves room below it. */
const NARROWEST_HEAD = 56;
const LOWEST_GROUP = 48;
const LINE = 15;

interface Placed extends Part {
  node: TreeNode;
  parent: number;
  children: number[];
}

export function tree(chart: TreeChart, width: number, height: number): Figure {
  const parts: Placed[] = [];
  const words: Word[] = [];
  const whole = chart.nodes.reduce((total, node) => total + nanos(node.value), 0n);

  const place = (nodes: readonly TreeNode[], box: Box, parent: number): number[] => {
    const depth = parent < 0 ? 0 : depthOf(parts, parent) + 1;
    const shown = bySize(nodes);
    const boxes = squarify(shown.map((node) => drawn(node.value) ?? 0), box);
    return shown.flatMap((node, index) => {
      const own = inset(boxes[index] ?? box, (GAPS[depth] ?? 1) / 2);
      if (own.width <= 0 || own.height <= 0) return [];
      const at = parts.length;
      const leaf = !node.children?.length;
      const headed = !leaf && own.width >= NARROWEST_HEAD && own.height >= LOWEST_GROUP;
      parts.push({ ...partOf(chart, node, own, depth, leaf, whole, parts[parent]), node, parent, children: [] });
      words.push(...(leaf ? leafWords(node, own, chart.unit) : headed ? headWords(node, own, depth, chart.unit) : []));
      const room = headed ? below(own, HEAD[depth] ?? LINE, GAPS[depth + 1] ?? 1) : own;
      const children = leaf ? [] : place(node.children ?? [], room, at);
      (parts[at] as Placed).children = children;
      return [at];
    });
  };
  const roots = place(chart.nodes, { x: 0, y: 0, width, height }, -1);
  if (parts.length === 0) return nothing(width, height);
  return { parts, words, first: 0, next: (from, key) => next(parts, roots, from, key), scale: null };
}

/** Largest first; what is nothing, or a credit, has no area. */
function bySize(nodes: readonly TreeNode[]): TreeNode[] {
  const positive = nodes.filter((node) => nanos(node.value) > 0n);
  return positive.sort((a, b) => (nanos(a.value) < nanos(b.value) ? 1 : nanos(a.value) > nanos(b.value) ? -1 : 0));
}

function depthOf(parts: readonly Placed[], at: number): number {
  const parent = parts[at]?.parent ?? -1;
  return parent < 0 ? 0 : depthOf(parts, parent) + 1;
}

function partOf(chart: TreeChart, node: TreeNode, box: Box, depth: number, leaf: boolean, whole: bigint, parent?: Placed): Part {
  const value = nanos(node.value);
  const shares = [percent(value, whole), parent && `${percent(value, nanos(parent.node.value))} of ${parent.node.label}`];
  const note = shares.filter(Boolean).join(", ");
  return {
    box,
    look: leaf ? "chart-leaf" : `chart-group chart-group-${depth}`,
    key: node.key,
    colour: node.colour,
    href: node.href ?? null,
    reading: readingOf(node.label, told(value, chart.unit), note, node.href),
  };
}

function leafWords(node: TreeNode, box: Box, unit: Unit): Word[] {
  const label = fitted(node.label, box.width - INSET);
  if (!label || box.height < LINE + 4) return [];
  const name = { text: label, x: box.x + INSET, y: box.y + 12, look: "chart-leaf-name" };
  const figure = amount(node, unit);
  const fits = box.height >= 2 * LINE + 6 && figure.length * CHARACTER <= box.width - INSET;
  return fits ? [name, { text: figure, x: box.x + INSET, y: box.y + 12 + LINE, look: "chart-leaf-figure" }] : [name];
}

function headWords(node: TreeNode, box: Box, depth: number, unit: Unit): Word[] {
  const y = box.y + (HEAD[depth] ?? LINE) / 2 + 1;
  const figure = amount(node, unit);
  const wide = (node.label.length + figure.length + 2) * CHARACTER <= box.width - 2 * INSET;
  const label = wide ? node.label : fitted(node.label, box.width - INSET);
  const name = { text: label, x: box.x + INSET, y, look: `chart-head chart-head-${depth}` };
  return wide ? [name, { text: figure, x: box.x + box.width - INSET, y, look: "chart-head-figure", anchor: "end" as const }] : [name];
}

function amount(node: TreeNode, unit: Unit): string {
  return short(Number(Number(node.value).toPrecision(3)), unit);
}

/** As much of a name as fits; nothing where only scraps would. */
function fitted(text: string, width: number): string {
  const most = Math.floor(width / CHARACTER);
  if (text.length <= most) return text;
  return most < 4 ? "" : `${text.slice(0, most - 1).trimEnd()}…`;
}

function inset(box: Box, by: number): Box {
  return { x: box.x + by, y: box.y + by, width: box.width - 2 * by, height: box.height - 2 * by };
}

function below(box: Box, head: number, margin: number): Box {
  return { x: box.x + margin, y: box.y + head, width: box.width - 2 * margin, height: box.height - head - margin };
}

/** Left and right among siblings, up to the whole, down into the largest part. */
function next(parts: readonly Placed[], roots: readonly number[], from: number, key: ArrowKey): number {
  const part = parts[from];
  if (!part) return from;
  if (key === "ArrowUp") return part.parent < 0 ? from : part.parent;
  if (key === "ArrowDown") return part.children[0] ?? from;
  const siblings = part.parent < 0 ? roots : (parts[part.parent]?.children ?? []);
  return siblings[siblings.indexOf(from) + (key === "ArrowRight" ? 1 : -1)] ?? from;
}
