"""Those columns of MLflow's tables that an import alone writes, as MLflow 3.17.2 has them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, Integer, String, Text, column, table

from webapp.store.mlflow_tables import datasets, input_tags, inputs, logged_models

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
