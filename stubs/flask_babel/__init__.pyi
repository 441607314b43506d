# Types of what we use of Flask-Babel, which has almost none of its own.

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.support import NullTranslations
from flask import Flask

class Domain:
    def get_translations(self) -> NullTranslations: ...

class Babel:
    domain_instance: Domain
    def __init__(
        self, app: Flask | None = None, *, locale_selector: Callable[[], str | None] | None = None
    ) -> None: ...

def get_locale() -> Locale | None: ...
def gettext(string: str, /, **variables: object) -> str: ...
def ngettext(singular: str, plural: str, num: float, /, **variables: object) -> str: ...
def lazy_gettext(string: str, /, **variables: object) -> str: ...
def format_decimal(number: float | Decimal, format: str | None = None) -> str: ...  # noqa: A002
def format_datetime(datetime: datetime | None = None, format: str | None = None) -> str: ...  # noqa: A002
