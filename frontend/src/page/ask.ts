/**
 * `<ask-box>`: a combobox that offers questions while one types. The form works without it; the server decides what is offered;
 * here is only what is typed, and which of the offered is chosen.
 */

const TYPING_MILLISECONDS = 120;

class AskBox extends HTMLElement {
  #asking = new AbortController();
  #typing: ReturnType<typeof setTimeout> | undefined;
  readonly #life = new AbortController();

  connectedCallback(): void {
    const { signal } = this.#life;
    this.addEventListener("input", () => this.#wait(), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("mousedown", (event) => this.#press(event), { signal });
    this.addEventListener("focusout", () => this.#close(), { signal });
    this.addEventListener("submit", () => this.#close(), { signal });
  }

  disconnectedCallback(): void {
    this.#asking.abort();
  }

  get #field(): HTMLInputElement {
    return this.querySelector("input[role=combobox]") as HTMLInputElement;
  }

  get #list(): HTMLElement {
    return this.querySelector("[role=listbox]") as HTMLElement;
  }

  get #options(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  #wait(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.#offer(), TYPING_MILLISECONDS);
  }

  async #offer(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const typed = this.#field.value.trim();
    if (typed.length < 2) return this.#close();
    try {
      const answer = await fetch(`${this.dataset.source}?q=${encodeURIComponent(typed)}`, { signal });
      const questions: unknown = answer.ok ? await answer.json() : [];
      if (!signal.aborted && Array.isArray(questions)) this.#show(questions.map(String));
    } catch {
      this.#close();
    }
  }

  #show(questions: string[]): void {
    if (questions.length === 0 || document.activeElement !== this.#field) return this.#close();
    this.#list.replaceChildren(
      ...questions.map((question, place) => {
        const option = document.createElement("li");
        option.id = `ask-offered-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = question;
        return option;
      }),
    );
    this.#list.hidden = false;
    this.#field.setAttribute("aria-expanded", "true");
    this.#field.removeAttribute("aria-activedescendant");
  }

  #close(): void {
    clearTimeout(this.#typing);
    this.#asking.abort();
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-activedescendant");
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || this.#list.hidden) return;
    const chosen = this.#options.find((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(chosen, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && chosen) this.#ask(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(chosen: HTMLElement | undefined, step: 1 | -1): void {
    const options = this.#options;
    const at = chosen ? options.indexOf(chosen) : step > 0 ? -1 : 0;
    const next = options[(at + step + options.length) % options.length];
    for (const option of options) option.setAttribute("aria-selected", String(option === next));
    if (next) this.#field.setAttribute("aria-activedescendant", next.id);
    next?.scrollIntoView({ block: "nearest" });
  }

  #press(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (!option) return;
    event.preventDefault(); // the field keeps the focus
    this.#ask(option);
  }

  #ask(option: HTMLElement): void {
    this.#field.value = option.textContent ?? "";
    this.#close();
    this.#field.form?.requestSubmit();
  }
}

export function defineAskBox(): void {
  customElements.define("ask-box", AskBox);
}
