"""A set of files is written as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.files import READ_ONLY, write_files


def test_files_are_written_with_their_folder_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.csv"
    write_files({path: b"a"}, READ_ONLY)
    write_files({path: b"b"}, READ_ONLY)
    assert path.read_bytes() == b"b"
    assert path.stat().st_mode & 0o777 == 0o444
    assert list(path.parent.iterdir()) == [path]


def test_where_one_file_cannot_be_written_none_is_and_nothing_is_left_over(tmp_path: Path) -> None:
    first = tmp_path / "a.csv"
    first.write_bytes(b"old")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_files({first: b"new", tmp_path / "file" / "b.csv": b"new"})
    assert first.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "file"}
