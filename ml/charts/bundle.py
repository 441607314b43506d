"""The plotly.js inside the installed plotly package, found without importing the package."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

VERSION = metadata.version("plotly")


def bundle_path() -> Path:
    """Where the package keeps plotly.min.js."""
    found = next(item for item in metadata.files("plotly") or () if item.match("package_data/plotly.min.js"))
    return Path(str(found.locate()))
