"""The class of the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask


class Site(Flask):
    """Flask, but that no function is looked at with each request for being a coroutine: none of ours is one."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take it as it is."""
        return func
