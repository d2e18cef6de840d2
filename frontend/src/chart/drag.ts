/** Dragging with the mouse: from a press, over the buckets that the pointer passes, to letting go or to Escape. */
import type { Selection } from "./selection.ts";

/** A hand is not still: this much movement is still a click. */
const SLACK_PIXELS = 5;

export interface DragTarget {
  /** The bucket at a pointer; null where there is none, or where nothing can be selected. */
  bucketAt(event: PointerEvent): number | null;
  /** The selection as it is drawn; null when it is cancelled. */
  select(selection: Selection | null): void;
  /** The button was let go. */
  choose(selection: Selection): void;
}

export class Drag {
  readonly #host: HTMLElement;
  readonly #target: DragTarget;
  #pressed: { x: number; bucket: number; pointer: number } | null = null;
  #selection: Selection | null = null;
  #ended = false;

  constructor(host: HTMLElement, target: DragTarget, signal: AbortSignal) {
    this.#host = host;
    this.#target = target;
    host.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    host.addEventListener("pointermove", (event) => this.#move(event), { signal });
    host.addEventListener("pointerup", () => this.#release(), { signal });
    host.addEventListener("pointercancel", () => this.#cancel(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
  }

  /** Whether the pointer is drawing a selection right now. */
  get active(): boolean {
    return this.#selection !== null;
  }

  /** Whether the click that follows belongs to a drag that has just ended; asking forgets it. */
  takesClick(): boolean {
    const taken = this.#ended;
    this.#ended = false;
    return taken;
  }

  #press(event: PointerEvent): void {
    this.#ended = false;
    const plain = event.pointerType === "mouse" && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const bucket = plain ? this.#target.bucketAt(event) : null;
    this.#pressed = bucket === null ? null : { x: event.clientX, bucket, pointer: event.pointerId };
  }

  #move(event: PointerEvent): void {
    if (!this.#pressed) return;
    if (!this.#selection && Math.abs(event.clientX - this.#pressed.x) < SLACK_PIXELS) return;
    const bucket = this.#target.bucketAt(event) ?? this.#selection?.focus ?? this.#pressed.bucket;
    if (!this.#selection) this.#host.setPointerCapture(this.#pressed.pointer);
    this.#selection = { anchor: this.#pressed.bucket, focus: bucket };
    this.#target.select(this.#selection);
  }

  #release(): void {
    const selection = this.#selection;
    this.#pressed = null;
    this.#selection = null;
    if (!selection) return;
    // A wobble inside one bucket was a click after all.
    this.#ended = selection.anchor !== selection.focus;
    if (this.#ended) this.#target.choose(selection);
    else this.#target.select(null);
  }

  #cancel(): void {
    this.#pressed = null;
    if (!this.#selection) return;
    this.#selection = null;
    this.#ended = true;
    this.#target.select(null);
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#selection) return;
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
  }
}
