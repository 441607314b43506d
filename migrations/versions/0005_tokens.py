"""API tokens: what a program shows instead of a password.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proctor_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("scopes", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["proctor_user.id"], name=op.f("fk_proctor_token_user_id_proctor_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_proctor_token_token_hash")),
        comment="What a program shows instead of a password: only its hash, its last characters, and what it may do.",
    )
    with op.batch_alter_table("proctor_token") as batch_op:
        batch_op.create_index(op.f("ix_proctor_token_user_id"), ["user_id"])


def downgrade() -> None:
    op.drop_table("proctor_token")
