"""What MLflow's tables hold of one run: its note, where it stands in line, its surroundings, params, tags, metrics."""
