"""The first page: whether the model in use is any good, and whether anything waits."""
