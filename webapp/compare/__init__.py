"""Families on the same folds, and runs on the same folds: whether one is really better than another."""
