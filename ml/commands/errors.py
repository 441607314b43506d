"""Bad input ends a command with exit code 2 and one line, never with a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ml.settings import SettingsError
from ml.source import SourceError
from ml.spec import SpecError


class BadInput(click.ClickException):
    """What was given cannot be used; `Error: …` on standard error."""

    exit_code = 2


@contextmanager
def report_bad_input() -> Iterator[None]:
    """Turn what is wrong with settings, spec, data or a path into `BadInput`."""
    try:
        yield
    except (SettingsError, SpecError, SourceError) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error


def in_one_line(error: Exception) -> str:
    """Say what went wrong: our own errors are written for people, others are named by their kind."""
    text = str(error).strip().partition("\n")[0]
    is_ours = type(error).__module__.startswith("ml.")
    return text if is_ours else f"{type(error).__name__}: {text} (PROCTOR_LOG_LEVEL=DEBUG shows where)"
