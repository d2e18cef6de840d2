/**
 * The form of a subscription: a chosen plan fills in its list price unless another one was typed, and what a price comes to is
 * said as one types. All words come from the server.
 */
const CENTS_PER_DOLLAR = 100n;
const PRICE = /^\$?\s*(\d{1,7})(?:\.(\d{1,2}))?$/;
const SEATS = /^\d{1,6}$/;

export function helpWithSubscriptions(): void {
  document.addEventListener("input", (event) => {
    const typed = event.target;
    if (!(typed instanceof HTMLInputElement || typed instanceof HTMLSelectElement)) return;
    if (typed.form?.id !== "subscription-form") return;
    if (typed.name === "sku" || typed.name === "billing_cycle") fillInListPrice(typed.form);
    if (typed.name === "effective") chooseOtherDay(typed.form, typed.value);
    tellEquivalent(typed.form);
  });
}

function fillInListPrice(form: HTMLFormElement): void {
  const cycle = valueOf(form, "billing_cycle");
  const plan = chosenPlan(form);
  const note = document.getElementById("list-price");
  if (note) note.textContent = (plan && plan.getAttribute(`data-${cycle}-note`)) ?? "";
  const unit = form.querySelector("#price_per_seat + .control-fix");
  if (unit) unit.textContent = cycle === "annual" ? "a year" : "a month";
  const price = field(form, "price_per_seat");
  const listed = plan?.getAttribute(`data-${cycle}`) ?? "";
  const isTyped = price.value !== "" && price.value !== price.dataset.filled;
  if (!plan || isTyped) return;
  price.value = listed;
  price.dataset.filled = listed;
}

/** The option whose id or name was typed. */
function chosenPlan(form: HTMLFormElement): HTMLOptionElement | null {
  const wanted = valueOf(form, "sku").trim().toLowerCase();
  const plans = form.querySelectorAll<HTMLOptionElement>("#plans option");
  const id = wanted.replace(/\s+/g, "-");
  return [...plans].find((plan) => plan.value === id || plan.label.toLowerCase() === wanted) ?? null;
}

function chooseOtherDay(form: HTMLFormElement, day: string): void {
  const other = form.querySelector<HTMLInputElement>("#from-other");
  if (other && day !== "") other.checked = true;
}

function tellEquivalent(form: HTMLFormElement): void {
  const output = form.querySelector<HTMLOutputElement>("#equivalent");
  if (!output) return;
  const cycle = valueOf(form, "billing_cycle");
  const text = equivalent(valueOf(form, "seats"), valueOf(form, "price_per_seat"), cycle, output.getAttribute(`data-${cycle}`) ?? "");
  if (output.textContent !== text) output.textContent = text;
}

/** What a price comes to, in the given words; empty while seats or price are none. Cents are whole numbers throughout. */
export function equivalent(seats: string, price: string, cycle: string, words: string): string {
  const amount = PRICE.exec(price.trim());
  if (!amount || !SEATS.test(seats.trim())) return "";
  const cents = BigInt(amount[1] ?? "0") * CENTS_PER_DOLLAR + BigInt((amount[2] ?? "").padEnd(2, "0"));
  const months = cycle === "annual" ? 12n : 1n;
  return words
    .replace("{seat}", dollars(halfUp(cents, months)))
    .replace("{total}", dollars(halfUp(cents * BigInt(seats.trim()), months)));
}

function halfUp(cents: bigint, by: bigint): bigint {
  return (2n * cents + by) / (2n * by);
}

function dollars(cents: bigint): string {
  const whole = (cents / CENTS_PER_DOLLAR).toLocaleString("en-US");
  return `$${whole}.${String(cents % CENTS_PER_DOLLAR).padStart(2, "0")}`;
}

function valueOf(form: HTMLFormElement, name: string): string {
  return field(form, name).value;
}

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}
