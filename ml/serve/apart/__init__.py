"""A model of which no graph can be written, answered by scikit-learn in a process apart.

`file` is read here and written by `keeping`; `engine` and `process` are this side, `answering` is the other, and both
speak by `frames`.
"""
