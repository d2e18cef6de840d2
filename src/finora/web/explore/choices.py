"""What can be chosen on Explore: what is measured, by what, and how it is drawn; each choice a link."""

from dataclasses import dataclass, replace

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.web.address.controls import Choice
from finora.web.address.links import ChartKind, Links, Scale, TableKind, View, measured, regrouped
from finora.web.figures.charts import drawn_as

TABS = ("model", "person", "team", "event_type", "vendor", "billing")

_SCALES = {Scale.AMOUNT: "Each", Scale.RUNNING: "Running sum", Scale.SHARE: "Share"}
_TABLES = {TableKind.TOTALS: "Totals", TableKind.PERIODS: "By period"}


@dataclass(frozen=True, slots=True)
class ExploreChoices:
    """The choices of a view; what makes no sense for what it measures is not offered."""

    view: View
    links: Links

    def tabs(self) -> list[Choice]:
        """Return the dimensions most ask for, and the present one."""
        present = self.view.query.dimensions[0]
        return [self._by(name) for name in (TABS if present in TABS else (*TABS, present))]

    def more(self) -> list[Choice]:
        """Return the other dimensions."""
        return [self._by(name) for name in DIMENSIONS if name not in TABS]

    def then(self) -> list[Choice]:
        """Return what each group can be divided by further."""
        first, *second = self.view.query.dimensions
        nothing = Choice(label="Nothing", href=self._grouped(first), current=not second)
        return [
            nothing,
            *(
                Choice(label=each.label, href=self._grouped(first, name), current=second == [name])
                for name, each in DIMENSIONS.items()
                if name != first
            ),
        ]

    def metrics(self) -> list[Choice]:
        """Return what can be measured."""
        return [
            Choice(
                label=metric.label,
                href=self.measuring(metric.name),
                current=self.view.query.metrics[0] == metric.name,
            )
            for metric in METRICS.values()
        ]

    def kinds(self) -> list[Choice]:
        """Return the ways to draw; what cannot be added is always drawn as lines."""
        if not self._additive:
            return []
        drawn = drawn_as(self.view.chart, self.view.scale)
        return [
            Choice(
                label=kind.value.capitalize(),
                href=self.links.explore(replace(self.view, chart=kind)),
                current=drawn is kind,
            )
            for kind in ChartKind
            if drawn_as(kind, self.view.scale) is kind
        ]

    def scales(self) -> list[Choice]:
        """Return what the heights can say; what cannot be added has no shares and no running sum."""
        if not self._additive:
            return []
        return [
            Choice(
                label=label,
                href=self.links.explore(replace(self.view, scale=scale)),
                current=self.view.scale is scale,
            )
            for scale, label in _SCALES.items()
        ]

    def tables(self) -> list[Choice]:
        """Return what the table can have columns for."""
        return [
            Choice(
                label=label,
                href=self.links.explore(replace(self.view, table=table)),
                current=self.view.table is table,
            )
            for table, label in _TABLES.items()
        ]

    def measuring(self, metric: str) -> str:
        """Return the way to the same by another metric."""
        return self.links.explore(self.view.asking(measured(self.view.query, metric)))

    @property
    def _additive(self) -> bool:
        return METRICS[self.view.query.metrics[0]].additive

    def _by(self, dimension: str) -> Choice:
        first, *second = self.view.query.dimensions
        further = [name for name in second if name != dimension]
        return Choice(
            label=DIMENSIONS[dimension].label,
            href=self._grouped(dimension, *further),
            current=first == dimension,
        )

    def _grouped(self, *dimensions: str) -> str:
        return self.links.explore(self.view.asking(regrouped(self.view.query, *dimensions)))
