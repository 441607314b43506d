"""Why many runs are not changed, and what came of deleting them, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.axes import isolate
from webapp.formats import file_size, integer
from webapp.runs.edit.events import list_some, name_some
from webapp.runs.edit.keys import LONGEST_KEY, LONGEST_NOTE, LONGEST_VALUE
from webapp.runs.edit.queries import MOST


def say_why(code: str, about: Sequence[str] = ()) -> str:
    """Why nothing was changed, and what to do."""
    named = list_some(name_some(about), len(about))
    words = {
        "none_left": _("None of these runs is there any more: somebody deleted them."),
        "key_empty": _("Type the name of the tag."),
        "key_long": _("The name is too long: use at most %(most)s characters.", most=LONGEST_KEY),
        "key_signs": _("Use letters, digits, spaces and the signs _ - . : / alone: MLflow takes no others in a name."),
        "key_path": _(
            "A name neither begins nor ends with a slash, nor has an empty part, “.” or “..” between slashes."
        ),
        "key_of_mlflow": _(
            "Names that begin with “mlflow.” are MLflow’s own. Choose another; the note has its own form."
        ),
        "key_of_proctor": _(
            "Names that begin with “proctor.” are Proctor’s own: they say how a score came about, and nobody changes"
            " them by hand. Choose another."
        ),
        "value_long": _("The value is too long: use at most %(most)s characters.", most=integer(LONGEST_VALUE)),
        "no_tag": _("None of these runs has the tag %(names)s.", names=named),
        "note_empty": _("Type what is to be added."),
        "note_long": _say_long_note(named),
        "archived": _(
            "MLflow changes no tag of an archived run. Restore these first, or leave them out: %(names)s", names=named
        ),
        "is_archived": _("All of these runs are archived already."),
        "is_active": _("None of these runs is archived."),
        "being_deleted": _("A job is about to delete these runs for good: %(names)s. Cancel it first.", names=named),
        "feeding": _say_feeding(named),
        "wrong_phrase": _("That is not what has to be typed. Nothing was deleted."),
    }
    return words[code]


def say_kept(code: str, about: str) -> str:
    """Why a run was not deleted."""
    words = {
        "gone": _("another program deleted it in the same moment"),
        "restored": _("it was restored meanwhile"),
        "feeding": _("it feeds %(versions)s", versions=about),
        "shared": _("something else lies within its folder: %(address)s", address=about),
        "not_own": _("its artifacts lie in no folder of its own: %(address)s", address=about),
        "outside": _("its artifacts lie outside of the artifact folder: %(address)s", address=about),
        "linked": _("a link leads from its folder to another run’s: %(address)s", address=about),
        "files": _("its files could not be deleted: %(reason)s", reason=about),
        "elsewhere": _("its artifacts could not be deleted: %(reason)s", reason=about),
    }
    return words.get(code, code)


def say_deletion(count: object) -> str:
    """What the job is for."""
    return ngettext("Delete for good: %(num)s run", "Delete for good: %(num)s runs", int(str(count or 0)))


def say_removed(result: Mapping[str, Any]) -> str:
    """What a job deleted, and what it did not; empty for other jobs."""
    if "deleted" not in result:
        return ""
    said = [ngettext("%(num)s run is deleted for good", "%(num)s runs are deleted for good", result["deleted"])]
    if result["files"]:
        said[0] += ngettext(
            ", with %(num)s file of %(size)s", ", with %(num)s files of %(size)s", result["files"],
            size=file_size(result["bytes"]),
        )  # fmt: skip
    if result["kept_count"]:
        reasons = "; ".join(f"{isolate(name)}: {say_kept(code, about)}" for name, code, about in result["kept"])
        still = ngettext("%(num)s run is still archived", "%(num)s runs are still archived", result["kept_count"])
        said.append(f"{still}: {reasons}")
    return ". ".join(said) + "."


def say_phrase(count: int) -> str:
    """What has to be typed before runs are deleted."""
    return ngettext("delete %(num)s run", "delete %(num)s runs", count)


def say_too_many(count: int) -> str:
    """Why so many runs are not changed at once."""
    return _("%(count)s runs are ticked, and %(most)s at once is the most.", count=integer(count), most=MOST)


def _say_long_note(named: str) -> str:
    if not named:
        return _("The note is too long: use at most %(most)s characters.", most=integer(LONGEST_NOTE))
    return _(
        "With this below it the note would have more than %(most)s characters: %(names)s. Shorten it.",
        most=integer(LONGEST_NOTE),
        names=named,
    )


def _say_feeding(named: str) -> str:
    return _(
        "A run that feeds a champion, a challenger or a version in production is not deleted: %(versions)s. Put another"
        " in its place first, or leave the run out.",
        versions=named,
    )
