"""Dying with one's parent. Imports next to nothing, so that the watch begins before anything else does.

The parent holds the other end of our standard input: when it dies, however it dies, the pipe ends. (The kernel's
signal on a parent's death comes when the *thread* that started us ends, which is something else.)
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable


def watch_parent(then: Callable[[], object]) -> None:
    """Call `then`, in a thread of its own, when standard input ends."""
    threading.Thread(target=_wait, args=(then,), name="parent", daemon=True).start()


def kill_own_group() -> None:
    """Kill this process and all that it started, where it leads a group of its own; else itself alone."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(9)


def _wait(then: Callable[[], object]) -> None:
    while os.read(0, 1):
        pass
    then()
