"""`/models` and the promotion of a version."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.clock import now_ms
from webapp.current import current_settings, current_spec
from webapp.models.actions import SHORTEST_DEFENCE, PromotionError, promote_version
from webapp.models.cards import name_parts, show_card
from webapp.models.forms import PromoteForm
from webapp.models.queries import find_version
from webapp.models.views import show_models
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import current_store, reading

blueprint = Blueprint("models", __name__)


@blueprint.get("/models")
@access("reader")
def index() -> ResponseReturnValue:
    """Every version, and which one answers."""
    return _render(PromoteForm(formdata=None))


@blueprint.get("/models/<int:version>/card")
@access("reader")
def card(version: int) -> ResponseReturnValue:
    """What a version is for, what it was measured at, for whom, and how to make it again."""
    found = find_version(reading(), current_spec().name, version)
    if found is None:
        abort(404)
    return render_page("models/card.html", show_card(found, current_settings().artifact_roots, language()))


@blueprint.post("/models/promote")
@access("admin")
def promote() -> ResponseReturnValue:
    """Make a version the champion."""
    form = PromoteForm()
    user = current_user()
    if user is None or not form.validate():
        return _render(form), 422
    try:
        name = current_spec().name
        promote_version(
            current_store(),
            name,
            form.version.data,
            user=user.name,
            reason=form.reason.data.strip(),
            now=now_ms(),
            despite_audit=form.despite_audit.data,
        )
    except PromotionError as error:
        item = {"audit_failed": form.despite_audit, "reason_short": form.reason}.get(error.code, form.version)
        item.errors = [*item.errors, describe_refusal(error)]
        return _render(form), 409
    flash(_("Version %(version)s answers from now on.", version=form.version.data), "done")
    return redirect(url_for("models.index"))


def describe_refusal(error: PromotionError) -> str:
    """Why a version cannot become champion, in words."""
    words = {
        "unknown": _("There is no such version. Reload the page: it may have been deleted."),
        "cannot_serve": _("This version was not cleared for serving; retrain it, and look at its run for the reason."),
        "is_champion": _("This version is the champion already."),
        "audit_failed": _(
            "The audit of its run says that its score is not what it claims. Read the findings; to promote it all the"
            " same, say so and write why."
        ),
        "reason_short": _(
            "Write why it may answer although its audit failed, in %(shortest)s characters or more: it is kept.",
            shortest=SHORTEST_DEFENCE,
        ),
        "no_card": _(
            "This version has no model card: it was trained by an older Proctor. Retrain it, and promote the new"
            " version."
        ),
        "card_incomplete": _(
            "Its model card lacks: %(parts)s. Look at its card and at its run for the reason, and retrain it.",
            parts=name_parts(error.parts, language()),
        ),
    }
    return words[error.code]


def _render(form: PromoteForm) -> str:
    page = show_models(reading(), current_spec(), current_settings().artifact_roots, language(), form)
    return render_page("models/index.html", page)
