"""The language in which runs are filtered, a superset of MLflow's own filter strings: text → tree → bound SQL."""
