"""What is likely for one person, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Give the app its way to answers."""
    from webapp.predict import answering  # noqa: PLC0415 - whoever reads another module here need not load it

    answering.init_app(app)
