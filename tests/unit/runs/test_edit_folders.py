"""A run's artifacts are deleted from the folder that is its alone; every other address is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders.ticks import make_places
from webapp.artifacts import Here
from webapp.runs.edit.folders import Elsewhere, Nowhere, Places, Refused, find_removable, measure

RUN, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for run_id in (RUN, OTHER):
        make_folder(tmp_path / "models" / "0" / run_id / "artifacts")
    return make_places(tmp_path / "models", tmp_path / "data")


def make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"12345")
    return folder


def own(places: Places) -> Path:
    return places.roots.root / "0" / RUN / "artifacts"


@pytest.mark.parametrize("written", ["{own}", "file://{own}", "{own}/", f"0/{RUN}/artifacts"])
def test_the_runs_own_folder_is_found_however_it_is_written(places: Places, written: str) -> None:
    assert find_removable(RUN, written.format(own=own(places)), places) == Here(own(places))


def test_the_folder_of_a_store_that_was_moved_is_found(places: Places) -> None:
    assert find_removable(RUN, f"/gone/mlruns/0/{RUN}/artifacts", places) == Here(own(places))


def test_the_folder_that_a_deletion_cut_off_has_emptied_is_found(places: Places) -> None:
    shutil.rmtree(own(places))
    assert find_removable(RUN, str(own(places)), places) == Here(own(places))
    (own(places).parent / "notes.txt").touch()
    assert find_removable(RUN, str(own(places)), places) == Nowhere()


@pytest.mark.parametrize("address", [None, "", f"/gone/elsewhere/9/{RUN}/artifacts"])
def test_what_is_not_there_is_nothing_to_delete(places: Places, address: str | None) -> None:
    assert find_removable(RUN, address, places) == Nowhere()


def test_an_object_store_is_elsewhere(places: Places) -> None:
    address = f"s3://bucket/0/{RUN}/artifacts"
    assert find_removable(RUN, address, places) == Elsewhere(address)


@pytest.mark.parametrize(
    "address",
    [
        "{root}",
        "{root}/0",
        "{root}/0/{run}",
        "{root}/0/{other}/artifacts",
        "{root}/0/{run}/artifacts/..",
        "{root}/0/{other}/../{run}/artifacts",
        "{root}/0/{run}/%2e%2e/{run}/artifacts",
        "{root}/0/{run}/artifacts/deep",
        "/",
        ".",
        "s3://bucket",
        "s3://bucket/0/{other}/artifacts",
        "file://[::1",
    ],
)
def test_an_address_that_is_not_the_runs_own_is_refused(places: Places, address: str) -> None:
    found = find_removable(RUN, address.format(root=places.roots.root, run=RUN, other=OTHER), places)
    assert isinstance(found, Refused)
    assert found.code == "not_own"


def test_a_folder_outside_of_the_root_is_refused(places: Places, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "else" / "1" / RUN / "artifacts")
    assert find_removable(RUN, str(folder), places) == Refused("outside", str(folder))


def test_a_link_to_another_runs_folder_is_refused(places: Places) -> None:
    linked = places.roots.root / "1" / RUN
    linked.mkdir(parents=True)
    (linked / "artifacts").symlink_to(places.roots.root / "0" / OTHER / "artifacts")
    assert find_removable(RUN, str(linked / "artifacts"), places) == Refused("linked", str(linked / "artifacts"))


def test_a_link_out_of_the_root_is_refused(places: Places, tmp_path: Path) -> None:
    outside = make_folder(tmp_path / "else" / RUN / "artifacts")
    linked = places.roots.root / "1" / RUN
    linked.mkdir(parents=True)
    (linked / "artifacts").symlink_to(outside)
    assert find_removable(RUN, str(linked / "artifacts"), places) == Refused("outside", str(linked / "artifacts"))


def test_the_folder_that_holds_all_artifacts_is_refused(tmp_path: Path) -> None:
    root = tmp_path / RUN / "artifacts"
    root.mkdir(parents=True)
    assert find_removable(RUN, str(root), make_places(root)) == Refused("outside", str(root))
    assert find_removable(RUN, str(root), make_places(tmp_path, root / "data")) == Refused("not_own", str(root))


def test_files_are_counted_and_links_not_followed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    (own(places) / "away").symlink_to(places.roots.root / "0" / OTHER / "artifacts", target_is_directory=True)
    found = measure([own(places)])
    assert found is not None
    assert found[0] == 2
    monkeypatch.setattr("webapp.runs.edit.folders.MOST_COUNTED", 1)
    assert measure([own(places)]) is None
