"""Memory of a process that is measured; a rival's Python loads this too, so that it needs nothing."""

from __future__ import annotations

from pathlib import Path


def peak() -> float:
    """The most memory that this program has held so far, in MB; `getrusage` would count its parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000
