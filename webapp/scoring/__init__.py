"""MLflow's scoring protocol, so that clients of `mlflow models serve` move over unchanged."""
