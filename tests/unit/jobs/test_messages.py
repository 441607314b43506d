from __future__ import annotations

import json
from pathlib import Path

import pytest

from webapp.jobs.messages import QueueError, open_queue


def test_a_message_is_json_that_carries_no_job_and_reaches_the_listener(tmp_path: Path) -> None:
    queue = open_queue(f"sqlite:///{tmp_path / 'queue.sqlite'}")
    heard: list[int] = []
    queue.wake()
    assert not queue.is_empty()
    raw = queue.open().storage.enqueued_items()[0]  # what stands in the queue is the point
    assert json.loads(raw)[1].endswith(".work")
    listener = queue.listen(lambda: heard.append(1)).worker_threads[0][0]
    listener.loop()
    queue.close()
    assert heard == [1]


def test_a_pickle_in_the_queue_is_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    queue = open_queue(f"sqlite:///{tmp_path / 'queue.sqlite'}")
    queue.open().storage.enqueue(b"cposix\nsystem\n(S'touch " + str(canary).encode() + b"'\ntR.")
    queue.listen(lambda: None).worker_threads[0][0].loop()
    queue.close()
    assert not canary.exists()


def test_a_queue_that_cannot_be_opened_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(QueueError, match="PROCTOR_QUEUE_URL"):
        open_queue(f"sqlite:///{tmp_path / 'file' / 'queue.sqlite'}")


def test_a_queue_that_is_away_does_not_fail_the_submission(tmp_path: Path) -> None:
    queue = open_queue(f"sqlite:///{tmp_path / 'queue.sqlite'}")
    queue.open().storage.sql("drop table task", commit=True)
    queue.wake()
    queue.close()
