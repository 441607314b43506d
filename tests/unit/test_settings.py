"""Settings are read once, from known names, and a bad one stops the start with its name."""

import dataclasses
from pathlib import Path

import pytest

from ml.places import Moved
from ml.settings import Settings, SettingsError, known_names, read_settings, write_settings


def read(tmp_path: Path, **environ: str) -> Settings:
    return read_settings(environ, tmp_path)


def test_nothing_set_means_everything_lives_under_the_root(tmp_path: Path) -> None:
    settings = read(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/data/proctor.sqlite"
    assert settings.queue_url == f"sqlite:///{tmp_path}/data/queue.sqlite"
    assert (settings.artifact_root, settings.reports_dir) == (tmp_path / "models", tmp_path / "reports")
    assert settings.is_embedded
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)


def test_both_databases_follow_the_data_folder(tmp_path: Path) -> None:
    settings = read(tmp_path, PROCTOR_DATA_DIR="elsewhere")

    assert settings.data_dir == tmp_path / "elsewhere"
    assert settings.database_url == f"sqlite:///{tmp_path}/elsewhere/proctor.sqlite"
    assert settings.queue_url == f"sqlite:///{tmp_path}/elsewhere/queue.sqlite"


def test_one_given_value_leaves_the_other_defaults(tmp_path: Path) -> None:
    changed = read(tmp_path, PORT="8123")

    assert changed == dataclasses.replace(read(tmp_path), port=8123)


def test_empty_means_unset(tmp_path: Path) -> None:
    assert read(tmp_path, PROCTOR_RAW_DATA="", PORT=" ") == read(tmp_path)


@pytest.mark.parametrize("value", ["x", ""])
def test_unknown_name_is_refused_by_name(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match=r"unknown setting PROCTOR_DATABSE_URL; docs/operating\.md"):
        read(tmp_path, PROCTOR_DATABSE_URL=value, PROCTOR_LOG_LEVEL="INFO")


def test_names_of_others_are_none_of_ours(tmp_path: Path) -> None:
    assert read(tmp_path, PROCTORING="1", MLFLOW_TRACKING_URI="x", PATH="/bin") == read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("PORT", "²", "1 to 65535"),
        ("PORT", "-1", "1 to 65535"),
        ("PROCTOR_EMBEDDED_WORKER", "maybe", "say yes or no"),
        ("PROCTOR_LOG_LEVEL", "loud", "say DEBUG"),
        ("PROCTOR_RAW_DATA", "no-such-file.arff", "no such file"),
        ("PROCTOR_SPEC", "no-such-file.yaml", "no such file"),
        ("PROCTOR_ARTIFACT_ROOT", "a-file", "a folder is wanted"),
        ("PROCTOR_DATA_DIR", "a-file", "a folder is wanted"),
        ("PROCTOR_ARTIFACT_MAP", "/old", "not old=new"),
        ("PROCTOR_ARTIFACT_MAP", "/old=/new,=/x", "not old=new"),
        ("PROCTOR_ARTIFACT_MAP", "/old=a-file", "a folder is wanted"),
        ("PROCTOR_ARTIFACT_SERVER", "ada:hunter2@host", "http:// or https://"),
        ("PROCTOR_ARTIFACT_LIMIT_MB", "0", "1 to 1000000"),
        ("PROCTOR_ARTIFACT_LIMIT_MB", "2 GB", "1 to 1000000"),
        ("PROCTOR_SOURCE_URL", "ftp://example.com/x.zip", "http:// or https://"),
        ("PROCTOR_SOURCE_URL", "https://", "names a host"),
        ("PROCTOR_SECRET_KEY", "hunter2", "at least 16 characters"),
        ("PROCTOR_DATABASE_URL", "proctor.sqlite", "sqlite://"),
        ("PROCTOR_DATABASE_URL", "mysql://ada:hunter2@db/x", "sqlite://"),
        ("PROCTOR_DATABASE_URL", "redis://db/0", "sqlite://"),
        ("PROCTOR_DATABASE_URL", "sqlite:///", "path of a file"),
        ("PROCTOR_DATABASE_URL", "sqlite://file.sqlite", "path of a file"),
        ("PROCTOR_DATABASE_URL", "sqlite:///:memory:", "path of a file"),
        ("PROCTOR_DATABASE_URL", "sqlite:///a.sqlite?mode=ro", "path of a file"),
        ("PROCTOR_DATABASE_URL", "sqlite:///.", "a file is wanted"),
        ("PROCTOR_DATABASE_URL", "postgresql://ada:hunter2@db:port/x", "[Pp]ort"),
        ("PROCTOR_QUEUE_URL", "amqp://db", "redis://"),
    ],
)
def test_bad_value_is_refused_with_name_and_reason(tmp_path: Path, name: str, value: str, reason: str) -> None:
    (tmp_path / "a-file").touch()

    with pytest.raises(SettingsError, match=f"^{name}.*{reason}") as caught:
        read(tmp_path, **{name: value})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://ada@db/x", "postgresql+psycopg://ada@db/x"),
        ("postgresql://ada@db:5433/x?sslmode=require", "postgresql+psycopg://ada@db:5433/x?sslmode=require"),
        ("postgresql+psycopg://ada@/x?host=/run/pg", "postgresql+psycopg://ada@/x?host=/run/pg"),
        ("sqlite:////var/lib/proctor.sqlite", "sqlite:////var/lib/proctor.sqlite"),
    ],
)
def test_database_url_is_spelt_as_sqlalchemy_wants_it(tmp_path: Path, given: str, expected: str) -> None:
    settings = read(tmp_path, PROCTOR_DATABASE_URL=given)

    assert settings.database_url == expected
    assert settings.is_embedded == given.startswith("sqlite")


