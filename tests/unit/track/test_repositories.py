"""Who is asked for artifacts that lie elsewhere, or to delete them."""

import pytest

from ml.track.removed import remove_artifacts
from ml.track.repositories import RepositoryError, open_repository


@pytest.mark.parametrize(
    ("uri", "server", "words"),
    [
        ("file:///etc", None, "asked for artifacts at file: addresses"),
        ("/etc", None, "asked for artifacts at a path"),
        ("runs:/0123/x", None, "asked for artifacts at runs: addresses"),
        ("mlflow-artifacts:/0/1/artifacts", None, "set PROCTOR_ARTIFACT_SERVER"),
        ("http://169.254.169.254/latest", None, "set PROCTOR_ARTIFACT_SERVER"),
        ("mlflow-artifacts://evil:5000/0", "http://mlflow:5000", "another server"),
        ("http://mlflow:5000@evil/0", "http://mlflow:5000", "another server"),
    ],
)
def test_nobody_is_asked_but_whom_the_settings_name(uri: str, server: str | None, words: str) -> None:
    with pytest.raises(RepositoryError, match=words):
        open_repository(uri, server)
    with pytest.raises(RepositoryError, match=words):
        remove_artifacts(uri, server)


def test_a_library_that_is_missing_is_named() -> None:
    with pytest.raises(RepositoryError, match=r"lacks the library \w+.*install it"):
        open_repository("gs://bucket/0", None)
