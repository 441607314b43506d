"""What a benchmark found, and whether that keeps what is promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A promise, what was measured for it, and whether that keeps it (None: nothing is promised)."""

    promise: str
    measured: str
    is_kept: bool | None = None


def print_findings(findings: Iterable[Finding]) -> None:
    """Print rows of a Markdown table."""
    words = {True: "kept", False: "BROKEN", None: ""}
    for found in findings:
        print(f"| {found.promise} | {found.measured} | {words[found.is_kept]} |", flush=True)
