"""Which raw table is used, and that nothing is ever half-written or passed off as something else."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml.results import Progress
from ml.settings import Settings
from ml.source import SourceError, Unreachable, content_sha256, download, fetch, obtain, parse_table
from ml.spec import DatasetSpec
from tests.builders.publisher import Publisher, publishing, zipped
from tests.builders.tables import pump_rows, second_spec, student_spec

NOWHERE = "http://127.0.0.1:1/data.zip"


@pytest.fixture
def published() -> bytes:
    """Bytes of a table with the columns of the shipped spec, in ARFF as its publisher writes it."""
    spec = student_spec()
    lines = ["@RELATION x", *(f"@ATTRIBUTE '{c.name}' {{{','.join(c.categories)}}}" for c in spec.columns), "@DATA"]
    rows = [",".join(f"'{column.categories[row % 2]}'" for column in spec.columns) for row in range(6)]
    return "\r\n".join(lines + rows).encode() + b"\r\n"


@pytest.fixture
def spec(published: bytes) -> DatasetSpec:
    """The shipped spec, but for the checksum: that of `published`."""
    shipped = student_spec()
    assert shipped.source
    source = dataclasses.replace(shipped.source, content_sha256=content_sha256(parse_table(published, "x.arff")))
    return dataclasses.replace(shipped, source=source)


@pytest.fixture
def publisher(published: bytes) -> Iterator[Publisher]:
    with publishing(zipped({"readme.txt": b"hello", "CEE_DATA.arff": published})) as publisher:
        yield publisher


@pytest.fixture
def settings(tmp_path: Path, publisher: Publisher) -> Settings:
    return Settings(
        database_url="sqlite://",
        artifact_root=tmp_path / "models",
        data_dir=tmp_path / "data",
        reports_dir=tmp_path / "reports",
        spec_path=tmp_path / "spec.yaml",
        source_url=publisher.url,
    )


def listing(settings: Settings) -> dict[str, bytes]:
    folder = settings.data_dir / "raw"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


# ── the publisher ────────────────────────────────────────────────────────────
def test_the_download_is_verified_kept_read_only_and_used_again(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, published: bytes
) -> None:
    raw = obtain(spec, settings)
    assert raw.origin.kind == "download"
    assert raw.origin.is_verified
    assert raw.origin.location == publisher.url
    assert raw.origin.sha256 == hashlib.sha256(published).hexdigest()
    assert raw.path == settings.data_dir / "raw" / "CEE_DATA.arff"
    assert raw.path.read_bytes() == published
    assert raw.path.stat().st_mode & 0o777 == 0o444
    again = obtain(spec, settings)
    assert again.origin == raw.origin
    assert again.frame.equals(raw.frame)
    assert len(publisher.asked) == 1


def test_progress_is_told(spec: DatasetSpec, settings: Settings) -> None:
    heard: list[Progress] = []
    obtain(spec, settings, heard.append)
    assert {progress.stage for progress in heard} == {"fetch"}
    assert heard[-1] == Progress("fetch", 1, 1)
    assert any(progress.total > 1 for progress in heard)


def test_a_member_in_a_folder_of_the_archive_is_found(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, published: bytes
) -> None:
    publisher.content = zipped({"data/CEE_DATA.arff": published, "../../evil.arff": b"x"})
    assert obtain(spec, settings).origin.is_verified
    assert set(listing(settings)) == {"CEE_DATA.arff", "CEE_DATA.arff.origin.json"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>log in to the network</html>", "not a sound zip archive"),
        (b"", "not a sound zip archive"),
        (zipped({"other.arff": b"x"}), "no file called CEE_DATA.arff"),
        (zipped({"a/CEE_DATA.arff": b"x", "b/CEE_DATA.arff": b"x"}), "2 files called"),
        (zipped({"CEE_DATA.arff": b""}), "is empty"),
        (zipped({"CEE_DATA.arff": b"@relation x\n@attribute a numeric\n@data\n1\n"}), "not the published one"),
        (zipped({"CEE_DATA.arff": b"x" * 50_000_001}), "more than 50,000,000 bytes"),
    ],
    ids=["a page", "nothing", "no member", "two members", "empty member", "other content", "a bomb"],
)
def test_what_is_not_the_data_is_an_error_and_leaves_everything_as_it_was(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, content: bytes, problem: str
) -> None:
    good, publisher.content = publisher.content, content
    with pytest.raises(SourceError, match=problem) as caught:
        obtain(spec, settings)
    assert not isinstance(caught.value, Unreachable)
    assert "PROCTOR_RAW_DATA" in str(caught.value)
    assert listing(settings) == {}
    publisher.content = good
    fetch(spec, settings)
    before = listing(settings)
    publisher.content = content
    with pytest.raises(SourceError, match=problem):
        fetch(spec, settings)
    assert listing(settings) == before


def test_a_flipped_byte_in_the_archive_is_found(spec: DatasetSpec, settings: Settings, publisher: Publisher) -> None:
    broken = bytearray(publisher.content)
    broken[len(broken) // 2] ^= 0xFF
    publisher.content = bytes(broken)
    with pytest.raises(SourceError):
        fetch(spec, settings)
    assert listing(settings) == {}


# ── the stand-in ─────────────────────────────────────────────────────────────
def test_an_unreachable_publisher_is_asked_once_and_the_stand_in_says_what_it_is(
    spec: DatasetSpec, settings: Settings, publisher: Publisher
) -> None:
    publisher.status = 503
    raw = obtain(spec, settings)
    assert (raw.origin.kind, raw.origin.is_verified, raw.origin.location) == ("stand_in", False, "seed 582")
    assert raw.path.name == "student_performance.stand_in.csv"
    assert raw.path.stat().st_mode & 0o777 == 0o444
    assert len(raw.frame) == 666
    publisher.status = 200
    assert obtain(spec, settings).origin == raw.origin
    assert len(publisher.asked) == 1


def test_fetching_replaces_the_stand_in(spec: DatasetSpec, settings: Settings, publisher: Publisher) -> None:
    publisher.status = 404
    obtain(spec, settings)
    publisher.status = 200
    fetch(spec, settings)
    assert obtain(spec, settings).origin.kind == "download"


def test_asking_again_replaces_the_stand_in_where_the_publisher_answers(
    spec: DatasetSpec, settings: Settings, publisher: Publisher
) -> None:
    publisher.status = 503
    obtain(spec, settings)
    assert obtain(spec, settings, ask_again=True).origin.kind == "stand_in"
    publisher.status = 200
    assert obtain(spec, settings, ask_again=True).origin.kind == "download"
    assert len(publisher.asked) == 3


@pytest.mark.parametrize("trouble", ["status", "refused", "cut short", "silent", "drips"])
def test_every_kind_of_silence_is_unreachable(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "status":
        publisher.status = 500
    elif trouble == "refused":
        settings = dataclasses.replace(settings, source_url=NOWHERE)
    elif trouble == "cut short":
        publisher.announced = len(publisher.content) + 10
    else:
        publisher.silence, publisher.drips = threading.Event(), trouble == "drips"
        monkeypatch.setattr(download, "CONNECT_SECONDS", 0.2)
    started = time.monotonic()
    with pytest.raises(Unreachable, match="name a file with PROCTOR_RAW_DATA"):
        fetch(spec, settings)
    assert time.monotonic() - started < 4
    assert obtain(spec, settings).origin.kind == "stand_in"


def test_without_a_stand_in_an_unreachable_publisher_is_an_error(spec: DatasetSpec, settings: Settings) -> None:
    settings = dataclasses.replace(settings, source_url=NOWHERE)
    with pytest.raises(SourceError, match="cannot be reached"):
        obtain(dataclasses.replace(spec, stand_in=None), settings)


def test_only_the_web_is_a_source(spec: DatasetSpec, settings: Settings) -> None:
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/x"):
        with pytest.raises(SourceError, match="http://"):
            fetch(spec, dataclasses.replace(settings, source_url=url))


def test_a_spec_without_a_source_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(SourceError, match="names no source; name a file with PROCTOR_RAW_DATA"):
        fetch(second_spec(), settings)


def test_a_spec_without_a_source_is_stood_in_for(settings: Settings, publisher: Publisher) -> None:
    assert obtain(second_spec(), settings).origin.kind == "stand_in"
    assert publisher.asked == []


# ── a named file ─────────────────────────────────────────────────────────────
def test_a_named_file_is_used_copied_and_never_changed(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, published: bytes, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.arff"
    mine.write_bytes(published)
    raw = obtain(spec, dataclasses.replace(settings, raw_data=mine))
    assert (raw.origin.kind, raw.origin.is_verified, raw.origin.location) == ("file", True, str(mine))
    assert raw.path.parent == settings.data_dir / "raw"
    assert raw.path.read_bytes() == published == mine.read_bytes()
    assert publisher.asked == []
    mine.write_bytes(published.replace(b"'male'", b"'female'"))
    other = obtain(spec, dataclasses.replace(settings, raw_data=mine))
    assert not other.origin.is_verified
    assert other.path != raw.path
    assert raw.path.read_bytes() == published


def test_a_named_file_does_not_become_the_data_of_those_who_name_none(
    spec: DatasetSpec, settings: Settings, tmp_path: Path, published: bytes
) -> None:
    mine = tmp_path / "CEE_DATA.arff"
    mine.write_bytes(published.replace(b"'male'", b"'female'"))
    obtain(spec, dataclasses.replace(settings, raw_data=mine))
    assert obtain(spec, settings).origin.kind == "download"


@pytest.mark.parametrize("content", [None, b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_named_file_that_cannot_be_used_is_an_error_never_a_reason_to_use_another(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, tmp_path: Path, content: bytes | None
) -> None:
    mine = tmp_path / "mine.csv"
    if content is not None:
        mine.write_bytes(content)
    with pytest.raises(SourceError, match=r"mine\."):
        obtain(spec, dataclasses.replace(settings, raw_data=mine))
    assert publisher.asked == []


def test_a_file_of_another_table_is_refused(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "pumps.csv"
    pump_rows(3).to_csv(mine, index=False)
    with pytest.raises(SourceError, match=r"no column of student_performance is in its header \(condition, "):
        obtain(student_spec(), dataclasses.replace(settings, raw_data=mine))


def test_a_copy_of_the_stand_in_stays_a_stand_in(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "real_data.csv"
    mine.write_bytes(obtain(second_spec(), settings).path.read_bytes())
    raw = obtain(second_spec(), dataclasses.replace(settings, raw_data=mine))
    assert raw.origin.kind == "stand_in"


# ── what lies in data/raw ────────────────────────────────────────────────────
def test_a_raw_file_that_has_changed_is_refused_until_it_is_fetched_again(
    spec: DatasetSpec, settings: Settings, published: bytes
) -> None:
    path = obtain(spec, settings).path
    path.chmod(0o644)
    path.write_bytes(published.replace(b"'male'", b"'female'"))
    with pytest.raises(SourceError, match=r"has changed since it was downloaded; `python -m ml fetch`"):
        obtain(spec, settings)
    fetch(spec, settings)
    assert obtain(spec, settings).path.read_bytes() == published


def test_a_file_laid_into_data_raw_by_hand_is_a_file(
    spec: DatasetSpec, settings: Settings, publisher: Publisher, published: bytes
) -> None:
    path = settings.data_dir / "raw" / "CEE_DATA.arff"
    path.parent.mkdir(parents=True)
    path.write_bytes(published)
    assert obtain(spec, settings).origin.kind == "file"
    assert obtain(spec, settings).origin.is_verified
    assert publisher.asked == []


def test_a_folder_that_cannot_be_written_is_named(spec: DatasetSpec, settings: Settings) -> None:
    settings.data_dir.parent.mkdir(exist_ok=True)
    settings.data_dir.write_text("a file where the folder should be")
    with pytest.raises(SourceError, match="cannot be written"):
        obtain(spec, settings)


def test_every_cell_of_the_raw_table_is_text(spec: DatasetSpec, settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    text = io.StringIO()
    csv.writer(text).writerows([[column.name for column in spec.columns], ["", "NA", "1", *["x"] * 9]])
    mine.write_text(text.getvalue(), "utf-8")
    frame = obtain(spec, dataclasses.replace(settings, raw_data=mine)).frame
    assert frame.iloc[0].tolist() == ["", "NA", "1", *["x"] * 9]
