/** Rows and charts that speak of the same series light it together; a row names it by `data-series`. */

interface Light {
  key: string | null;
  from: Element | null;
}

const EVENT = "finora:light";

/** Lights the series `key` wherever it is shown; null puts the light out. `from` needs not be told. */
export function shine(key: string | null, from: Element | null = null): void {
  document.dispatchEvent(new CustomEvent<Light>(EVENT, { detail: { key, from } }));
}

export function onLight(react: (key: string | null, from: Element | null) => void, signal?: AbortSignal): void {
  const listener = (event: Event): void => {
    const { key, from } = (event as CustomEvent<Light>).detail;
    react(key, from);
  };
  document.addEventListener(EVENT, listener, signal ? { signal } : {});
}

export function lightRowsWithCharts(): void {
  let lit: string | null = null;
  const follow = (event: Event): void => {
    const row = (event.target as Element).closest?.<HTMLElement>("[data-series]");
    const key = row?.dataset.series ?? null;
    // Inside a chart the chart itself says what is under the pointer.
    if (key === lit || (event.target as Element).closest?.("spend-chart")) return;
    shine(key);
  };
  document.addEventListener("pointerover", follow);
  document.addEventListener("focusin", follow);
  onLight((key) => {
    lit = key;
    for (const row of document.querySelectorAll<HTMLElement>("[data-series]")) {
      row.toggleAttribute("data-lit", key !== null && row.dataset.series === key);
    }
  });
}
