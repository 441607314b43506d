"""The columns of MLflow's tables that we use, as MLflow 3.17.2 has them.

A registered model's key is (workspace, name); stores that know no workspaces have everything in `default`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Float, Integer, String, Text, column, table

DEFAULT_WORKSPACE = "default"
GOING_ON = ("RUNNING", "SCHEDULED")
RUN_STATES = (*GOING_ON, "FINISHED", "FAILED", "KILLED")

experiments = table(
    "experiments",
    column("experiment_id", Integer),
    column("name", String),
    column("workspace", String),
    column("artifact_location", String),
    column("lifecycle_stage", String),
    column("creation_time", BigInteger),
    column("last_update_time", BigInteger),
)

experiment_tags = table(
    "experiment_tags",
    column("key", String),
    column("value", Text),
    column("experiment_id", Integer),
)

runs = table(
    "runs",
    column("run_uuid", String),
    column("name", String),
    column("source_type", String),
    column("source_name", String),
    column("entry_point_name", String),
    column("user_id", String),
    column("status", String),
    column("start_time", BigInteger),
    column("end_time", BigInteger),
    column("deleted_time", BigInteger),
    column("source_version", String),
    column("lifecycle_stage", String),
    column("artifact_uri", String),
    column("experiment_id", Integer),
)

metrics = table(
    "metrics",
    column("key", String),
    column("value", Float),
    column("timestamp", BigInteger),
    column("step", BigInteger),
    column("is_nan", Boolean),
    column("run_uuid", String),
)

latest_metrics = table(
    "latest_metrics",
    column("key", String),
    column("value", Float),
    column("timestamp", BigInteger),
    column("step", BigInteger),
    column("is_nan", Boolean),
    column("run_uuid", String),
)

params = table("params", column("key", String), column("value", String), column("run_uuid", String))

tags = table("tags", column("key", String), column("value", String), column("run_uuid", String))

registered_models = table(
    "registered_models",
    column("workspace", String),
    column("name", String),
    column("creation_time", BigInteger),
    column("last_updated_time", BigInteger),
    column("description", String),
)

registered_model_tags = table(
    "registered_model_tags",
    column("workspace", String),
    column("name", String),
    column("key", String),
    column("value", String),
)

registered_model_aliases = table(
    "registered_model_aliases",
    column("workspace", String),
    column("name", String),
    column("alias", String),
    column("version", Integer),
)

model_versions = table(
    "model_versions",
    column("workspace", String),
    column("name", String),
    column("version", Integer),
    column("creation_time", BigInteger),
    column("last_updated_time", BigInteger),
    column("description", String),
    column("user_id", String),
    column("current_stage", String),
    column("source", String),
    column("run_id", String),
    column("status", String),
    column("status_message", String),
    column("run_link", String),
    column("storage_location", String),
)

model_version_tags = table(
    "model_version_tags",
    column("workspace", String),
    column("name", String),
    column("version", Integer),
    column("key", String),
    column("value", Text),
)

datasets = table(
    "datasets",
    column("dataset_uuid", String),
    column("experiment_id", Integer),
    column("name", String),
    column("digest", String),
    column("dataset_source_type", String),
    column("dataset_source", Text),
    column("dataset_schema", Text),
    column("dataset_profile", Text),
)

inputs = table(
    "inputs",
    column("input_uuid", String),
    column("source_type", String),
    column("source_id", String),
    column("destination_type", String),
    column("destination_id", String),
    column("step", BigInteger),
)

input_tags = table("input_tags", column("input_uuid", String), column("name", String), column("value", String))

logged_models = table(
    "logged_models",
    column("model_id", String),
    column("experiment_id", Integer),
    column("name", String),
    column("artifact_location", String),
    column("creation_timestamp_ms", BigInteger),
    column("last_updated_timestamp_ms", BigInteger),
    column("status", Integer),
    column("lifecycle_stage", String),
    column("model_type", String),
    column("source_run_id", String),
    column("status_message", String),
)

DATASET_CONTEXT = "mlflow.data.context"
"""The tag of an input that says what the dataset was for: training, evaluation, …"""

PARENT_TAG = "mlflow.parentRunId"
"""The tag of a run that was logged within another."""

TABLES = (
    experiments,
    experiment_tags,
    runs,
    metrics,
    latest_metrics,
    params,
    tags,
    registered_models,
    registered_model_tags,
    registered_model_aliases,
    model_versions,
    model_version_tags,
)

# How MLflow writes what SQL cannot hold: NaN sets `is_nan`, an infinity becomes the largest float of its sign.
LARGEST_FLOAT = 1.7976931348623157e308
