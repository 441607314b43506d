"""The log of predictions: every answer that was given, and what turned out to be true.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HAS_KEY, HAS_TRUTH = sa.text("key_hash IS NOT NULL"), sa.text("truth IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "proctor_prediction_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("model_name", sa.String(length=256), nullable=False),
        sa.Column("model_version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("latency_us", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("set_level", sa.Float(), nullable=True),
        sa.Column("classes", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_prediction_request")),
        comment="One row a request that was answered with predictions: when, by which version, to whom, how fast.",
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("proctor_prediction_request") as batch_op:
        batch_op.create_index(op.f("ix_proctor_prediction_request_made_at"), ["made_at"])
        batch_op.create_index(
            op.f("ix_proctor_prediction_request_model_name_model_version_made_at"),
            ["model_name", "model_version", "made_at"],
        )
    op.create_index(
        "uq_proctor_prediction_request_key_hash",
        "proctor_prediction_request",
        ["key_hash"],
        unique=True,
        sqlite_where=HAS_KEY,
        postgresql_where=HAS_KEY,
    )
    op.create_table(
        "proctor_prediction",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("probabilities", sa.Text(), nullable=False),
        sa.Column("answer_set", sa.Text(), nullable=True),
        sa.Column("truth", sa.Text(), nullable=True),
        sa.Column("truth_at", sa.BigInteger(), nullable=True),
        sa.Column("truth_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["proctor_prediction_request.id"],
            name=op.f("fk_proctor_prediction_request_id_proctor_prediction_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "row", name=op.f("pk_proctor_prediction")),
        comment="One row a predicted row, counted from 1; values in the order of the request's columns and classes.",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_proctor_prediction_truth",
        "proctor_prediction",
        ["request_id", "row", "truth", "answer"],
        sqlite_where=HAS_TRUTH,
        postgresql_where=HAS_TRUTH,
    )


def downgrade() -> None:
    op.drop_table("proctor_prediction")
    op.drop_table("proctor_prediction_request")
