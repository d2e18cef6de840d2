"""What answers call people, service accounts, connections and models: changed where it is not as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.columns import FLAT_CONNECTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from finora.spend.store import ConnectionName, Person
    from finora.storage.events.duckdb.file import EventFile


def label_people(file: EventFile, people: Sequence[Person]) -> None:
    """Give people names and teams."""
    wanted = {
        person.key: (person.label, person.team or "none", person.team_label or "No team") for person in people
    }
    _relabel(file, "persons", ("label", "team", "team_label"), wanted)


def label_service_accounts(file: EventFile, labels: Mapping[str, str]) -> None:
    """Give service accounts names."""
    _relabel(file, "service_accounts", ("label",), {key: (label,) for key, label in labels.items()})


def label_connections(file: EventFile, connections: Sequence[ConnectionName]) -> None:
    """Give connections names; the flat charges of a connection are under it, too."""
    wanted = {each.number: (each.key, each.label, each.provider, each.provider_label) for each in connections}
    with file.writing:
        present = {row[0]: row[1:] for row in file.rows("SELECT id, * EXCLUDE (id) FROM connections")}
        changed = {number: row for number, row in wanted.items() if present.get(number) != row}
        if not changed:
            return
        with file.transaction() as cursor:
            for number, row in changed.items():
                cursor.execute("DELETE FROM connections WHERE id = ?", (number,)).fetchall()
                cursor.execute("INSERT INTO connections VALUES (?, ?, ?, ?, ?)", (number, *row)).fetchall()
                cursor.execute(
                    "UPDATE connections SET key = ?, label = ? WHERE id = ?",
                    (*row[:2], FLAT_CONNECTION + number),
                ).fetchall()


def label_for_now(cursor: duckdb.DuckDBPyConnection, connection: int) -> None:
    """Give a connection that nobody named yet a row, so that grouping by it or its provider loses no money."""
    cursor.execute(
        "INSERT INTO connections SELECT ?, ?, ?, 'unknown', 'Unknown' "
        "WHERE NOT EXISTS (SELECT 1 FROM connections WHERE id = ?)",
        (connection, str(connection), f"Connection {connection}", connection),
    ).fetchall()


def describe_models(file: EventFile) -> None:
    """Describe known models anew where the rules say something else by now."""
    outdated = file.names.misdescribed(file.database)
    if not outdated:
        return
    with file.transaction() as cursor:
        for key, *described in outdated:
            cursor.execute(
                "UPDATE models SET (label, vendor, vendor_label, family, family_label) = (?, ?, ?, ?, ?) WHERE key = ?",
                (*described, key),
            ).fetchall()


def _relabel(
    file: EventFile, table: str, columns: tuple[str, ...], wanted: Mapping[str, tuple[str, ...]]
) -> None:
    """Change the rows of a table of names that are not as wanted; where all are, nothing is written."""
    with file.writing:
        present = {row[0]: row[1:] for row in file.rows(f"SELECT key, {', '.join(columns)} FROM {table}")}
        changed = {key: values for key, values in wanted.items() if present.get(key) != values}
        if not changed:
            return
        settings = ", ".join(f"{name} = ?" for name in columns)
        with file.transaction() as cursor:
            for key, values in changed.items():
                number = file.names.number(cursor, table, key)
                cursor.execute(f"UPDATE {table} SET {settings} WHERE id = ?", (*values, number)).fetchall()
