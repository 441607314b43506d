"""The log of predictions: every answer that was given, what turned out to be true, and for how long it is kept."""
