"""Proctor's own tables. MLflow's stay as MLflow made them; no foreign key of ours points at its `runs`.

Times are UTC epoch milliseconds in BIGINT, as MLflow writes them. JSON is text that only Python reads.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

user = Table(
    "proctor_user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(150), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("name"),
)

session = Table(
    "proctor_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("proctor_user.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

setup_link = Table(
    "proctor_setup_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

token = Table(
    "proctor_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("proctor_user.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("ending", String(8), nullable=False),
    Column("scopes", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    UniqueConstraint("token_hash"),
    Index(None, "user_id"),
    comment="What a program shows instead of a password: only its hash, its last characters, and what it may do.",
)

event = Table(
    "proctor_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("user_name", String(150), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "at"),
    Index(None, "action", "subject"),
)

job = Table(
    "proctor_job",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("params", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("owner", String(255)),
    Column("lease_until", BigInteger),
    Column("cancel_requested", Boolean, nullable=False),
    Column("progress", Text, nullable=False),
    Column("result", Text),
    Column("error", Text),
    Column("created_by", String(150), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    UniqueConstraint("number"),
    Index(None, "state", "number"),
)

worker = Table(
    "proctor_worker",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

dataset = Table(
    "proctor_dataset",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(150), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("spec_sha256", String(64), nullable=False),
    Column("prepared_at", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("cleaning", Text, nullable=False),
    Column("exploration", Text, nullable=False),
    Column("raw_path", Text, nullable=False),
    Column("clean_path", Text, nullable=False),
    Column("rejected_path", Text, nullable=False),
    Index(None, "name", "prepared_at"),
)

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

run = Table(
    "proctor_run",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("experiment_id", Integer),
    Column("name", String(250)),
    Column("status", String(20)),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("duration", BigInteger),
    Column("user_name", String(256)),
    Column("family", String(250)),
    Column("dataset_name", String(250)),
    Column("dataset_sha256", String(64)),
    Column("is_stand_in", Boolean),
    Column("accuracy", Float),
    Column("accuracy_low", Float),
    Column("accuracy_high", Float),
    Column("prior_accuracy", Float),
    Column("single_column_accuracy", Float),
    Column("macro_f1", Float),
    Column("qwk", Float),
    Column("log_loss", Float),
    UniqueConstraint("run_id"),
    comment="One row an active MLflow run, of any origin: what the history shows and sorts by.",
)

RUN_SORTS = ("name", "status", "started_at", "duration", "user_name", "family", "dataset_name", "experiment_id")
for _sort in RUN_SORTS:  # a page of the history in any of these orders is a walk along one index
    Index(None, run.c[_sort], run.c.number)
Index(None, run.c.status, run.c.started_at)  # whether anything runs that began not long ago
Index(None, run.c.experiment_id, run.c.status, run.c.started_at)  # when the runs of an experiment began
Index(None, run.c.experiment_id, run.c.accuracy)  # its best, and those without a score

key = Table(
    "proctor_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("name", String(250), nullable=False),
    UniqueConstraint("kind", "name"),
    comment="The name of a metric, param or tag of some run.",
)

value = Table(
    "proctor_value",
    metadata,
    Column("run_number", BigInteger, primary_key=True, autoincrement=False),
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    Column("number", Float),
    Column("text", String(250)),
    sqlite_with_rowid=False,
    comment="What an active run has for a key: its number; else its text, cut; neither where a metric is NaN.",
)
# Each value stands in one of the two, so that a walk along a key's numbers and then its texts meets each run once.
Index(
    "ix_proctor_value_number", value.c.key_id, value.c.number, value.c.run_number,
    sqlite_where=value.c.number.is_not(None), postgresql_where=value.c.number.is_not(None),
)  # fmt: skip
_IS_NAN = and_(value.c.number.is_(None), value.c.text.is_(None))
Index("ix_proctor_value_nan", value.c.key_id, value.c.run_number, sqlite_where=_IS_NAN, postgresql_where=_IS_NAN)
_IS_TEXT_ALONE = and_(value.c.number.is_(None), value.c.text.is_not(None))
Index(  # the number, which is none, is in it for SQLite, which looks at it nevertheless
    "ix_proctor_value_text", value.c.key_id, value.c.text, value.c.run_number, value.c.number,
    sqlite_where=_IS_TEXT_ALONE, postgresql_where=_IS_TEXT_ALONE,
)  # fmt: skip

archived_run = Table(
    "proctor_archived_run",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("name", String(250)),
    Column("experiment_id", Integer),
    Column("started_at", BigInteger),
    Column("archived_at", BigInteger),
    Index(None, "archived_at", "run_id"),
    comment="One row a run that MLflow calls deleted: it can be restored until somebody deletes it for good.",
)

view = Table(
    "proctor_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("proctor_user.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("user_id", "name"),
    comment="A state of the run table that somebody keeps: the query of its address.",
)

changed_run = Table(
    "proctor_changed_run",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("is_taken", Boolean, nullable=False),
    Index(None, "run_id"),
    comment="Runs that somebody wrote, changed or deleted since `proctor_run` was last brought up to date.",
    sqlite_autoincrement=True,
)

projection = Table(
    "proctor_projection",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rows", BigInteger, nullable=False),
    Column("analyzed_rows", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),  # the number of the latest change
    comment="One row: how many rows `proctor_run` has, and how many when statistics were last gathered.",
)

prediction_request = Table(
    "proctor_prediction_request",
    metadata,
    Column("id", String(32), primary_key=True),  # begins with the time, so that rows are added at the table's end
    Column("made_at", BigInteger, nullable=False),
    Column("model_name", String(256), nullable=False),
    Column("model_version", Integer, nullable=False),
    Column("run_id", String(32)),
    Column("channel", String(16), nullable=False),
    Column("user_id", Integer),  # no name, and no foreign key: an account that goes leaves the log as it is
    Column("rows", Integer, nullable=False),
    Column("latency_us", BigInteger, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("set_level", Float),
    Column("classes", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("left_out", Text, nullable=False),
    Column("key_hash", String(64)),
    Column("body_hash", String(64)),
    Index(None, "made_at"),
    Index(None, "model_name", "model_version", "made_at"),
    sqlite_with_rowid=False,
    comment="One row a request that was answered with predictions: when, by which version, to whom, how fast.",
)
_HAS_KEY = prediction_request.c.key_hash.is_not(None)
Index(
    "uq_proctor_prediction_request_key_hash", prediction_request.c.key_hash, unique=True,
    sqlite_where=_HAS_KEY, postgresql_where=_HAS_KEY,
)  # fmt: skip

prediction = Table(
    "proctor_prediction",
    metadata,
    Column("request_id", ForeignKey("proctor_prediction_request.id", ondelete="CASCADE"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("inputs", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("probabilities", Text, nullable=False),
    Column("answer_set", Text),
    Column("truth", Text),
    Column("truth_at", BigInteger),
    Column("truth_by", Integer),
    sqlite_with_rowid=False,
    comment="One row a predicted row, counted from 1; values in the order of the request's columns and classes.",
)
_HAS_TRUTH = prediction.c.truth.is_not(None)
Index(
    "ix_proctor_prediction_truth", prediction.c.request_id, prediction.c.row, prediction.c.truth, prediction.c.answer,
    sqlite_where=_HAS_TRUTH, postgresql_where=_HAS_TRUTH,
)  # fmt: skip
