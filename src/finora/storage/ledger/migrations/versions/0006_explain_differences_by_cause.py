"""Explain differences by cause."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Explain differences by cause: what was known when totals were read, and the parts of each difference.

    Of former comparisons nothing is known but their figures, so that their differences count as unknown until the next.
    """
    with op.batch_alter_table("reconciled_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("run", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("read_through", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("first_spend", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("first_usage_value", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("parts", sa.JSON(), nullable=True))
    table = sa.table(
        "reconciled_members",
        *(sa.column(name) for name in ("first_spend", "first_usage_value", "spend", "usage_value")),
        sa.column("parts", sa.JSON()),
    )
    op.execute(
        table.update().values(first_spend=table.c.spend, first_usage_value=table.c.usage_value, parts=[])
    )
    with op.batch_alter_table("reconciled_members", schema=None) as batch_op:
        batch_op.alter_column("first_spend", existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column("first_usage_value", existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column("parts", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("unsettled")
