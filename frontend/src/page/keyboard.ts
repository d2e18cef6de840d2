/**
 * Keys press what the page declares: an element with `data-key` is clicked, or focused where one types into it. `g o` is a key
 * after another, `mod+k` a key with Ctrl or Cmd. A key without an element on this page does nothing.
 */

const NEXT_KEY_MILLISECONDS = 1500;
const TYPED_INTO = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
/** What has arrows of its own. */
const MOVED_BY_ARROWS = "spend-chart, input, [popover], .table-frame-wide, [role=grid], [role=listbox], [role=slider]";

export function followKeys(): void {
  if (/Mac|iPhone|iPad/.test(navigator.platform)) document.documentElement.dataset.apple = "";
  let before = "";
  let forgetting: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (!key || event.defaultPrevented || event.isComposing || event.repeat) return;
    const found = isFree(event, key) ? declared(before ? `${before} ${key}` : key) : null;
    const begins = !before && isFree(event, key) && document.querySelector(`[data-key^="${CSS.escape(key)} "]`) !== null;
    clearTimeout(forgetting);
    before = begins ? key : "";
    if (begins) forgetting = setTimeout(() => (before = ""), NEXT_KEY_MILLISECONDS);
    if (!found) return;
    event.preventDefault();
    press(found);
  });
}

/** The key as `data-key` spells it; none while it is held together with another that gives it another meaning. */
function keyOf(event: KeyboardEvent): string | null {
  const { key } = event;
  if (event.altKey) return null;
  if (event.ctrlKey !== event.metaKey) return `mod+${key.toLowerCase()}`;
  if (event.ctrlKey || (event.shiftKey && /^(\p{L}|Arrow.*)$/u.test(key))) return null;
  return key.length === 1 ? key.toLowerCase() : key;
}

/** Whether a key belongs to nobody else at this moment. */
function isFree(event: KeyboardEvent, key: string): boolean {
  const target = event.target as Element;
  if (document.querySelector("dialog:modal")) return false;
  if (key.startsWith("mod+")) return true;
  // A dialog just closed may keep the focus until the browser paints next.
  if (target.matches(TYPED_INTO) && target.checkVisibility()) return false;
  if (key === "Escape") return !document.querySelector("[popover]:popover-open") && !target.closest("spend-chart");
  if (key.startsWith("Arrow") && target.closest(MOVED_BY_ARROWS)) return false;
  return document.getElementById("page")?.dataset.singleKeys !== "off";
}

function declared(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

function press(element: HTMLElement): void {
  if (!element.matches("input, select, textarea")) {
    if (element.matches("button")) element.focus();
    element.click();
    return;
  }
  const menu = element.closest<HTMLElement>("[popover]");
  const opener = menu && document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (menu && !menu.matches(":popover-open")) menu.showPopover(opener ? { source: opener } : {});
  element.focus();
  if (element instanceof HTMLInputElement) element.select();
}
