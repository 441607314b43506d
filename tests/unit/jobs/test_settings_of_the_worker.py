from __future__ import annotations

from pathlib import Path

from ml.settings import read_settings, write_settings


def test_another_process_reads_the_same_settings_but_the_secret_key(tmp_path: Path) -> None:
    given = {
        "PROCTOR_DATA_DIR": str(tmp_path),
        "PROCTOR_DATABASE_URL": "postgresql://u:p@h/d",
        "PROCTOR_QUEUE_URL": "redis://h:1/0",
        "PROCTOR_EMBEDDED_WORKER": "no",
        "PROCTOR_TRUSTED_HOSTS": "a.example, b.example",
        "PROCTOR_OPEN_READING": "no",
        "PROCTOR_LOG_LEVEL": "debug",
    }
    settings = read_settings(given)
    assert read_settings(write_settings(settings)) == settings
    assert not any("SECRET" in name for name in write_settings(read_settings(given | {"PROCTOR_SECRET_KEY": "s" * 32})))
