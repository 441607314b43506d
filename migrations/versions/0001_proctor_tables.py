"""Our tables beside MLflow's.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proctor_changed_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_changed_run")),
        comment="Runs that somebody wrote, changed or deleted since `proctor_run` was last brought up to date.",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("proctor_changed_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctor_changed_run_run_id"), ["run_id"], unique=False)

    op.create_table(
        "proctor_dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("spec_sha256", sa.String(length=64), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("cleaning", sa.Text(), nullable=False),
        sa.Column("exploration", sa.Text(), nullable=False),
        sa.Column("raw_path", sa.Text(), nullable=False),
        sa.Column("clean_path", sa.Text(), nullable=False),
        sa.Column("rejected_path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_dataset")),
    )
    with op.batch_alter_table("proctor_dataset", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proctor_dataset_name_prepared_at"),
            ["name", "prepared_at"],
            unique=False,
        )

    op.create_table(
        "proctor_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("user_name", sa.String(length=150), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_event")),
    )
    with op.batch_alter_table("proctor_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proctor_event_action_subject"),
            ["action", "subject"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_proctor_event_at"), ["at"], unique=False)

    op.create_table(
        "proctor_job",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=150), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_job")),
        sa.UniqueConstraint("number", name=op.f("uq_proctor_job_number")),
    )
    with op.batch_alter_table("proctor_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctor_job_state_number"), ["state", "number"], unique=False)

    op.create_table(
        "proctor_projection",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("analyzed_rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_projection")),
        comment="One row: how many rows `proctor_run` has, and how many when statistics were last gathered.",
    )
    op.create_table(
        "proctor_run",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(length=256), nullable=True),
        sa.Column("family", sa.String(length=250), nullable=True),
        sa.Column("dataset_name", sa.String(length=250), nullable=True),
        sa.Column("dataset_sha256", sa.String(length=64), nullable=True),
        sa.Column("is_stand_in", sa.Boolean(), nullable=True),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("accuracy_low", sa.Float(), nullable=True),
        sa.Column("accuracy_high", sa.Float(), nullable=True),
        sa.Column("prior_accuracy", sa.Float(), nullable=True),
        sa.Column("single_column_accuracy", sa.Float(), nullable=True),
        sa.Column("macro_f1", sa.Float(), nullable=True),
        sa.Column("qwk", sa.Float(), nullable=True),
        sa.Column("log_loss", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_proctor_run")),
        comment="One row an active MLflow run, of any origin: what the history shows and sorts by.",
    )
    with op.batch_alter_table("proctor_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proctor_run_accuracy_run_id"),
            ["accuracy", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_dataset_name_run_id"),
            ["dataset_name", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_duration_run_id"),
            ["duration", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_family_run_id"),
            ["family", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_log_loss_run_id"),
            ["log_loss", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_macro_f1_run_id"),
            ["macro_f1", "run_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_proctor_run_name_run_id"), ["name", "run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proctor_run_qwk_run_id"), ["qwk", "run_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proctor_run_started_at_run_id"),
            ["started_at", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_status_run_id"),
            ["status", "run_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_proctor_run_user_name_run_id"),
            ["user_name", "run_id"],
            unique=False,
        )

    op.create_table(
        "proctor_setup_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_proctor_setup_link")),
    )
    op.create_table(
        "proctor_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_user")),
        sa.UniqueConstraint("name", name=op.f("uq_proctor_user_name")),
    )
    op.create_table(
        "proctor_worker",
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_proctor_worker")),
    )
    op.create_table(
        "proctor_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["proctor_user.id"],
            name=op.f("fk_proctor_session_user_id_proctor_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_proctor_session")),
    )
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctor_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_proctor_session_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_session_expires_at"))

    op.drop_table("proctor_session")
    op.drop_table("proctor_worker")
    op.drop_table("proctor_user")
    op.drop_table("proctor_setup_link")
    with op.batch_alter_table("proctor_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_run_user_name_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_status_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_started_at_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_qwk_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_name_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_macro_f1_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_log_loss_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_family_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_duration_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_dataset_name_run_id"))
        batch_op.drop_index(batch_op.f("ix_proctor_run_accuracy_run_id"))

    op.drop_table("proctor_run")
    op.drop_table("proctor_projection")
    with op.batch_alter_table("proctor_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_job_state_number"))

    op.drop_table("proctor_job")
    with op.batch_alter_table("proctor_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_event_at"))
        batch_op.drop_index(batch_op.f("ix_proctor_event_action_subject"))

    op.drop_table("proctor_event")
    with op.batch_alter_table("proctor_dataset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_dataset_name_prepared_at"))

    op.drop_table("proctor_dataset")
    with op.batch_alter_table("proctor_changed_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_changed_run_run_id"))

    op.drop_table("proctor_changed_run")
