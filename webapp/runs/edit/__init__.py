"""Many runs at once: tag, note, archive, restore, and delete for good, each written into the log of events."""
