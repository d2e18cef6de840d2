"""Add teams."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add teams."""
    op.create_table(
        "team_assignments",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("team_key", sa.String(length=200), nullable=False),
        sa.Column("assigned_at", sa.BigInteger(), nullable=False),
        sa.Column("assigned_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_team_assignments")),
    )
    with op.batch_alter_table("team_assignments", schema=None) as batch_op:
        batch_op.create_index("ix_team_assignments_team_key", ["team_key"], unique=False)

    op.create_table(
        "teams",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("dissolved", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_teams")),
    )
