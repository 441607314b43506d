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
