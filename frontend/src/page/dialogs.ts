/**
 * Dialogs open and close by `commandfor`, without us. What is left: a page that answers a dialog's form shows it again when
 * something was wrong in it (`data-open`), and hides it when all went well; and a link with `data-dialog` opens the dialog that
 * holds what its page does.
 */
export function keepDialogsInStep(): void {
  showAsked();
  document.addEventListener("finora:page", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]:not([data-open])")) dialog.close();
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
