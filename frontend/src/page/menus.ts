/** Menus are popovers and look after themselves; this closes them when the page has changed, and moves through them by arrows. */

const ITEMS = ":is(a[href], button:not(:disabled), input, select)";

export function keepMenusInHand(): void {
  document.addEventListener("finora:page", () => {
    for (const open of document.querySelectorAll<HTMLElement>("[popover]:popover-open")) open.hidePopover();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const menu = openMenuOf(event.target as Element);
    if (!menu || (event.target as Element).matches("select, textarea")) return;
    event.preventDefault();
    move(menu, event.key === "ArrowDown" ? 1 : -1);
  });
}

/** The open menu that the focus is in, or whose button it is on. */
function openMenuOf(target: Element): Element | null {
  const named = target.getAttribute("popovertarget");
  const menu = named ? document.getElementById(named) : target.closest(".menu");
  return menu?.matches(".menu:popover-open") ? menu : null;
}

function move(menu: Element, step: 1 | -1): void {
  const items = [...menu.querySelectorAll<HTMLElement>(ITEMS)];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length;
  items[next]?.focus();
}
