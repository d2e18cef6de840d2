/**
 * Dialogs open and close by `commandfor`, without us. What is left: a page that answers a dialog's form shows it again when
 * something was wrong in it (`data-open`), and hides it when all went well.
 */
export function keepDialogsInStep(): void {
  showAsked();
  document.addEventListener("finora:page", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]:not([data-open])")) dialog.close();
    showAsked();
  });
}

function showAsked(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[data-open]")) {
    if (!dialog.open) dialog.showModal();
  }
}
