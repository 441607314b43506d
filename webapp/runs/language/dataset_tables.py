"""MLflow's tables of the datasets that runs were given, as far as filters read them."""

from __future__ import annotations

from sqlalchemy import String, Text, column, table

datasets = table("datasets", column("dataset_uuid", String), column("name", String), column("digest", String))

inputs = table(
    "inputs",
    column("input_uuid", String),
    column("source_id", String),
    column("destination_id", String),
)

input_tags = table("input_tags", column("input_uuid", String), column("name", String), column("value", Text))

CONTEXT = "mlflow.data.context"
"""The tag of an input that says what the dataset was for: training, evaluation, …"""
