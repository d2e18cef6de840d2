/** Ctrl+Z, or Cmd+Z, goes back from a zoom, as long as nothing that is typed could be meant. */
export function undoZoomsByKey(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.defaultPrevented || isTyping(event.target) || !document.querySelector("spend-chart") || !canGoBack()) return;
    event.preventDefault();
    history.back();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Never out of Finora, where the browser can tell. */
function canGoBack(): boolean {
  const { navigation } = window as { navigation?: { canGoBack: boolean } };
  return navigation ? navigation.canGoBack : history.length > 1;
}
