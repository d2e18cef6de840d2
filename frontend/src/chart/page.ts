/** What views ask of the page around them, and how clicks lead on. */
export interface Page {
  visit(href: string): void;
  announce(text: string, delay?: number): void;
  /** Tells rows and other charts which series is under the pointer. */
  light(key: string | null): void;
}

/** A chart of some kind inside its element. */
export interface View {
  /** Shows what the attribute holds now. */
  update(json: string): void;
  light(key: string | null): void;
  dispose(): void;
}

/** Said only when a held key has come to rest. */
export const QUIET_MILLISECONDS = 350;

/** Whether a click asks for a new tab, as it would on a link. */
export function wantsTab(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.button === 1;
}

/** Goes where a click on a link to `href` would go. */
export function follow(event: MouseEvent, href: string, page: Page): void {
  event.preventDefault();
  if (wantsTab(event)) open(href, "_blank", "noopener");
  else page.visit(href);
}
