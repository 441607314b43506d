"""A file of rows, answered: looked through while its sender waits, answered as a job, kept for a few days."""
