"""Indexes for the front page of an experiment, and for SQLite to find the runs that have a text in the index alone.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = (("experiment_id", "status", "started_at"), ("experiment_id", "accuracy"))
IS_TEXT = sa.text("number IS NULL AND text IS NOT NULL")
IS_NAN = sa.text("number IS NULL AND text IS NULL")


def upgrade() -> None:
    for columns in INDEXES:
        op.create_index(_name(columns), "proctor_run", list(columns))
    op.create_index(
        "ix_proctor_value_nan", "proctor_value", ["key_id", "run_number"], sqlite_where=IS_NAN, postgresql_where=IS_NAN
    )
    _index_texts(["key_id", "text", "run_number", "number"])


def downgrade() -> None:
    _index_texts(["key_id", "text", "run_number"])
    op.drop_index("ix_proctor_value_nan", "proctor_value")
    for columns in INDEXES:
        op.drop_index(_name(columns), "proctor_run")


def _index_texts(columns: list[str]) -> None:
    op.drop_index("ix_proctor_value_text", "proctor_value")
    op.create_index("ix_proctor_value_text", "proctor_value", columns, sqlite_where=IS_TEXT, postgresql_where=IS_TEXT)


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"ix_proctor_run_{'_'.join(columns)}")
