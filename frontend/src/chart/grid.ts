/** The geometry of rows by columns, such as weekdays by hours. */
import type { GridChart } from "./contract.ts";
import { nanos, told } from "./figures.ts";
import { CHARACTER, type Figure, type Part, readingOf, SCALE_HEIGHT, type Word } from "./figure.ts";
import { heatOf, levelOf } from "./heat.ts";

const FOOT = 20;
const TALLEST_ROW = 30;
const GAP = 2;

export function grid(chart: GridChart, width: number, height: number): Figure {
  const left = Math.ceil(Math.max(...chart.rows.map((row) => row.length)) * CHARACTER) + 10;
  const across = (width - left) / chart.columns.length;
  const down = Math.min(TALLEST_ROW, (height - SCALE_HEIGHT - FOOT) / chart.rows.length);
  const heat = heatOf(chart.cells.flat().map((cell) => Number(cell?.value ?? 0)));
  const parts = chart.rows.flatMap((row, y) =>
    chart.columns.map((column, x): Part => {
      const cell = chart.cells[y]?.[x] ?? null;
      const title = `${row} ${column}`;
      return {
        box: { x: left + x * across, y: y * down, width: across - GAP, height: down - GAP },
        look: "chart-cell",
        level: levelOf(Number(cell?.value ?? 0), heat),
        hatched: cell === null,
        href: cell?.href ?? null,
        reading: readingOf(title, cell ? told(nanos(cell.value), chart.unit) : "", cell ? "" : "no data", cell?.href),
      };
    }),
  );
  const bottom = chart.rows.length * down;
  const last = chart.columns.length - 1;
  return {
    parts,
    words: [...rowWords(chart, down), ...columnWords(chart, left, across, bottom)],
    first: 0,
    next: (from, key) => {
      const [y, x] = [Math.floor(from / chart.columns.length), from % chart.columns.length];
      if (key === "ArrowLeft") return from - (x > 0 ? 1 : 0);
      if (key === "ArrowRight") return from + (x < last ? 1 : 0);
      if (key === "ArrowUp") return from - (y > 0 ? chart.columns.length : 0);
      return from + (y < chart.rows.length - 1 ? chart.columns.length : 0);
    },
    scale: heat && { heat, box: { x: left, y: bottom + FOOT + 6, width: width - left }, hatched: chart.cells.flat().includes(null) },
  };
}

function rowWords(chart: GridChart, down: number): Word[] {
  return chart.rows.map((text, index) => ({ text, x: 0, y: (index + 0.5) * down - GAP / 2, look: "chart-axis" }));
}

/** Every column, or every second, third, fourth … : as many as do not touch. */
function columnWords(chart: GridChart, left: number, across: number, bottom: number): Word[] {
  const widest = Math.max(...chart.columns.map((column) => column.length)) * CHARACTER + 8;
  const every = [1, 2, 3, 4, 6, 8, 12].find((each) => each * across >= widest) ?? 24;
  return chart.columns.flatMap((text, index): Word[] =>
    index % every === 0 ? [{ text, x: left + index * across, y: bottom + 10, look: "chart-axis" }] : [],
  );
}
