/** The theme changes at once and without a load; the server keeps the choice in a cookie, so that no page flashes. */
export function switchThemeInPlace(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-theme-switch]")) return;
    event.preventDefault();
    const choice = event.submitter as HTMLButtonElement;
    show(form, choice.value);
    void fetch(form.action, { method: "POST", body: new URLSearchParams(entries(form, choice)), redirect: "manual" });
  });
}

function show(form: HTMLFormElement, theme: string): void {
  document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll<HTMLButtonElement>("button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

function entries(form: HTMLFormElement, choice: HTMLButtonElement): [string, string][] {
  return [...new FormData(form, choice)].map(([name, value]) => [name, String(value)]);
}
