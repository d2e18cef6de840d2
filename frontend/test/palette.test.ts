/** The tokens keep their promises: text 4.5:1, marks 3:1, and series that people with colour-vision defects can tell apart. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

type Colour = [number, number, number];

const SHEET = ["colour", "heat"].map((name) => readFileSync(`src/css/tokens/${name}.css`, "utf8")).join("\n");
const HEAT = [1, 2, 3, 4, 5, 6].map((step) => `heat-${step}`);
const THEMES = ["light", "dark"] as const;
const SERIES = ["0", "1", "2", "3", "4", "5", "6", "7", "other"].map((name) => `series-${name}`);

/** Full protanopia, deuteranopia and tritanopia after Machado, Oliveira and Fernandes (2009), on linear RGB. */
const DEFECTS: Record<string, Colour[]> = {
  none: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
};

function role(name: string, theme: (typeof THEMES)[number]): Colour {
  const [, light, dark, both] = SHEET.match(new RegExp(`--${name}: (?:light-dark\\((#\\w{6}), (#\\w{6})\\)|(#\\w{6}))`)) ?? [];
  const hex = both ?? (theme === "light" ? light : dark);
  assert.ok(hex, `--${name} has a colour`);
  return [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255)) as Colour;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function seen(colour: Colour, defect: Colour[]): Colour {
  return defect.map((row) => Math.min(1, Math.max(0, dot(row, colour)))) as Colour;
}

/** Distance in OKLab; 0.02 is just noticeable side by side. */
function distance(one: Colour, other: Colour): number {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function oklab(colour: Colour): Colour {
  const roots = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
    .map((row) => Math.cbrt(dot(row as Colour, colour))) as Colour;
  return [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]]
    .map((row) => dot(row as Colour, roots)) as Colour;
}

function dot(a: Colour, b: Colour): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

for (const theme of THEMES) {
  const atLeast = (ratio: number, front: string, back: string): void => {
    const found = contrast(role(front, theme), role(back, theme));
    assert.ok(found >= ratio, `${theme}: ${front} on ${back} is ${found.toFixed(2)}, not ${ratio}`);
  };

  test(`text can be read on every surface (${theme})`, () => {
    for (const back of ["canvas", "panel", "raised", "sunken", "hover", "pressed"]) {
      for (const front of ["ink", "ink-muted", "ink-faint"]) atLeast(4.5, front, back);
    }
    for (const back of ["canvas", "panel", "raised", "hover"]) {
      for (const front of ["accent", "good", "bad", "caution"]) atLeast(4.5, front, back);
    }
    for (const level of ["good", "bad", "caution", "accent"]) {
      for (const front of [level, "ink", "ink-muted"]) atLeast(4.5, front, `${level}-soft`);
    }
    for (const back of ["accent-solid", "accent-solid-hover", "bad-solid", "bad-solid-hover"]) atLeast(4.5, "on-accent", back);
  });

  test(`marks, controls and focus stand out (${theme})`, () => {
    for (const mark of [...SERIES, "series-previous", "line-control", "focus"]) atLeast(3, mark, "panel");
    atLeast(3, "focus", "canvas");
  });

  test(`more is a clear step further, in the same direction, and can be read on (${theme})`, () => {
    const lightness = HEAT.map((step) => oklab(role(step, theme))[0] * (theme === "light" ? -1 : 1));
    lightness.slice(1).forEach((each, index) => assert.ok(each - (lightness[index] ?? 0) > 0.09, `${theme}: heat-${index + 2} is no step from the one before`));
    for (const step of ["heat-0", ...HEAT]) atLeast(4.5, `on-${step}`, step);
    assert.ok(distance(role("heat-0", theme), role("heat-1", theme)) > 0.04, "a little is not nothing");
    atLeast(3, "heat-4", "panel");
  });

  test(`series stay apart for every kind of colour vision (${theme})`, () => {
    for (const [name, defect] of Object.entries(DEFECTS)) {
      SERIES.forEach((one, index) => {
        for (const other of SERIES.slice(index + 1)) {
          const apart = distance(seen(role(one, theme), defect), seen(role(other, theme), defect));
          assert.ok(apart >= (name === "none" ? 0.08 : 0.06), `${theme}, ${name}: ${one} and ${other} are ${apart.toFixed(3)} apart`);
        }
      });
    }
  });
}
