"""Runs and model versions in MLflow. Nothing else in Proctor imports mlflow."""

import os

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read by mlflow when it is imported
