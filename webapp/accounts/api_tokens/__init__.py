"""API tokens: what a program shows instead of a password, with a name, scopes and an end."""
