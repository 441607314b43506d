"""A file of rows in, the same rows with their answers out: read in parts, so that its length costs no memory.

Reading and checking need neither NumPy nor the model, which is what lets an upload be checked at once.
"""
