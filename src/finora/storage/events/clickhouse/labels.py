"""The names that answers show of what events point to; where all are as wanted, nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.columns import FLAT_CONNECTION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from finora.spend.store import ConnectionName, Person
    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.names import Names, Row


class Labels:
    """Writes names.

    Args:
        names: The numbers that there are, and what they stand for.
        writing: Yields a write that is committed at the end; with `note` even if it holds nothing but names.
    """

    def __init__(self, names: Names, writing: Callable[..., AbstractContextManager[Draft]]) -> None:
        self._names = names
        self._writing = writing

    def label_people(self, people: Sequence[Person]) -> None:
        """Give people names and teams."""
        wanted = {
            person.key: (person.label, person.team or "none", person.team_label or "No team")
            for person in people
        }
        self._rename("persons", wanted)

    def label_service_accounts(self, labels: Mapping[str, str]) -> None:
        """Give service accounts names."""
        self._rename("service_accounts", {key: (label,) for key, label in labels.items()})

    def label_connections(self, connections: Sequence[ConnectionName]) -> None:
        """Give connections names, and what subscriptions are billed through beside them."""
        wanted: dict[int, Row] = {
            each.number: (each.key, each.label, each.provider, each.provider_label) for each in connections
        }
        if not _differing(self._names.rows("connections"), wanted):
            return
        with self._writing(note=True) as draft:
            present = self._names.rows("connections")
            changed = _differing(present, wanted)
            for number, row in [*changed.items()]:
                if FLAT_CONNECTION + number in present:
                    changed[FLAT_CONNECTION + number] = (*row[:2], *present[FLAT_CONNECTION + number][2:])
            self._names.write("connections", changed, draft.version)

    def label_models(self) -> None:
        """Describe models anew whose vendor or family is another by the rules there are now."""
        if not self._names.misdescribed():
            return
        with self._writing(note=True) as draft:
            self._names.write("models", self._names.misdescribed(), draft.version)

    def label_for_now(self, draft: Draft, connection: int) -> None:
        """Give a connection that nobody named yet a row, so that grouping by it or its provider loses no money."""
        if connection not in self._names.rows("connections"):
            row = (str(connection), f"Connection {connection}", "unknown", "Unknown")
            self._names.write("connections", {connection: row}, draft.version)

    def _rename(self, table: str, wanted: Mapping[str, Row]) -> None:
        """Change the rows of a table of names that are not as wanted."""

        def differing() -> dict[str, Row]:
            present = {row[0]: row[1:] for row in self._names.rows(table).values()}
            return {key: values for key, values in wanted.items() if present.get(key) != values}

        if not differing():
            return
        with self._writing(note=True) as draft:
            rows = {self._names.number(table, key): (key, *values) for key, values in differing().items()}
            self._names.write(table, rows, draft.version)


def _differing(present: Mapping[int, Row], wanted: Mapping[int, Row]) -> dict[int, Row]:
    return {number: row for number, row in wanted.items() if present.get(number) != row}
