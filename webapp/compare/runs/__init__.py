"""Runs of the history side by side, 2 to 500 of them: a part of the page a module."""
