/** One crosshair over all charts of a page: who is pointed at tells the others, and those that have the bucket follow. */
const EVENT = "finora:point";

interface Point {
  start: string | null;
  from: Element;
}

/** What has no bucket is pointed at: other charts only take their own tooltips away. */
export const NO_BUCKET = "";

/** Tells all other charts that the bucket that starts at `start` is pointed at; null when nothing is any more. */
export function pointTogether(start: string | null, from: Element): void {
  document.dispatchEvent(new CustomEvent<Point>(EVENT, { detail: { start, from } }));
}

export function onPointElsewhere(self: Element, react: (start: string | null) => void, signal: AbortSignal): void {
  document.addEventListener(
    EVENT,
    (event) => {
      const { start, from } = (event as CustomEvent<Point>).detail;
      if (from !== self) react(start);
    },
    { signal },
  );
}
