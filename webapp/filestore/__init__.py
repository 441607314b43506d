"""MLflow's file stores (`mlruns/`), read without MLflow and written into the experiment store."""
