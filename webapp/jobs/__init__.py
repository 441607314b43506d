"""Work that takes longer than a request: rows in `proctor_job`, done by workers apart from the web process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Open the queue.

    Raises
    ------
    webapp.jobs.messages.QueueError
        When the message queue cannot be reached.
    """
    from webapp.jobs.messages import open_queue

    app.extensions["proctor_queue"] = open_queue(app.extensions["proctor_settings"].queue_url)


def start(app: Flask) -> None:
    """Queue what a new store lacks and, unless workers run apart, start the embedded one."""
    from webapp.clock import now_ms
    from webapp.jobs.first import ensure_first_jobs
    from webapp.jobs.supervisor import Supervisor

    settings, store, queue = (app.extensions[f"proctor_{name}"] for name in ("settings", "store", "queue"))
    ensure_first_jobs(store, queue, settings, app.extensions["proctor_spec"].name, now_ms())
    if settings.embedded_worker:
        app.extensions["proctor_supervisor"] = Supervisor(settings)
        app.extensions["proctor_supervisor"].start()
