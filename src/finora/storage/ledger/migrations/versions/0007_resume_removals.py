"""Resume removals."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Note which connections' history is to go, so that a removal that was cut short is ended by the next start."""
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forgetting", sa.Boolean(), nullable=True))
    table = sa.table("connections", sa.column("forgetting", sa.Boolean()))
    op.execute(table.update().values(forgetting=False))
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.alter_column("forgetting", existing_type=sa.Boolean(), nullable=False)
