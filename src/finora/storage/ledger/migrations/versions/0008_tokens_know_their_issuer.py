"""Tokens know the token that issued them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Tokens know the token that issued them; of those that there are, none does."""
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued_by", sa.String(length=32), nullable=True))
        batch_op.create_index("ix_api_tokens_issued_by", ["issued_by"], unique=False)
        batch_op.create_foreign_key(
            "fk_api_tokens_issued_by_api_tokens", "api_tokens", ["issued_by"], ["id"], ondelete="CASCADE"
        )
