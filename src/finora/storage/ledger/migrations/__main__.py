"""Write the next migration: `python -m finora.storage.ledger.migrations "add connections"`.

It compares the models with a fresh ledger that has all migrations so far.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from finora.storage.ledger.ledger import open_ledger
from finora.storage.ledger.migrate import alembic_config
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.revision import known_revisions


def write_next(message: str) -> None:
    """Write the migration that leads from the last one to the present models, for its author to read and mend."""
    load_models()
    number = f"{int(known_revisions()[-1]) + 1:04d}"
    with (
        TemporaryDirectory() as folder,
        open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}") as ledger,
        ledger.engine.connect() as connection,
    ):
        config = alembic_config(connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what changes: python -m finora.storage.ledger.migrations "add connections"')
    write_next(sys.argv[1])
