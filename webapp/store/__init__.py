"""The experiment store: our tables, MLflow's as we read them, and the projection between the two."""
