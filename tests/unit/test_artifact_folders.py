"""Which folder an artifact URI names on this machine: one under the root, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.artifacts import find_artifact_folder

RUN = "student_performance/0123/artifacts"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "models" / RUN).mkdir(parents=True)
    (tmp_path / "outside" / RUN).mkdir(parents=True)
    return tmp_path / "models"


@pytest.mark.parametrize("uri", ["{root}/" + RUN, "file://{root}/" + RUN, RUN, "/other/machine/models/" + RUN])
def test_a_folder_under_the_root_is_found_wherever_it_was_written(root: Path, uri: str) -> None:
    assert find_artifact_folder(uri.format(root=root), root) == root / RUN


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "s3://bucket/" + RUN,
        "mlflow-artifacts:/0/0123/artifacts",
        "/etc",
        "../outside/" + RUN[:-1],
        "a/../../..",
    ],
)
def test_nothing_else_is_followed(root: Path, uri: str | None) -> None:
    assert find_artifact_folder(uri, root) is None


def test_a_link_out_of_the_root_is_not_followed(root: Path) -> None:
    (root / "x" / "y").mkdir(parents=True)
    (root / "x" / "y" / "artifacts").symlink_to(root.parent / "outside")
    assert find_artifact_folder(f"{root}/x/y/artifacts", root) is None
