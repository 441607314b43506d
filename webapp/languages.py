"""English and Spanish: chosen by the reader, else by the browser. Catalogues are read as text, so none is compiled.

Where a sentence counts (`ngettext`), its `%(num)s` is written as the reader's language writes whole numbers.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from ml import numbers

LANGUAGES = (("en", "English"), ("es", "Español"))
CODES = tuple(code for code, _ in LANGUAGES)
CATALOGUES = Path(__file__).parent / "translations"


class TextDomain(Domain):
    """Serves the `.po` files themselves; a catalogue is parsed once a process."""

    def get_translations(self) -> Translations:
        """The catalogue of the reader's language."""
        return load_catalogue(current_code()) if has_request_context() else Translations()

    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str:
        """A sentence that counts."""
        text = self.get_translations().ungettext(singular, plural, num)
        return text % {"num": write_signs(f"{num:,}"), **variables}


class TextBabel(Babel):
    """Flask-Babel over text catalogues."""

    domain_instance = TextDomain()


def init_app(app: Flask) -> None:
    """Choose the language of every request, and translate in templates."""
    TextBabel(app, locale_selector=choose_language)
    app.jinja_env.globals["_"] = translate
    count_plainly: Any = app.jinja_env.globals["ngettext"]

    @pass_context
    def count(context: Context, singular: str, plural: str, num: int, **variables: object) -> str:
        text: str = count_plainly(context, singular, plural, num, **{"num": write_signs(f"{num:,}"), **variables})
        return text

    app.jinja_env.globals["ngettext"] = count


@pass_eval_context
def translate(context: EvalContext, message: str, **variables: object) -> str:
    """Say `message` in the reader's language: what templates call `_`, at a third of what Jinja's own takes."""
    if not variables and context.autoescape:
        return _find_sentence(current_code(), message)
    text = _find_text(current_code(), message)
    return (Markup(text) if context.autoescape else text) % variables  # noqa: S704 - a template's own words


@lru_cache(maxsize=8192)
def _find_sentence(code: str, message: str) -> Markup:
    """What holds nothing of the reader's."""
    return Markup(_find_text(code, message)) % {}  # noqa: S704 - a template's own words


@lru_cache(maxsize=8192)
def _find_text(code: str, message: str) -> str:
    text: str = load_catalogue(code).ugettext(message)
    return text


def choose_language() -> str:
    """The language picked by the reader, else the best of what the browser accepts, else English."""
    accepted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((code for code in (session.get("language"), *accepted) if code in CODES), "en")


def current_code() -> str:
    """The reader's language, English where nobody reads; asked hundreds of times a page, so found out once."""
    if not has_app_context():
        return "en"
    code: str | None = g.get("proctor_language")
    if code is None:
        code = g.proctor_language = str(get_locale() or "en")
    return code


def write_signs(plain: str) -> str:
    """Turn the comma between thousands and the point of a number into the reader's."""
    return numbers.write_signs(plain, current_code())


@cache
def load_catalogue(code: str) -> Translations:
    """Parse a language's `.po` file; English is what the code itself says."""
    path = CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return Translations()
    compiled = io.BytesIO()
    with path.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=code))
    compiled.seek(0)
    return Translations(fp=compiled)
