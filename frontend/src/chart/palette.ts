/** The theme's colours as ECharts wants them: plain values instead of custom properties. */

export interface Palette {
  series: string[];
  other: string;
  previous: string;
  line: string;
  axis: string;
  label: string;
  panel: string;
  font: string;
}

export function paletteOf(host: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const resolve = (role: string): string => {
    probe.style.color = `var(--${role})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    series: [0, 1, 2, 3, 4, 5, 6, 7].map((number) => resolve(`series-${number}`)),
    other: resolve("series-other"),
    previous: resolve("series-previous"),
    line: resolve("line"),
    axis: resolve("line-strong"),
    label: resolve("ink-faint"),
    panel: resolve("panel"),
    font: getComputedStyle(host).fontFamily,
  };
  probe.remove();
  return palette;
}

export function colourOf(colour: number | "other", palette: Palette): string {
  return colour === "other" ? palette.other : (palette.series[colour % palette.series.length] ?? palette.other);
}
