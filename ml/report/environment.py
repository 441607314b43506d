"""What a training ran on, so that it can be run again."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import distributions, version

from ml.settings import ROOT

LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy", "skops", "mlflow", "onnx", "onnxruntime")
MODEL_LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy", "skops")
"""What a person needs to load the model that MLflow keeps."""


def library_versions(names: tuple[str, ...] = LIBRARIES) -> dict[str, str]:
    """Return the installed versions of the libraries that decide what a model is."""
    return {name: version(name) for name in names}


def python_version() -> str:
    return platform.python_version()


def code_version() -> str:
    """Return the commit of this code, `+` after it where files differ from it; `unknown` outside a repository."""
    commit = _git("rev-parse", "HEAD")
    if not commit:
        return "unknown"
    return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 - git is where the person put it
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def environment_text() -> str:
    """Return the platform, and every installed distribution as a line that pip reads."""
    pins = sorted({f"{item.name}=={item.version}" for item in distributions()}, key=str.lower)
    return "\n".join([f"# Python {python_version()} on {platform.platform()}", *pins]) + "\n"
