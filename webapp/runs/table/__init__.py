"""The table of runs: what its address asks for, its columns and cells, its groups, and the views that people keep."""
