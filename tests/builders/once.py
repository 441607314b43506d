"""What is dear and never changes is made once a session, by whichever worker asks first."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock


@dataclass(frozen=True)
class Once:
    """Files that all workers of a session share; copy them, never write to them."""

    folder: Path

    def make(self, name: str, make: Callable[[Path], None]) -> Path:
        """Find the folder of this name, or have `make` fill it while the other workers wait.

        What fails half-way is not found by the next who asks.
        """
        made = self.folder / name
        with FileLock(self.folder / f"{name}.lock"):
            if not made.exists():
                begun = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
                make(begun)
                begun.rename(made)
        return made
