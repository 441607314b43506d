"""One way from a page's dataclass to HTML."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, g, render_template, request, url_for
from flask.templating import Environment
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from ml.spec import DatasetSpec
from webapp.accounts import current_user
from webapp.current import current_spec
from webapp.languages import LANGUAGES, current_code
from webapp.overview.queries import find_glance
from webapp.store.session import reading


@dataclass(frozen=True)
class DatasetInUse:
    """What the top bar says of the dataset."""

    title: str
    rows: int | None
    is_stand_in: bool


@dataclass(frozen=True)
class Frame:
    """What every page's layout shows around its own content."""

    dataset: DatasetInUse
    jobs_unfinished: int
    user_name: str | None
    is_admin: bool
    language: str
    languages: tuple[tuple[str, str], ...]
    rail: Markup
    """The menu."""
    is_offline: bool = False
    """Whether the page is a file to keep, which has no menu, no forms and nobody who is signed in."""


class Pages(Environment):
    """Jinja as Flask has it, with one dictionary of what every template knows.

    Its own chain of dictionaries is walked in Python by each template that imports macros, eight times a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Make no chain where a template knows nothing of its own; none of ours does."""
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Make templates strict: an undefined name is an error, not an empty string. Before all that adds to templates."""
    app.jinja_environment = Pages
    app.jinja_env.globals["url_for"] = find_address
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def find_address(endpoint: str, **values: Any) -> str:
    """Find an address of the site for a template; a page has a dozen that are always the same."""
    is_alike = not values and not endpoint.startswith(".")
    return _find_place(request.root_path, endpoint) if is_alike else url_for(endpoint, **values)


@lru_cache(maxsize=256)
def _find_place(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def render_page(template: str, page: Any) -> str:
    """Render `template` with `page` (a frozen dataclass naming all it shows) inside the site's frame."""
    return render_template(template, page=page, frame=make_frame())


def render_fragment(template: str, page: Any) -> str:
    """Render a partial that a full page also includes."""
    return render_template(template, page=page)


def language() -> str:
    """The reader's language code: `en` or `es`."""
    return current_code()


@lru_cache(maxsize=256)
def _draw_rail(_language: str, _root: str, subject: str | None) -> Markup:
    """Draw the menu for one language, prefix of a proxy and subject: it is the same for everybody."""
    places = {
        "overview": _("Overview"),
        "data": _("Data"),
        "explore": _("Explore"),
        "runs": _("Runs"),
        "compare": _("Compare"),
        "models": _("Models"),
        "predict": _("Predict"),
        "audit": _("Audit"),
        "admin": _("Admin"),
    }
    return Markup(render_template("layouts/rail.html", places=places, subject=subject))  # noqa: S704 - our own


def make_frame() -> Frame:
    """What the layout shows to this reader."""
    spec, user = current_spec(), current_user()
    dataset, jobs_unfinished = _look_up(spec)
    return Frame(
        dataset=dataset,
        jobs_unfinished=jobs_unfinished,
        user_name=user.name if user else None,
        is_admin=bool(user and user.role == "admin"),
        language=language(),
        languages=LANGUAGES,
        rail=_draw_rail(language(), request.root_path, request.blueprint),
    )


def _look_up(spec: DatasetSpec) -> tuple[DatasetInUse, int]:
    """What the store knows of it; with the store away the frame still stands, so that the error page can say so."""
    unknown = DatasetInUse(title=spec.short_title, rows=None, is_stand_in=False)
    if g.get("store_is_away"):
        return unknown, 0
    try:
        found = find_glance(reading(), spec.name)
    except SQLAlchemyError:
        return unknown, 0
    return DatasetInUse(spec.short_title, found.rows, found.is_stand_in), found.jobs_unfinished
