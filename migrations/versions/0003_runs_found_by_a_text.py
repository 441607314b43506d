"""To find the runs that have a text, SQLite need read nothing but the index.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IS_TEXT = sa.text("number IS NULL AND text IS NOT NULL")


def upgrade() -> None:
    _index(["key_id", "text", "run_number", "number"])


def downgrade() -> None:
    _index(["key_id", "text", "run_number"])


def _index(columns: list[str]) -> None:
    op.drop_index("ix_proctor_value_text", "proctor_value")
    op.create_index("ix_proctor_value_text", "proctor_value", columns, sqlite_where=IS_TEXT, postgresql_where=IS_TEXT)
