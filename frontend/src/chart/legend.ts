/** The legend is links; with Ctrl or Cmd a name hides its series, or shows it again, instead of opening a tab. */
import { visit } from "../page/navigation.ts";

export function toggleSeriesFromLegends(): void {
  document.addEventListener(
    "click",
    (event) => {
      const name = (event.target as Element).closest?.<HTMLElement>(".legend-name[data-toggle]");
      if (!name || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      // Before anyone else takes it for a click on a link.
      event.stopPropagation();
      visit(name.dataset.toggle ?? "");
    },
    { capture: true },
  );
}
