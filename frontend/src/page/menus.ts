/** Menus are `<details data-menu>`; this closes them where a menu is expected to close, and moves through them by arrows. */

const OPEN = "details[data-menu][open]";
const ITEMS = ".menu-sheet :is(a[href], button:not(:disabled), input, select)";

export function keepMenusInHand(): void {
  document.addEventListener("click", (event) => closeAllBut((event.target as Element).closest(OPEN)));
  document.addEventListener("finora:page", () => closeAllBut(null));
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLDetailsElement>(OPEN);
    if (!menu) return;
    if (event.key === "Escape") {
      close(menu);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if ((event.target as Element).matches("select")) return;
      event.preventDefault();
      move(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });
}

function closeAllBut(kept: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(OPEN)) {
    if (menu !== kept) menu.open = false;
  }
}

function close(menu: HTMLDetailsElement): void {
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

function move(menu: HTMLDetailsElement, step: 1 | -1): void {
  const items = [...menu.querySelectorAll<HTMLElement>(ITEMS)];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length;
  items[next]?.focus();
}
