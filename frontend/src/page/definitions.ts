/** Definitions open by click and keyboard without us; this opens them for a resting pointer as well. */

const REST_MILLISECONDS = 300;

export function keepDefinitionsAtHand(): void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  let shown: HTMLElement | null = null;

  document.addEventListener("pointerover", (event) => {
    const button = (event.target as Element).closest?.<HTMLButtonElement>(".definition-button");
    clearTimeout(resting);
    if (!button || event.pointerType !== "mouse") {
      if (shown && !shown.contains(event.target as Node)) shown = hide(shown);
      return;
    }
    const definition = document.getElementById(button.getAttribute("popovertarget") ?? "");
    if (!definition || definition.matches(":popover-open")) return;
    resting = setTimeout(() => {
      definition.showPopover({ source: button });
      shown = definition;
    }, REST_MILLISECONDS);
  });
  // A click on the button must not close what the resting pointer has just opened.
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest?.(".definition-button")) return;
    clearTimeout(resting);
    if (shown) {
      event.preventDefault();
      shown = null;
    }
  });
}

function hide(definition: HTMLElement): null {
  if (definition.matches(":popover-open")) definition.hidePopover();
  return null;
}
