"""What can be wrong with a source."""

from __future__ import annotations


class SourceError(Exception):
    """Raw data cannot be had or used; the message says what, why, and what to do."""
