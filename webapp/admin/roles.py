"""Which role may do what, in words. A test holds this against what the routes declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

READ = "read"
DEEDS: Mapping[str, str] = {
    "predict.index": "predict",
    "predict.send": "predict",
    "predict.cancel_file": "predict",
    "predict.delete": "predict",
    "api_files.send": "predict",
    "api_files.delete": "predict",
    "api_predictions.predict": "predict",
    "scoring.invoke": "predict",
    "api_truths.put_truth": "truth",
    "predictions.tell": "truth",
    "predictions.export": "predictions",
    "predictions.erase": "predictions",
    "audit.submit": "audit",
    "tokens.make": "tokens",
    "tokens.revoke": "tokens",
    "tokens.revoke_any": "all_tokens",
    "runs.keep_view": "views",
    "runs.drop_view": "views",
    "runs.note": "note",
    "runs.edit_note": "note",
    "runs.edit_tag": "tag",
    "runs.edit_untag": "tag",
    "runs.edit_archive": "archive",
    "runs.edit_restore": "archive",
    "runs.edit_delete": "delete",
    "runs.fetch": "fetch",
    "admin.retrain": "train",
    "runs.reproduce": "train",
    "admin.compare": "compare",
    "admin.prepare": "prepare",
    "admin.cancel": "stop",
    "models.change": "decide",
    "models.describe_model": "describe",
}
"""Of every route that does more than show something: what it is for."""
FOR_READERS = (READ, "predict", "audit")
FOR_ACCOUNTS = ("views", "truth", "tokens")
FOR_ADMINS = (
    "note", "tag", "archive", "delete", "fetch", "train", "compare", "prepare", "stop", "decide", "describe",
    "predictions", "all_tokens",
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """A kind of visitor, and what they may do as a list in words."""

    name: str
    may: str


def list_roles(*, is_open: bool) -> tuple[Role, ...]:
    """Say what each role may do; `is_open` where whoever asks would be let in without an account too."""
    return (
        Role(_("No account"), _say(FOR_READERS) if is_open else _("nothing but sign in")),
        Role(_("Reader"), _say((*FOR_READERS, *FOR_ACCOUNTS))),
        Role(_("Admin"), _("all that a reader may") + "; " + _say(FOR_ADMINS)),
    )


def _say(deeds: tuple[str, ...]) -> str:
    words = {
        READ: _("read and export everything but this page"),
        "predict": _("predict"),
        "audit": _("have a table or a claim audited"),
        "views": _("save views of the run table"),
        "truth": _("say what turned out to be true"),
        "tokens": _("make API tokens"),
        "note": _("write notes of runs"),
        "tag": _("tag runs"),
        "archive": _("archive and restore runs"),
        "delete": _("delete runs for good"),
        "fetch": _("fetch artifacts"),
        "train": _("train, and retrain exactly"),
        "compare": _("compare families"),
        "prepare": _("prepare the data"),
        "stop": _("stop jobs"),
        "decide": _("promote, roll back, retire and delete versions, and set their aliases"),
        "describe": _("describe models and versions"),
        "predictions": _("export and erase logged predictions"),
        "all_tokens": _("revoke anybody’s API token"),
    }
    return "; ".join(words[deed] for deed in deeds)
