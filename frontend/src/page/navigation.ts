/**
 * Links and forms are boosted by htmx: the server sends whole pages and `#page` is morphed into the new one. This module
 * adds what a browser does by itself on a full load: scroll, focus, and a word to those who do not see the change.
 */
import htmx, { type HtmxEventMap, type HtmxRequestCtx } from "htmx.org";
import { announce } from "./live.ts";
import { dropNotice, raiseNotice } from "./notice.ts";

const MORPH_PAGE = { target: "#page", select: "#page", swap: "outerMorph show:none" } as const;

/** Where the reader was when a page began to change. */
interface Place {
  path: string;
  panel: string | null;
  focused: boolean;
}

/** Goes to `href` as a click on a link to it would. */
export function visit(href: string): void {
  void htmx.ajax("GET", href, { ...MORPH_PAGE, source: document.body, push: "true" });
}

export function keepPageInStep(): void {
  let place: Place | null = null;

  on("htmx:config:request", (event, { ctx }) => {
    if (isPollOfHiddenPage(ctx)) event.preventDefault();
    // Going back would otherwise replace the page, and with it what is typed and focused.
    if (ctx.request.headers["HX-History-Restore-Request"]) ctx.swap = MORPH_PAGE.swap;
  });

  on("htmx:before:swap", (event, { ctx, tasks }) => {
    if (!changesPage(ctx)) return;
    if (failed(ctx)) ctx.push = "false";
    const next: Element | null = tasks[0]?.fragment.querySelector("#page") ?? null;
    if (next && isBroken(ctx)) {
      event.preventDefault();
      const words = [...next.querySelectorAll("#title, #main p")].map((each) => each.textContent?.trim() ?? "");
      raiseNotice(words[0] ?? "", words[1] ?? "", () => visit(ctx.request.action));
      return;
    }
    if (!next || isNewerRelease(next)) {
      event.preventDefault();
      loadWholly(ctx, next);
      return;
    }
    place = currentPlace();
  });

  on("htmx:after:swap", (_event, { ctx }) => {
    if (!changesPage(ctx) || !place) return;
    if (ctx.request.method !== "GET" && !failed(ctx)) emptyForm(ctx.sourceElement);
    settle(place, failed(ctx));
    place = null;
  });

  on("htmx:error", (_event, { ctx, error }) => {
    if (ctx && !ctx.response && isUnreachable(error)) {
      const again = ctx.request.method === "GET" ? () => visit(ctx.request.action) : undefined;
      raiseNotice("Finora cannot be reached", "What you see may be out of date. Check your connection, then try again.", again);
    }
  });

  on("htmx:before:response", () => dropNotice());
}

function on<K extends keyof HtmxEventMap>(name: K, react: (event: Event, detail: HtmxEventMap[K]) => void): void {
  htmx.on(name, (event) => react(event, event.detail as HtmxEventMap[K]));
}

function changesPage(ctx: HtmxRequestCtx): boolean {
  return ctx.target?.id === "page";
}

function failed(ctx: HtmxRequestCtx): boolean {
  return (ctx.response?.status ?? 0) >= 400;
}

/** The server could not make the page that was asked for; the one at hand is better than none. */
function isBroken(ctx: HtmxRequestCtx): boolean {
  return ctx.request.method === "GET" && (ctx.response?.status ?? 0) >= 500;
}

function isPollOfHiddenPage(ctx: HtmxRequestCtx): boolean {
  return document.hidden && ctx.sourceEvent?.type === "every";
}

/** A failed fetch is a TypeError; a request that a newer one replaced is an AbortError and no news. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError || error === "timeout";
}

/** The server runs newer scripts than this page: load it afresh at the next step, which nobody notices. */
function isNewerRelease(next: Element): boolean {
  const current = document.getElementById("page");
  return next.getAttribute("data-version") !== current?.getAttribute("data-version");
}

function loadWholly(ctx: HtmxRequestCtx, page: Element | null): void {
  if (ctx.request.method === "GET" || page) {
    location.assign(ctx.response?.raw.url ?? ctx.request.action);
  } else {
    raiseNotice("That did not work", "The server gave no usable answer. Nothing may have been saved; load the page again to see.");
  }
}

function currentPlace(): Place {
  const active = document.activeElement;
  return {
    path: location.pathname,
    panel: active?.closest("section[id]")?.id ?? null,
    focused: active !== null && active !== document.body,
  };
}

function settle(before: Place, refused: boolean): void {
  const page = document.getElementById("page");
  const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted) wanted.scrollIntoView();
  else if (location.pathname !== before.path) scrollTo(0, 0);
  if (before.focused && document.activeElement === document.body) focusHeading(before.panel);
  announce(page?.dataset.announce || document.getElementById("title")?.textContent || "");
  page?.dispatchEvent(new CustomEvent("finora:page", { bubbles: true }));
  if (refused) page?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

function focusHeading(panel: string | null): void {
  const heading = (panel && document.getElementById(`${panel}-title`)) || document.getElementById("title");
  heading?.focus({ preventScroll: true });
}

/** A morph keeps what is typed; what has been sent, a key above all, must not stay in the form. */
function emptyForm(source: Element): void {
  if (source instanceof HTMLFormElement && source.isConnected) source.reset();
}
