"""Which folder an artifact URI names on this machine: one that the settings allow, or none, and then why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.places import ArtifactRoots, Moved, read_address
from webapp.artifacts import Here, Looked, Missing, Remote, find_artifact, find_artifact_folder, locate_artifacts

RUN = "student_performance/0123/artifacts"
OTHER = "7/89ab/artifacts"


def make_roots(root: Path, *moved: Moved) -> ArtifactRoots:
    return ArtifactRoots(root, moved, root.parent / "data" / "artifacts", root.parent / "data")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("models", "outside", "new/team", "new/all/team"):
        (tmp_path / name / RUN).mkdir(parents=True)
    (tmp_path / "outside" / OTHER).mkdir(parents=True)
    (tmp_path / "data").mkdir()
    return tmp_path / "models"


@pytest.mark.parametrize(
    "uri",
    [
        "{root}/" + RUN,
        "file://{root}/" + RUN,
        RUN,
        "./" + RUN,
        "/other/machine/models/" + RUN,
        "file:///C:/Users/ada/mlruns/" + RUN,
        "C:\\Users\\ada\\" + RUN.replace("/", "\\"),
    ],
)
def test_a_folder_under_the_root_is_found_wherever_it_was_written(root: Path, uri: str) -> None:
    assert find_artifact_folder(uri.format(root=root), make_roots(root)) == root / RUN


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        ".",
        "s3://bucket/" + RUN,
        "mlflow-artifacts:/0/0123/artifacts",
        "/etc",
        "{root}",
        "{root}/../outside/" + OTHER,
        "file://{root}/%2e%2e/outside/" + OTHER,
        "../outside/" + RUN[:-1],
        "a/../../..",
        RUN + "\0",
        "x" * 300 + "/" + "y" * 5000,
    ],
)
def test_nothing_else_is_followed(root: Path, uri: str | None) -> None:
    assert find_artifact_folder(uri and uri.format(root=root), make_roots(root)) is None


def test_a_link_out_of_the_root_is_not_followed(root: Path) -> None:
    (root / "x" / "y").mkdir(parents=True)
    (root / "x" / "y" / "artifacts").symlink_to(root.parent / "outside")
    (root / "x" / "z").symlink_to(root / "x" / "z")
    for name in ("y/artifacts", "z/artifacts"):
        assert find_artifact_folder(f"{root}/x/{name}", make_roots(root)) is None


# ── the map ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("old", "uri"),
    [
        ("/old/mlruns", "/old/mlruns/" + RUN),
        ("/old/mlruns", "file:///old/mlruns/" + RUN),
        ("file:///old/mlruns/", "/old/mlruns//" + RUN + "/"),
        ("s3://bucket/x", "s3://bucket/x/" + RUN),
        ("mlflow-artifacts:", "mlflow-artifacts:/" + RUN),
        ("C:\\mlruns", "file:///C:/mlruns/" + RUN),
        ("mlruns", "./mlruns/" + RUN),
        ("/old/ml runs", "file:///old/ml%20runs/" + RUN),
    ],
)
def test_a_mapped_address_is_found_where_the_map_says(root: Path, old: str, uri: str) -> None:
    new = root.parent / "new" / "team"
    roots = make_roots(root, Moved(read_address(old), new))
    assert find_artifact_folder(uri, roots) == new / RUN


def test_the_longest_old_address_wins_wherever_it_stands(root: Path) -> None:
    new = root.parent / "new"
    rules = (Moved("/old", new / "all"), Moved("/old/team", new / "team"))
    for moved in (rules, rules[::-1]):
        assert find_artifact_folder(f"/old/team/{RUN}", make_roots(root, *moved)) == new / "team" / RUN


def test_the_map_goes_by_whole_parts(root: Path) -> None:
    roots = make_roots(root, Moved("/old/ml", root.parent / "new" / "team"))
    assert find_artifact_folder(f"/old/mlruns/x/{RUN}x", roots) is None


def test_a_folder_mapped_to_itself_is_allowed_where_it_lies(root: Path) -> None:
    outside = root.parent / "outside"
    assert find_artifact_folder(f"{outside}/{RUN}x/../artifacts", make_roots(root)) is None
    assert find_artifact_folder(f"{outside}/{RUN}", make_roots(root, Moved(str(outside), outside))) == outside / RUN


@pytest.mark.parametrize(
    "rest", ["../outside/" + OTHER, "%2e%2e/outside/" + OTHER, "link/" + OTHER, RUN + "/../../../../.."]
)
def test_a_mapped_address_leads_nowhere_else(root: Path, rest: str) -> None:
    new = root.parent / "new" / "team"
    (new / "link").symlink_to(root.parent / "outside")
    for scheme in ("", "file://"):
        assert find_artifact_folder(f"{scheme}/old/{rest}", make_roots(root, Moved("/old", new))) is None


def test_no_folder_that_holds_the_data_folder_is_ever_a_runs(root: Path) -> None:
    roots = make_roots(root, Moved("/old", root.parent))
    assert find_artifact_folder("/old", roots) is None
    assert find_artifact_folder("/old/data", roots) is None
    assert find_artifact_folder(f"/old/outside/{RUN}", roots) == root.parent / "outside" / RUN


# ── what is said of it ───────────────────────────────────────────────────────
def test_each_place_that_was_looked_in_is_named(root: Path) -> None:
    assert locate_artifacts(f"/old/mlruns/{OTHER}", make_roots(root)) == Missing(
        f"/old/mlruns/{OTHER}",
        (Looked(f"/old/mlruns/{OTHER}", "outside"), Looked(str(root / OTHER), "absent")),
    )
    assert locate_artifacts(None, make_roots(root)) == Missing("")


def test_what_lies_elsewhere_is_here_once_it_was_fetched(root: Path) -> None:
    roots, uri = make_roots(root), "s3://bucket/" + RUN
    assert locate_artifacts(uri, roots) == Remote(uri)
    roots.cached(uri).mkdir(parents=True)
    place = locate_artifacts(uri, roots)
    assert isinstance(place, Here)
    assert place.folder == roots.cached(uri)
    assert place.fetched_at
    assert isinstance(locate_artifacts(uri + "/x", roots), Remote)


@pytest.mark.parametrize(
    "uri", ["s3://b/0/../../x/artifacts", "s3://b/..", "gs://..", "s3://b/0/\0/artifacts", "dbfs:/"]
)
def test_what_was_fetched_lies_in_the_data_folder_whatever_the_address(root: Path, uri: str) -> None:
    roots = make_roots(root)
    assert roots.cached(uri).resolve().parent == roots.cache


@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "n" * 5000, "ring/x", "../canary", "/etc/hostname"])
def test_what_is_no_file_in_the_folder_is_none(root: Path, name: str) -> None:
    (root / "canary").touch()
    (root / RUN / "ring").symlink_to(root / RUN / "ring")
    assert find_artifact(root / RUN, name) is None
