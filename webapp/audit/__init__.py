"""What the audit says of a run, and of a table or a claim that somebody else made."""
