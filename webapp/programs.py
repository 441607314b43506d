"""Which addresses programs call: they are told what is wrong as JSON, and never sent to a page."""

from __future__ import annotations

API_PAGES = frozenset({"/api/v1/docs", "/api/v1/client"})
"""What under /api is for people."""
SCORING = "/invocations"
"""Where clients of `mlflow models serve` send their rows."""


def is_for_api(path: str) -> bool:
    """Whether whoever asks for `path` expects JSON, errors included."""
    return (path == "/api" or path.startswith("/api/")) and path not in API_PAGES


def is_for_programs(path: str) -> bool:
    """Whether it is programs that call this, be it the API or MLflow's scoring protocol."""
    return is_for_api(path) or path == SCORING
