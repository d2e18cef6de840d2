/**
 * Dialogs open and close by `commandfor`, without us. What is left: a page that answers a dialog's form shows it again when
 * something was wrong in it (`data-open`), and hides it when all went well; and a link with `data-dialog` opens the dialog that
 * holds what its page does.
 */
import htmx, { type HtmxEventMap } from "htmx.org";

export function keepDialogsInStep(): void {
  showAsked();
  // One that was opened after its page was asked for, as the palette right after Escape, is not what that page answers.
  let answered = new Set<HTMLDialogElement>();
  htmx.on("htmx:config:request", (event) => {
    const { ctx } = event.detail as HtmxEventMap["htmx:config:request"];
    if (ctx.target?.id === "page") answered = new Set(document.querySelectorAll<HTMLDialogElement>("dialog[open]"));
  });
  document.addEventListener("finora:page", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]:not([data-open])")) {
      if (answered.has(dialog)) dialog.close();
    }
    showAsked();
  });
  // Before htmx, which would follow the link.
  document.addEventListener("click", openInPlace, { capture: true });
}

function showAsked(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[data-open]")) {
    if (!dialog.open) dialog.showModal();
  }
}

function openInPlace(event: MouseEvent): void {
  const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[data-dialog]");
  const dialog = link && (document.getElementById(link.dataset.dialog ?? "") as HTMLDialogElement | null);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  for (const menu of document.querySelectorAll<HTMLElement>("[popover]:popover-open")) menu.hidePopover();
  if (!dialog.open) dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("finora:dialog", { bubbles: true }));
}
