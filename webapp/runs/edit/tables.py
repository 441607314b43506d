"""What else of MLflow's tables goes, or stays, when a run is archived or deleted, as MLflow 3.17.2 has it."""

from __future__ import annotations

from sqlalchemy import String, Text, column, table

assessments = table("assessments", column("assessment_id", String), column("assessment_metadata", Text))
logged_models = table("logged_models", column("model_id", String), column("source_run_id", String))
