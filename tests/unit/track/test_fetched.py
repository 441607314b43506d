"""Artifacts that are brought from elsewhere: whole or not at all, and nowhere but where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from ml.results import Progress, ignore_progress
from ml.track.fetched import Fetched, FetchError, fetch_files


class Info(NamedTuple):
    path: str
    is_dir: bool
    file_size: int | None


@dataclass
class FakeRepository:
    """A store of files by name; `told` is the size that its listing tells of each."""

    files: Mapping[str, bytes]
    told: int | None = None
    asked: list[str] = field(default_factory=list)

    def list_artifacts(self, path: str | None = None) -> list[Info]:
        start = f"{path}/" if path else ""
        below = sorted({name[len(start) :].split("/")[0] for name in self.files if name.startswith(start)})
        return [Info(start + name, start + name not in self.files, self.told) for name in below if name]

    def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str:
        self.asked.append(artifact_path)
        if self.files[artifact_path] == b"broken":
            raise ConnectionError("the line is dead")
        target = Path(str(dst_path), artifact_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.files[artifact_path])
        return str(target)


def test_all_of_it_is_brought_and_told_of(tmp_path: Path) -> None:
    said: list[Progress] = []
    repository = FakeRepository({"a.txt": b"one", "b/c/d.txt": b"three", "b/e": b""})
    target = tmp_path / "artifacts" / "run"
    assert fetch_files(repository, target, 1, said.append) == Fetched(3, 8)
    assert (target / "b" / "c" / "d.txt").read_bytes() == b"three"
    assert [path.name for path in target.parent.iterdir()] == ["run"]
    assert (said[0].stage, said[-1]) == ("look_up", Progress("download", 3, 3))


def test_a_run_without_artifacts_leaves_an_empty_folder(tmp_path: Path) -> None:
    assert fetch_files(FakeRepository({}), tmp_path / "run", 1, ignore_progress) == Fetched(0, 0)
    assert list((tmp_path / "run").iterdir()) == []


def test_what_was_there_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "run"
    fetch_files(FakeRepository({"old": b"old"}), target, 1, ignore_progress)
    with pytest.raises(FetchError, match=r"ConnectionError: the line is dead.*credentials"):
        fetch_files(FakeRepository({"new": b"new", "z": b"broken"}), target, 1, ignore_progress)
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]
    fetch_files(FakeRepository({"new": b"new"}), target, 1, ignore_progress)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "run"]


def test_what_a_killed_worker_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".run.filling").mkdir()
    (tmp_path / ".run.filling" / "half").touch()
    fetch_files(FakeRepository({"a": b""}), tmp_path / "run", 1, ignore_progress)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "run"]


@pytest.mark.parametrize("told", [600_000, None, 0])
def test_too_much_is_refused_whatever_the_listing_tells(tmp_path: Path, told: int | None) -> None:
    repository = FakeRepository(dict.fromkeys(("a", "b"), b"x" * 600_000), told)
    with pytest.raises(FetchError, match=r"more than 1 MB; set PROCTOR_ARTIFACT_LIMIT_MB"):
        fetch_files(repository, tmp_path / "run", 1, ignore_progress)
    assert list(tmp_path.iterdir()) == []
    assert (repository.asked == []) == bool(told)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "", "a/" * 50 + "b", "a\0b"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    class Lying(FakeRepository):
        def list_artifacts(self, path: str | None = None) -> list[Info]:
            return [Info(name, is_dir=False, file_size=1)]

    repository = Lying({name: b"x"})
    with pytest.raises(FetchError, match="no name of a file"):
        fetch_files(repository, tmp_path / "run", 1, ignore_progress)
    assert repository.asked == []


def test_a_store_that_lists_itself_comes_to_an_end(tmp_path: Path) -> None:
    class Ring(FakeRepository):
        def list_artifacts(self, path: str | None = None) -> list[Info]:
            return [Info(path or "a", is_dir=True, file_size=None)]

    assert fetch_files(Ring({}), tmp_path / "run", 1, ignore_progress) == Fetched(0, 0)