def test_relative_paths_start_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "mine.arff").touch()
    settings = read(
        tmp_path,
        PROCTOR_DATABASE_URL="sqlite:///x/y.sqlite",
        PROCTOR_RAW_DATA="mine.arff",
        PROCTOR_ARTIFACT_ROOT="m/../n",
    )

    assert settings.database_url == f"sqlite:///{tmp_path}/x/y.sqlite"
    assert (settings.raw_data, settings.artifact_root) == (tmp_path / "mine.arff", tmp_path / "n")


@pytest.mark.parametrize(("word", "expected"), [("yes", True), ("ON", True), ("1", True), ("No", False), ("0", False)])
def test_switches(tmp_path: Path, word: str, *, expected: bool) -> None:
    assert read(tmp_path, PROCTOR_OPEN_READING=word).open_reading is expected


def test_hosts_are_a_list(tmp_path: Path) -> None:
    assert read(tmp_path, PROCTOR_TRUSTED_HOSTS="a.example, b.example,").trusted_hosts == ("a.example", "b.example")


def test_the_artifact_map_is_a_list_of_rules_that_another_process_reads_alike(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").touch()
    rules = "file:///old/runs/=new, s3://b/x=1/y=/srv/y,"
    settings = read(tmp_path, PROCTOR_ARTIFACT_MAP=rules, PROCTOR_SPEC="spec.yaml")
    assert settings.artifact_map == (Moved("/old/runs", tmp_path / "new"), Moved("s3://b/x=1/y", Path("/srv/y")))
    assert read(tmp_path, **write_settings(settings)).artifact_map == settings.artifact_map


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        PROCTOR_SECRET_KEY="hunter2" * 5,
        PROCTOR_DATABASE_URL="postgresql://ada:hunter2@db/x",
        PROCTOR_QUEUE_URL="redis://:hunter2@db/0",
        PROCTOR_ARTIFACT_SERVER="https://ada:hunter2@mlflow",
    )

    assert "hunter2" not in repr(settings)


def test_every_field_can_be_set_by_name() -> None:
    assert len(known_names()) == len(dataclasses.fields(Settings))
