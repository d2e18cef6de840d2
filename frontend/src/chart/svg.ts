/** SVG elements with their attributes. */
const SVG = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number | null | undefined>;

/** A new element; attributes without a value are left out. */
export function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Attributes = {}, text = ""): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value != null) element.setAttribute(key, String(value));
  }
  if (text) element.textContent = text;
  return element;
}

let hatchings = 0;

/** Slanting lines to fill with; the id is one of a kind, so that charts do not share theirs. */
export function hatching(): { definitions: SVGDefsElement; fill: string } {
  const id = `chart-hatch-${++hatchings}`;
  const definitions = make("defs");
  const pattern = make("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(make("rect", { class: "chart-hatch", width: 2.5, height: 6 }));
  definitions.append(pattern);
  return { definitions, fill: `url(#${id})` };
}
