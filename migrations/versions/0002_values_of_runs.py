"""Every metric, param and tag of a run beside the projection, archived runs, and views that people keep.

`proctor_run` gets a number for each run. It holds nothing of its own, so it is made anew and filled by the rebuild that
follows every upgrade.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SORTS = ("name", "status", "started_at", "duration", "user_name", "family", "dataset_name", "experiment_id")
OLD_SORTS = (
    "name", "status", "started_at", "duration", "user_name", "family", "dataset_name", "accuracy", "macro_f1", "qwk",
    "log_loss",
)  # fmt: skip
IS_NUMBER, IS_TEXT = sa.text("number IS NOT NULL"), sa.text("number IS NULL AND text IS NOT NULL")
COMMENT = "One row an active MLflow run, of any origin: what the history shows and sorts by."


def upgrade() -> None:
    op.create_table(
        "proctor_archived_run",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=True),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_proctor_archived_run")),
        comment="One row a run that MLflow calls deleted: it can be restored until somebody deletes it for good.",
    )
    with op.batch_alter_table("proctor_archived_run") as batch_op:
        batch_op.create_index(op.f("ix_proctor_archived_run_archived_at_run_id"), ["archived_at", "run_id"])

    op.create_table(
        "proctor_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_key")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_proctor_key_kind_name")),
        comment="The name of a metric, param or tag of some run.",
    )
    op.create_table(
        "proctor_value",
        sa.Column("run_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("text", sa.String(length=250), nullable=True),
        sa.PrimaryKeyConstraint("run_number", "key_id", name=op.f("pk_proctor_value")),
        comment="What an active run has for a key: its number; else its text, cut; neither where a metric is NaN.",
        sqlite_with_rowid=False,
    )
    for name, where in (("number", IS_NUMBER), ("text", IS_TEXT)):
        op.create_index(
            f"ix_proctor_value_{name}",
            "proctor_value",
            ["key_id", name, "run_number"],
            sqlite_where=where,
            postgresql_where=where,
        )

    op.create_table(
        "proctor_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["proctor_user.id"],
            name=op.f("fk_proctor_view_user_id_proctor_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_proctor_view_user_id_name")),
        comment="A state of the run table that somebody keeps: the query of its address.",
    )
    with op.batch_alter_table("proctor_projection") as batch_op:
        batch_op.add_column(sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("proctor_projection") as batch_op:
        batch_op.alter_column("version", server_default=None)

    op.drop_table("proctor_run")
    op.create_table(
        "proctor_run",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_proctor_run")),
        sa.UniqueConstraint("run_id", name=op.f("uq_proctor_run_run_id")),
        comment=COMMENT,
    )
    for sort in SORTS:
        op.create_index(op.f(f"ix_proctor_run_{sort}_number"), "proctor_run", [sort, "number"])
    op.create_index(op.f("ix_proctor_run_status_started_at"), "proctor_run", ["status", "started_at"])


def downgrade() -> None:
    op.drop_table("proctor_run")
    op.create_table(
        "proctor_run",
        *_columns(),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_proctor_run")),
        comment=COMMENT,
    )
    for sort in OLD_SORTS:
        op.create_index(op.f(f"ix_proctor_run_{sort}_run_id"), "proctor_run", [sort, "run_id"])
    with op.batch_alter_table("proctor_projection") as batch_op:
        batch_op.drop_column("version")
    for name in ("view", "value", "key", "archived_run"):
        op.drop_table(f"proctor_{name}")
    # whoever reads the history next fills the table from these notes
    op.execute("UPDATE proctor_projection SET rows = 0")
    op.execute("INSERT INTO proctor_changed_run (run_id, is_taken) SELECT run_uuid, false FROM runs")


def _columns() -> list[sa.Column[object]]:
    texts = {"name": 250, "status": 20, "user_name": 256, "family": 250, "dataset_name": 250, "dataset_sha256": 64}
    numbers = (
        "accuracy", "accuracy_low", "accuracy_high", "prior_accuracy", "single_column_accuracy", "macro_f1", "qwk",
        "log_loss",
    )  # fmt: skip
    kinds: dict[str, object] = {
        "experiment_id": sa.Integer(), "started_at": sa.BigInteger(), "finished_at": sa.BigInteger(),
        "duration": sa.BigInteger(), "is_stand_in": sa.Boolean(),
    }  # fmt: skip
    kinds |= {name: sa.String(length=length) for name, length in texts.items()}
    kinds |= dict.fromkeys(numbers, sa.Float())
    order = (
        "experiment_id", "name", "status", "started_at", "finished_at", "duration", "user_name", "family",
        "dataset_name", "dataset_sha256", "is_stand_in", *numbers,
    )  # fmt: skip
    return [
        sa.Column("run_id", sa.String(length=32), nullable=False),
        *(sa.Column(name, kinds[name], nullable=True) for name in order),  # type: ignore[arg-type]
    ]
