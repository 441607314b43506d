"""What cannot be audited."""

from __future__ import annotations


class AuditInputError(ValueError):
    """What was given cannot be read as asked; the message says what is wrong and what to do, in one line."""
