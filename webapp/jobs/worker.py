"""The worker: `python -m webapp.jobs.worker`.

A light process that claims jobs and watches over the processes that do the work; start as many as you like, on any
machine that reaches the store, the artifacts and the queue.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Callable

from ml.settings import Settings, SettingsError, read_settings
from webapp.clock import now_ms
from webapp.jobs.claims import claim_oldest
from webapp.jobs.messages import Queue, QueueError, open_queue
from webapp.jobs.parent import watch_parent
from webapp.jobs.presence import SIGN_EVERY, sign_in, sign_out
from webapp.jobs.reconciler import reconcile, sweep
from webapp.jobs.runner import Runner
from webapp.jobs.uploads import clear_uploads
from webapp.predict.files.places import clear_results
from webapp.predictions.purging import purge
from webapp.store.schema import SchemaError, require_schema
from webapp.store.session import Store, open_store

logger = logging.getLogger(__name__)

RECONCILE_EVERY = 1_000
SWEEP_EVERY = 60_000
PURGE_EVERY = 24 * 60 * 60 * 1000
"""Milliseconds."""
LEAVE_WITHIN = 8.0
"""Seconds that a stopping worker takes at most to end its job's process and give the job back."""


class Worker:
    """One worker: a listener that runs jobs one at a time, and beside it a reconciler."""

    def __init__(self, store: Store, queue: Queue, runner: Runner, owner: str, settings: Settings) -> None:
        self._store, self._queue, self._runner, self._owner = store, queue, runner, owner
        self._data_dir, self._days = settings.data_dir, settings.prediction_days
        self._stopping = runner.stopping
        self._started_at = now_ms()

    def run(self) -> bool:
        """Work until told to stop, then give the job back and leave; False when a thread of ours died."""
        consumer = self._queue.listen(self.work_through)
        # Not `consumer.start()`: Huey's signal handlers would replace ours, and we schedule nothing.
        listener = consumer.worker_threads[0][1]
        reconciler = threading.Thread(target=self._reconcile, name="reconciler", daemon=True)
        purger = threading.Thread(target=self._purge, name="purger", daemon=True)  # large deletions hold up nothing
        for thread in (listener, reconciler, purger):
            thread.start()
        while listener.is_alive() and reconciler.is_alive() and not self._stopping.wait(1.0):
            pass
        is_well = self._stopping.is_set()
        self._stopping.set()
        consumer.stop_flag.set()
        for thread in (listener, reconciler, purger):
            thread.join(LEAVE_WITHIN)
        attempt(lambda _now: sign_out(self._store, self._owner), now_ms())
        return is_well

    def work_through(self) -> None:
        """Run queued jobs, oldest first, until there is none: one message is enough for all of them."""
        while not self._stopping.is_set():
            claimed = claim_oldest(self._store, self._owner, now_ms())
            if claimed is None:
                return
            claim, job = claimed
            logger.info("job %s (%s), attempt %s", job.number, job.kind, claim.attempt)
            self._runner.run(claim)
            attempt(self._clear_uploads, now_ms())

    def _reconcile(self) -> None:
        """Take each step when its time has come again."""
        steps = ((RECONCILE_EVERY, self._put_right), (SIGN_EVERY, self._sign_in), (SWEEP_EVERY, self._sweep))
        taken = dict.fromkeys(steps, 0)
        while True:
            now = now_ms()
            for every, step in steps:
                if now - taken[every, step] >= every:
                    taken[every, step] = now
                    attempt(step, now)
            if self._stopping.wait(RECONCILE_EVERY / 1000):
                return

    def _purge(self) -> None:
        """Delete predictions whose time is over, at once and then daily."""
        while True:
            attempt(lambda now: purge(self._store, self._days, now, self._stopping), now_ms())
            if self._stopping.wait(PURGE_EVERY / 1000):
                return

    def _put_right(self, now: int) -> None:
        reconcile(self._store, self._queue, now)

    def _sign_in(self, now: int) -> None:
        sign_in(self._store, self._owner, self._started_at, now)

    def _sweep(self, now: int) -> None:
        sweep(self._store, now)
        self._clear_uploads(now)

    def _clear_uploads(self, now: int) -> None:
        clear_uploads(self._store, self._data_dir, now)
        clear_results(self._store, self._data_dir, self._days, now)


def attempt(step: Callable[[int], object], now: int) -> None:
    """Take a step that will be taken again: a store or a queue that is away for a while ends no worker."""
    try:
        step(now)
    except Exception as error:  # noqa: BLE001 - the store's errors, or whatever the queue's driver raises
        logger.warning("%s: %s", type(error).__name__, error)


def main(arguments: list[str] | None = None) -> int:
    """Run a worker until SIGTERM, SIGINT or, when embedded, the end of standard input: 0 after a stop, 2 if unable."""
    given = parse(arguments)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        settings = read_settings()
        logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=settings.log_level)
        logging.getLogger("huey").setLevel(logging.WARNING)
        worker = make_worker(settings, given.work, stopping)
    except (SettingsError, SchemaError, QueueError) as error:
        sys.stderr.write(f"the worker cannot start: {error}\n")
        return 2
    if given.embedded:
        watch_parent(stopping.set)
    return 0 if worker.run() else 1


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read how this worker was started."""
    parser = argparse.ArgumentParser(prog="python -m webapp.jobs.worker", description=__doc__)
    parser.add_argument("--embedded", action="store_true", help="stop when standard input ends")
    parser.add_argument(
        "--work", default="webapp.jobs.work", help="the module whose WORK says what each kind of job does"
    )
    return parser.parse_args(arguments)


def make_worker(settings: Settings, work: str, stopping: threading.Event) -> Worker:
    """Open the store and the queue, and make a worker on them.

    Raises
    ------
    SchemaError, QueueError
        When the store has not our schema, or the queue cannot be reached.
    """
    store = open_store(settings.database_url)
    require_schema(store)
    runner = Runner(store, work, settings.data_dir / "scratch", stopping, now_ms)
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    return Worker(store, open_queue(settings.queue_url), runner, owner, settings)


if __name__ == "__main__":
    sys.exit(main())
