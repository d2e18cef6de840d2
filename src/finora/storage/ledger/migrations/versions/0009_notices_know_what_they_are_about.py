"""Notices know what they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Keep what a notice is about, so that one that was dismissed does not come back with each new figure.

    Notices of events that are missing are told by what became of them from now on; the next refreshes raise them anew.
    """
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.JSON(), nullable=True))
    notices = sa.table("notices", sa.column("kind", sa.String()), sa.column("about", sa.JSON()))
    op.execute(notices.update().values(about={}))
    op.execute(notices.delete().where(notices.c.kind == "retained"))
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.alter_column("about", existing_type=sa.JSON(), nullable=False)
