/** A list of values gets shorter while its field is typed into; the arrow down goes from the field into the list. */

const FIELD = "[data-found-by]";

function listOf(target: EventTarget | null): HTMLElement | null {
  const id = (target as HTMLElement | null)?.id;
  return id ? document.querySelector<HTMLElement>(`[data-found-by="${CSS.escape(id)}"]`) : null;
}

/** Whether a value is one that was meant: each word typed is somewhere in it, whatever their case. */
export function isMeant(value: string, typed: string): boolean {
  const text = value.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function shortenValueLists(): void {
  document.addEventListener("input", (event) => {
    const list = listOf(event.target);
    if (!list) return;
    const typed = (event.target as HTMLInputElement).value.trim();
    for (const row of list.children) (row as HTMLElement).hidden = !isMeant(row.textContent ?? "", typed);
  });
  document.addEventListener("keydown", (event) => {
    const within = (event.target as HTMLElement).closest?.<HTMLElement>(FIELD);
    const list = within ?? listOf(event.target);
    if (!list || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const names = [...list.querySelectorAll<HTMLElement>("li:not([hidden]) .value-name")];
    const place = names.indexOf(event.target as HTMLElement);
    const next = names[place + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
