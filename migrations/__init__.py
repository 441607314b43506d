"""The schema's history: MLflow's revisions first, then ours, in one transaction."""
