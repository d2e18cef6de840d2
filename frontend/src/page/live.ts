/** Polite announcements for those who do not see the page change. */

let pending: ReturnType<typeof setTimeout> | undefined;

/**
 * Says `text` in the page's live region once things have been quiet for `delay` milliseconds, so that a held arrow key
 * does not read out every bucket on its way. The last text wins.
 */
export function announce(text: string, delay = 0): void {
  clearTimeout(pending);
  pending = setTimeout(() => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  }, delay);
}
