"""Migrations lead from every former ledger to the present models, wholly or not at all."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from finora.storage.ledger import Base, Ledger, LedgerDamaged, MigrationFailed, open_ledger
from finora.storage.ledger import migrate as migrate_module
from finora.storage.ledger import revision as revision_module
from finora.storage.ledger.migrate import alembic_config
from finora.storage.ledger.migrations import __main__ as recipe
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.revision import VERSION_TABLE, known_revisions


def test_models_and_migrations_agree(ledger: Ledger) -> None:
    load_models()
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_numbers_of_the_files_are_the_history(ledger: Ledger) -> None:
    """Start-up trusts the file names instead of asking Alembic."""
    with ledger.engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        assert [step.revision for step in script.walk_revisions()][::-1] == known_revisions()


def test_two_that_start_at_once_make_one_ledger(ledger_file: Path) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            open_ledger(f"sqlite:///{ledger_file}").close()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test reports it
            failures.append(problem)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to add to."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for file in (
        "env.py",
        "script.py.mako",
        *(f"versions/{file.name}" for file in revision_module.VERSIONS.glob("*.py")),
    ):
        (folder / file).write_text((migrate_module.MIGRATIONS / file).read_text())
    monkeypatch.setattr(migrate_module, "MIGRATIONS", folder)
    monkeypatch.setattr(revision_module, "VERSIONS", folder / "versions")
    return folder / "versions"


def add_migration(versions: Path, body: str) -> None:
    last = known_revisions()[-1]
    number = f"{int(last) + 1:04d}"
    (versions / f"{number}_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = {number!r}, {last!r}\n\ndef upgrade() -> None:\n{body}"
    )


def fill(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute(
        "INSERT INTO users (id, email, name, role, password_hash, created_at, password_set_at)"
        " VALUES ('u', 'ada@example.com', 'Ada', 'owner', '-', 0, 0)"
    )
    connection.execute("INSERT INTO sessions VALUES ('s', 'd', 'u', 0, 0, 0, '', '')")
    connection.commit()
    connection.close()


def rows(file: Path, question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def test_a_table_made_anew_keeps_its_rows_and_their_children(
    ledger: Ledger, ledger_file: Path, migrations: Path
) -> None:
    fill(ledger_file)
    add_migration(
        migrations,
        "    with op.batch_alter_table('users', recreate='always') as users:\n"
        "        users.add_column(sa.Column('phone', sa.String()))\n",
    )
    open_ledger(str(ledger.engine.url)).close()
    assert rows(ledger_file, "SELECT users.email, phone FROM sessions JOIN users ON user_id = users.id") == [
        ("ada@example.com", None)
    ]
    assert list(ledger_file.parent.glob("*before-migration*")) == []


@pytest.mark.parametrize(
    "body",
    [
        "    op.drop_table('sessions')\n    raise ZeroDivisionError('no')\n",
        "    op.execute('UPDATE users SET name = 1')\n    op.execute('UPDATE nowhere SET x = 1')\n",
        "    op.execute('DELETE FROM users')\n",
    ],
    ids=["fails after dropping a table", "fails in SQL", "leaves a row without its parent"],
)
def test_a_migration_that_fails_leaves_all_as_it_was(
    ledger: Ledger, ledger_file: Path, migrations: Path, body: str
) -> None:
    fill(ledger_file)
    add_migration(migrations, body)
    copy = ledger_file.with_name("ledger.sqlite.before-migration")
    with pytest.raises(MigrationFailed, match="left as it was") as caught:
        open_ledger(str(ledger.engine.url))
    assert str(copy) in str(caught.value)
    assert copy.stat().st_mode & 0o077 == 0
    for file in (ledger_file, copy):
        assert rows(file, "SELECT name, sessions.id FROM sessions JOIN users ON user_id = users.id") == [
            ("Ada", "s")
        ]
        assert rows(file, f"SELECT * FROM {VERSION_TABLE}") == [(known_revisions()[-2],)]


def test_a_damaged_ledger_is_not_migrated(ledger: Ledger, ledger_file: Path, migrations: Path) -> None:
    ledger.close()
    content = bytearray(ledger_file.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xa5" * 4096
    ledger_file.write_bytes(content)
    add_migration(migrations, "    op.drop_table('setup_links')\n")
    with pytest.raises(LedgerDamaged):
        open_ledger(str(ledger.engine.url))
    assert ledger_file.read_bytes() == content


def test_the_recipe_writes_a_migration_that_works(
    ledger: Ledger, ledger_file: Path, migrations: Path
) -> None:
    """A developer who adds a table follows docs/ledger.md and gets the next number."""
    recipe.write_next("Change nothing")
    (written,) = migrations.glob("*_change_nothing.py")
    assert written.name == f"{known_revisions()[-1]}_change_nothing.py"
    open_ledger(str(ledger.engine.url)).close()
    assert rows(ledger_file, f"SELECT * FROM {VERSION_TABLE}") == [(known_revisions()[-1],)]
