/**
 * The command palette: a combobox over what `/palette` finds. The server ranks; here is only what is typed and which of the
 * found is chosen.
 */
import { announce } from "./live.ts";
import { visit } from "./navigation.ts";

interface Found {
  kind: string;
  label: string;
  icon: string;
  href?: string;
  act?: string;
  hint?: string;
  key?: string;
}

const TYPING_MILLISECONDS = 70;
const SVG = "http://www.w3.org/2000/svg";

export function offerPalette(): void {
  let found: Found[] = [];
  let asking = new AbortController();
  let typing: ReturnType<typeof setTimeout> | undefined;

  const ask = async (): Promise<void> => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await search(field().value, signal);
      if (signal.aborted) return;
      found = answer;
      show(answer);
    } catch {
      if (!signal.aborted) tell("Finora cannot be reached. Type on to try again.");
    }
  };

  document.addEventListener("finora:dialog", (event) => {
    if ((event.target as Element).id !== "palette") return;
    field().value = "";
    void ask();
  });
  // A page that arrives below the open palette takes away what was found.
  document.addEventListener("finora:page", () => {
    if (document.querySelector("#palette[open]")) void ask();
  });
  document.addEventListener("input", (event) => {
    if ((event.target as Element).id !== "palette-typed") return;
    clearTimeout(typing);
    typing = setTimeout(() => void ask(), TYPING_MILLISECONDS);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.target as Element).id !== "palette-typed" || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && chosen()) go(found[options().indexOf(chosen() as HTMLElement)], event);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = (event.target as Element).closest?.<HTMLElement>("#palette-found [role=option]");
    if (option) go(found[options().indexOf(option)], event);
  });
  document.addEventListener("pointermove", (event) => {
    const option = (event.target as Element).closest?.<HTMLElement>("#palette-found [role=option]");
    if (option) choose(option);
  });
}

async function search(typed: string, signal: AbortSignal): Promise<Found[]> {
  const { href, pathname } = document.getElementById("palette-link") as HTMLAnchorElement;
  const root = pathname.length - "/palette".length; // Finora may stand below a path of somebody else's host
  const asked = new URLSearchParams({ q: typed, at: location.pathname.slice(root) + location.search });
  const answer = await fetch(`${href}?${asked}`, { signal, headers: { Accept: "application/json" } });
  // Whoever was signed out meanwhile is led to sign in.
  if (answer.redirected) location.assign(answer.url);
  return ((await answer.json()) as { results: Found[] }).results;
}

function show(found: Found[]): void {
  list().replaceChildren(...found.map(drawn));
  field().setAttribute("aria-expanded", String(found.length > 0));
  choose(options()[0] ?? null);
  list().scrollTop = 0;
  tell(found.length ? "" : "Nothing fits. Try fewer letters, or another word.");
}

function drawn(entry: Found, place: number): HTMLElement {
  const option = document.createElement("li");
  option.id = `palette-found-${place}`;
  option.className = "palette-entry";
  option.setAttribute("role", "option");
  option.append(icon(entry.icon), part(entry.label, "palette-label"));
  if (entry.hint) option.append(part(entry.hint, "palette-hint figure"));
  option.append(part(entry.kind, "palette-kind"));
  if (entry.key) option.append(part(entry.key, "palette-key"));
  return option;
}

function part(text: string, className: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function icon(name: string): SVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${dialog().dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

function go(entry: Found | undefined, event: KeyboardEvent | MouseEvent): void {
  if (!entry) return;
  if (entry.href && (event.ctrlKey || event.metaKey)) {
    window.open(entry.href);
    return;
  }
  dialog().close();
  const opener = document.querySelector<HTMLElement>(`a[data-dialog][href="${CSS.escape(entry.href ?? "")}"]`);
  if (entry.act) act(entry.act);
  else if (opener) opener.click();
  else if (entry.href) visit(entry.href);
}

function act(what: string): void {
  if (what === "copy-link") void navigator.clipboard.writeText(location.href).then(() => announce("Link copied"));
  else document.getElementById(what.replace("press ", ""))?.click();
}

function move(step: 1 | -1): void {
  const all = options();
  const at = all.indexOf(chosen() as HTMLElement);
  choose(all[(at + step + all.length) % all.length] ?? null);
  chosen()?.scrollIntoView({ block: "nearest" });
}

function choose(option: HTMLElement | null): void {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
}

function chosen(): HTMLElement | null {
  return list().querySelector<HTMLElement>('[aria-selected="true"]');
}

function options(): HTMLElement[] {
  return [...list().querySelectorAll<HTMLElement>("[role=option]")];
}

function tell(text: string): void {
  const told = document.getElementById("palette-told");
  if (told) told.textContent = text;
}

const dialog = (): HTMLDialogElement => document.getElementById("palette") as HTMLDialogElement;
const field = (): HTMLInputElement => document.getElementById("palette-typed") as HTMLInputElement;
const list = (): HTMLElement => document.getElementById("palette-found") as HTMLElement;
