"""The codes of sources and cleaning, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.results import CleaningReport, Origin
from ml.spec import Column, DatasetSpec, Kind
from webapp.formats import decimal, integer


def describe_change(code: str) -> str:
    """Why a cell differed from its canonical spelling; several reasons come joined by `+`."""
    words = {
        "whitespace": _("space around it"),
        "quotes": _("quotes around it"),
        "case": _("letter case"),
        "separator": _("spaces or underscores"),
        "alias": _("another spelling"),
    }
    return ", ".join(words.get(part, part) for part in code.split("+"))


def describe_missing(code: str) -> str:
    """Why a cell is missing once it is clean."""
    words = {
        "empty": _("empty"),
        "null_word": _("a word for nothing, such as “nan”"),
        "unknown_category": _("no category of this column"),
        "not_a_number": _("not a number"),
        "out_of_range": _("outside the range"),
    }
    return words.get(code, code)


def describe_rejection(code: str) -> str:
    """Why a row was left out."""
    words = {
        "missing_label": _("It has no result: it can neither teach nor be scored."),
        "unknown_label": _("Its result is none of the classes."),
    }
    return words.get(code, code)


def describe_origin(origin: Origin) -> str:
    """What kind of source it is."""
    words = {
        "file": _("a file named by the operator"),
        "download": _("downloaded from its publisher"),
        "stand_in": _("a synthetic stand-in, drawn from published frequencies"),
    }
    return words[origin.kind]


def describe_column_kind(column: Column) -> str:
    """What the values of a column are."""
    words = {
        Kind.NOMINAL: _("categories without an order"),
        Kind.ORDINAL: _("categories from worst to best"),
        Kind.NUMERIC: _("a number"),
    }
    return words[column.kind]


def list_values(column: Column, language: str) -> tuple[str, ...]:
    """The categories by their labels, or the range."""
    if column.kind is not Kind.NUMERIC:
        return tuple(column.label_of(category, language) for category in column.categories)
    unit = column.unit.in_language(language) if column.unit else ""
    low, high = (
        None if end is None else decimal(end, 0 if end == int(end) else 2) for end in (column.low, column.high)
    )
    if low is not None and high is not None:
        return (_("%(low)s to %(high)s %(unit)s", low=low, high=high, unit=unit).strip(),)
    if low is not None:
        return (_("%(low)s %(unit)s or more", low=low, unit=unit),)
    if high is not None:
        return (_("%(high)s %(unit)s or less", high=high, unit=unit),)
    return (unit,) if unit else ()


def say_heading(spec: DatasetSpec, rows: int, origin: Origin, language: str) -> str:
    """What we are looking at, in a few words."""
    noun = (spec.row_noun if rows == 1 else spec.row_noun_plural).in_language(language)
    if origin.kind == "stand_in":
        return _("A synthetic stand-in for %(rows)s %(noun)s", rows=integer(rows), noun=noun)
    return _("%(rows)s %(noun)s", rows=integer(rows), noun=noun)


def say_origin(spec: DatasetSpec, origin: Origin, language: str) -> str:
    """Where it is from, and whether it is the published data."""
    title = spec.title.in_language(language)
    if origin.kind == "stand_in":
        return _(
            "These rows were drawn from the published frequencies of “%(title)s”, because the real ones could not be"
            " had. Nothing here is about real people.",
            title=title,
        )
    if origin.is_verified:
        return _("This is “%(title)s”, %(origin)s; its content is the published one.", title=title,
                 origin=describe_origin(origin))  # fmt: skip
    return _("This is %(origin)s with the columns of “%(title)s”; its content is not the published one.", title=title,
             origin=describe_origin(origin))  # fmt: skip


def say_cleaning(report: CleaningReport) -> str:
    """What cleaning changed, in one sentence or three."""
    corrected = sum(count.cells for count in report.changes)
    missing = sum(count.cells for count in report.missing)
    sentences = [
        ngettext("Cleaning corrected %(num)s cell.", "Cleaning corrected %(num)s cells.", corrected)
        if corrected
        else _("Cleaning had nothing to correct.")
    ]
    if report.rejected:
        sentences.append(
            ngettext("%(num)s row was left out, for its result is not known.",
                     "%(num)s rows were left out, for their result is not known.", len(report.rejected))
        )  # fmt: skip
    if missing:
        sentences.append(
            ngettext("%(num)s cell stays missing: nothing is filled in here.",
                     "%(num)s cells stay missing: nothing is filled in here.", missing)
        )  # fmt: skip
    return " ".join(sentences)


def say_repeats(report: CleaningReport) -> str:
    """How many rows say what another says, and what that may mean."""
    if not report.repeated_rows:
        return _("No row repeats another.")
    said = ngettext("%(num)s row repeats another.", "%(num)s rows repeat another.", report.repeated_rows)
    if report.disguised_repeats:
        said += " " + ngettext(
            "%(num)s of them is written differently from all others of its group, or lacks a cell that they have.",
            "%(num)s of them are written differently from all others of their group, or lack a cell that they have.",
            report.disguised_repeats,
        )
    return said
