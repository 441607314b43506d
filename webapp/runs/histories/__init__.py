"""Metric histories: the curves of one run, value by value, and the run as it goes on."""
