/** Buttons with `data-copy` put its text on the clipboard and say so for a moment. */
import { announce } from "./live.ts";

const SAID_MILLISECONDS = 1600;

export function offerCopying(): void {
  if (!navigator.clipboard) return;
  document.documentElement.dataset.canCopy = "";
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest?.<HTMLButtonElement>("button[data-copy]");
    if (button) void copy(button);
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  const done = button.dataset.copied ?? "Copied";
  const label = button.querySelector("span");
  const before = label?.textContent ?? "";
  if (label) label.textContent = done;
  button.dataset.done = "";
  announce(done);
  setTimeout(() => {
    if (label) label.textContent = before;
    delete button.dataset.done;
  }, SAID_MILLISECONDS);
}
