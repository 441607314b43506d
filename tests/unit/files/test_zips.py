"""All files in one archive that is made while it is sent."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from pathlib import Path

from webapp.artifacts import walk_files
from webapp.files.zips import CHUNK, stream_zip

SIXTY_FOUR_BITS = b"\x01\x00\x10\x00"
"""How the field begins that holds sizes of 64 bits: its number, 1, and its 16 bytes."""


def pack(folder: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(stream_zip(folder, sorted(walk_files(folder)), "run"))))


def test_every_file_is_in_it_under_its_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "café 🙂.txt").write_text("one")
    (tmp_path / "empty").touch()
    (tmp_path / "old").touch()
    os.utime(tmp_path / "old", (0, 0))
    with pack(tmp_path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["run/a/café 🙂.txt", "run/empty", "run/old"]
        assert archive.read("run/a/café 🙂.txt") == b"one"
        assert archive.getinfo("run/old").date_time[0] == 1980


def test_links_and_names_that_lead_out_are_not_in_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    (tmp_path / "..\\..\\evil").touch()
    (tmp_path / ".._.._evil").touch()
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    with pack(tmp_path) as archive:
        assert archive.namelist() == ["run/.._.._evil", "run/.._.._evil~", "run/caf\ufffd"]


def test_a_file_that_became_a_link_or_went_is_left_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    files = sorted(walk_files(tmp_path))
    (tmp_path / "a").unlink()
    (tmp_path / "b").unlink()
    (tmp_path / "b").symlink_to("/etc/hostname")
    with zipfile.ZipFile(io.BytesIO(b"".join(stream_zip(tmp_path, files, "run")))) as archive:
        assert archive.namelist() == ["run/c"]


def test_a_file_that_grows_is_cut_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before and after")
    with zipfile.ZipFile(io.BytesIO(b"".join(stream_zip(tmp_path, [(tmp_path / "a", 6)], "run")))) as archive:
        assert archive.read("run/a") == b"before"


def test_more_than_four_gigabytes_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("small, but nobody knows yet")
    content = b"".join(stream_zip(tmp_path, [(tmp_path / "a", 5_000_000_000)], "run"))
    assert content.startswith(SIXTY_FOUR_BITS, content.index(b"run/a") + len(b"run/a"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("run/a") == b"small, but nobody knows yet"


def test_it_is_never_whole_in_memory(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(1_000_000) * 12)
    tracemalloc.start()
    for _chunk in stream_zip(tmp_path, sorted(walk_files(tmp_path)), "run"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * CHUNK
