"""Those columns of MLflow's tables that an import alone writes, as MLflow 3.17.2 has them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, Integer, String, Text, column, table

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

logged_model_params = table(
    "logged_model_params",
    column("model_id", String),
    column("experiment_id", Integer),
    column("param_key", String),
    column("param_value", Text),
)

logged_model_tags = table(
    "logged_model_tags",
    column("model_id", String),
    column("experiment_id", Integer),
    column("tag_key", String),
    column("tag_value", Text),
)

logged_model_metrics = table(
    "logged_model_metrics",
    column("model_id", String),
    column("metric_name", String),
    column("metric_timestamp_ms", BigInteger),
    column("metric_step", BigInteger),
    column("metric_value", Float),
    column("experiment_id", Integer),
    column("run_id", String),
    column("dataset_name", String),
    column("dataset_digest", String),
)

TABLES = (
    datasets,
    inputs,
    input_tags,
    logged_models,
    logged_model_params,
    logged_model_tags,
    logged_model_metrics,
)
