"""How to make a run again, and whether it came out the same when somebody did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.reader import Reader
from ml.examination.reproduction import Change, Reproduction
from webapp.formats import integer, percent
from webapp.runs.context import Context, Section
from webapp.runs.names import name_run

SHORT = 12
"""Characters of a checksum that a table shows; the whole stands where it is pointed at."""

Kind = Literal["good", "look"]


@dataclass(frozen=True)
class ChangeLine:
    """Something that is not as it was: what, and either side as shown and whole."""

    what: str
    original: str
    now: str
    original_whole: str
    now_whole: str


@dataclass(frozen=True)
class Comparison:
    """This run against the one that it was to reproduce."""

    original: str
    original_name: str
    kind: Kind
    word: str
    sentence: str
    tampering: str
    """That the original's predictions are not those that were logged; empty where they are."""
    environment: str
    """Whether anything else differs, in words."""
    changes: tuple[ChangeLine, ...]
    packages: tuple[ChangeLine, ...]
    """Installed besides, and hardly ever the reason."""


@dataclass(frozen=True)
class ReproductionLine:
    """A run that made this one again."""

    run_id: str
    name: str
    started_at: int | None
    kind: Kind
    word: str


@dataclass(frozen=True)
class ReproduceView:
    """What the section shows. `can_ask` is false where this installation is about another dataset."""

    run_id: str
    headline: str
    can_ask: bool
    comparison: Comparison | None
    lines: tuple[ReproductionLine, ...]
    facts: tuple[tuple[str, str], ...]


def show(context: Context) -> Section | None:
    """Lay the section out; a run that does not say what it was made from cannot be made again."""
    tags = context.tags
    if not tags.get("proctor.dataset") or not tags.get("proctor.dataset_sha256"):
        return None
    found = context.report.examination.reproduction
    view = ReproduceView(
        run_id=context.run_id,
        headline=_say_how_often(context),
        can_ask=tags["proctor.dataset"] == context.reader.spec.name,
        comparison=_compare(found, context.reader) if found else None,
        lines=tuple(
            ReproductionLine(row.run_id, name_run(row), row.started_at, *_judge(row.verdict))
            for row in context.reproductions
        ),
        facts=_list_facts(context),
    )
    return Section("reproduce", _("Made again"), view)


def _say_how_often(context: Context) -> str:
    times = len(context.reproductions)
    same = sum(row.verdict == "identical" for row in context.reproductions)
    if not times:
        return _("Nobody has made this run again yet.")
    if same == times:
        return ngettext(
            "Made again once, with identical predictions.",
            "Made again %(num)s times, each time with identical predictions.",
            times,
        )
    return ngettext(
        "Made again once, and the predictions differed.",
        "Made again %(num)s times; the predictions came out identical in %(same)s of them.",
        times,
        same=integer(same),
    )


def _judge(verdict: str) -> tuple[Kind, str]:
    return ("good", _("Identical")) if verdict == "identical" else ("look", _("Differs"))


def _compare(found: Reproduction, reader: Reader) -> Comparison:
    kind, word = _judge(found.verdict)
    named = [change for change in found.changes if change.what not in {"package", "predictions"}]
    packages = [change for change in found.changes if change.what == "package"]
    return Comparison(
        original=found.original,
        original_name=found.original_name,
        kind=kind,
        word=word,
        sentence=_say_predictions(found, reader),
        tampering=_say_tampering(found),
        environment=_say_environment(found),
        changes=tuple(map(_show_change, named)),
        packages=tuple(map(_show_change, packages)),
    )


def _say_predictions(found: Reproduction, reader: Reader) -> str:
    predictions = integer(found.predictions)
    if found.is_identical and found.is_exact:
        return _("All %(predictions)s out-of-fold predictions came out identical, to the bit.", predictions=predictions)
    if found.is_identical:
        return _(
            "All %(predictions)s out-of-fold predictions came out identical, to the six digits that the original kept.",
            predictions=predictions,
        )
    if found.largest_difference is None:
        return _(
            "The %(predictions)s out-of-fold predictions cannot be set against the original's %(original)s: the rows,"
            " repeats or classes are others.",
            predictions=predictions,
            original=integer(found.original_predictions),
        )
    return _(
        "The out-of-fold predictions differ: probabilities by up to %(largest)s, the most likely class in %(answers)s"
        " of them, the fold in %(folds)s.",
        largest=reader.value(found.largest_difference),
        answers=percent(found.changed_answers, 2),
        folds=percent(found.changed_folds, 2),
    )


def _say_tampering(found: Reproduction) -> str:
    change = next((change for change in found.changes if change.what == "predictions"), None)
    if change is None:
        return ""
    return _(
        "The file with the original's predictions is not the one that was logged: its checksum was %(logged)s and is"
        " %(found)s. The comparison is with what is there now.",
        logged=_shorten(change.original),
        found=_shorten(change.now),
    )


def _say_environment(found: Reproduction) -> str:
    if all(change.what == "predictions" for change in found.changes):
        return _("Nothing that was recorded of code, data and environment differs.")
    if found.is_identical:
        return _("What is listed here differs, and made no difference to the predictions.")
    return _("What differs where it was made; look for the reason among these, from the top.")


def _show_change(change: Change) -> ChangeLine:
    return ChangeLine(
        _name_change(change), _shorten(change.original), _shorten(change.now), change.original, change.now
    )


def _name_change(change: Change) -> str:
    names = {
        "code": _("Code version"),
        "request": _("A wish that this release does not know: %(name)s", name=change.name),
        "data": _("Content of the data"),
        "spec": _("The dataset's spec"),
        "python": "Python",
        "platform": _("Platform"),
        "blas": _("Linear algebra"),
    }
    return names.get(change.what, change.name)


def _shorten(text: str) -> str:
    """Cut a checksum, leaving what says that a commit was changed."""
    commit, is_changed, changes = text.partition("+")
    is_checksum = len(commit) >= 2 * SHORT and all(letter in "0123456789abcdef" for letter in commit)
    return f"{commit[:SHORT]}…{is_changed}{changes}" if is_checksum else text or "–"


def _list_facts(context: Context) -> tuple[tuple[str, str], ...]:
    """What it takes, as it was recorded; what an older release did not record is left out."""
    tags, evaluation = context.tags, context.report.evaluation
    facts = (
        (_("Data"), context.report.origin.name),
        (_("Its content, sha256"), tags["proctor.dataset_sha256"]),
        (_("Spec, sha256"), tags.get("proctor.spec_sha256", "")),
        (_("Seed"), str(evaluation.seed)),
        (_("Folds"), f"{evaluation.repeats} × {evaluation.folds}"),
        (_("Code version"), tags.get("proctor.code_version", "")),
        ("Python", tags.get("proctor.python", "")),
        (_("Libraries"), _list_versions(tags.get("proctor.versions", ""))),
        (_("Platform"), tags.get("proctor.platform", "")),
        (_("Linear algebra"), tags.get("proctor.blas", "")),
        (_("Predictions, sha256"), tags.get("proctor.out_of_fold_sha256", "")),
    )
    return tuple((name, value) for name, value in facts if value)


def _list_versions(text: str) -> str:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return text
    return ", ".join(f"{name} {number}" for name, number in found.items()) if isinstance(found, dict) else text
