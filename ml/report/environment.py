"""What a training ran on, so that it can be run again."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions, version

from threadpoolctl import threadpool_info

from ml.settings import ROOT

LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy", "skops", "mlflow", "onnx", "onnxruntime")
UNKNOWN = "unknown"
MODEL_LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy", "skops")
"""What a person needs to load the model that MLflow keeps."""


def library_versions(names: tuple[str, ...] = LIBRARIES) -> dict[str, str]:
    """Return the installed versions of the libraries that decide what a model is."""
    return {name: version(name) for name in names}


def python_version() -> str:
    return platform.python_version()


def platform_name() -> str:
    return platform.platform()


def linear_algebra() -> str:
    """Return the BLAS libraries that are loaded, each with the processor that it computes for.

    They round differently on another kind of processor, so this decides whether predictions can be equal to the bit.
    """
    found = {
        " ".join(str(library[key]) for key in ("internal_api", "version", "architecture") if library.get(key))
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }
    return ", ".join(sorted(found))


@cache
def code_version() -> str:
    """Return the commit of this code, then `+` and a checksum of what differs from it; `unknown` outside a repository.

    Files that git does not know are not looked at. It is asked for once a process: what is changed later was not run.
    """
    commit = _git("rev-parse", "HEAD")
    if not commit:
        return UNKNOWN
    changes = _git("diff", "HEAD", "--binary")
    return f"{commit}+{sha256(changes.encode()).hexdigest()[:12]}" if changes else commit


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 - git is where the person put it
            capture_output=True, text=True, errors="replace", timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def environment_text() -> str:
    """Return the platform, and every installed distribution as a line that pip reads."""
    known = (item.metadata for item in distributions())  # parsed anew each time it is asked for
    pins = sorted({f"{item['Name']}=={item['Version']}" for item in known}, key=str.lower)
    return "\n".join([f"# Python {python_version()} on {platform_name()}", *pins]) + "\n"
