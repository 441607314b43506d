"""What happened to a version, where it stands, and what became of its run, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from ml.charts.axes import isolate
from webapp.formats import when
from webapp.models import history
from webapp.models.actions import LONGEST_DESCRIPTION
from webapp.models.cards import name_parts
from webapp.models.former import list_former
from webapp.models.gates import SHORTEST_DEFENCE, RefusedError
from webapp.models.history import Decision
from webapp.models.listing import RegisteredModel
from webapp.models.queries import ModelVersion
from webapp.models.stages import LONGEST_ALIAS, Mark, Stage


def describe_stage(stage: Stage) -> tuple[str, str]:
    """Where a version stands: the kind of its icon, and a word."""
    words = {
        Stage.CHAMPION: ("good", _("Champion")),
        Stage.CHALLENGER: ("compare", _("Challenger")),
        Stage.CANDIDATE: ("", _("Candidate")),
        Stage.RETIRED: ("unknown", _("Retired")),
    }
    return words[stage]


def say_stage(version: ModelVersion, *, is_ours: bool) -> str:
    """A version's stage as a headline."""
    number = version.version
    words = {
        Stage.CHAMPION: _("Version %(version)s answers today", version=number)
        if is_ours
        else _("Version %(version)s is the champion", version=number),
        Stage.CHALLENGER: _("Version %(version)s is the challenger", version=number),
        Stage.CANDIDATE: _("Version %(version)s is a candidate", version=number),
        Stage.RETIRED: _("Version %(version)s is retired", version=number),
    }
    return words[version.stage]


def say_source(version: ModelVersion, dataset: str) -> str:
    """What became of the run that a version was made from; empty where it stands where it should."""
    source = version.source
    if source.state == "none":
        return _("It was registered without naming a run.")
    if source.state == "gone":
        return _("Its run (%(id)s) was deleted for good, and its files with it.", id=(source.run_id or "")[:8])
    if source.state == "deleted":
        return _(
            "Its run, %(name)s, is archived. It can be restored until somebody deletes it for good.",
            name=isolate(source.name),
        )
    if version.name == dataset and source.experiment != dataset:
        return _("Its run stands in another experiment, %(experiment)s.", experiment=isolate(source.experiment))
    return ""


def say_retired(mark: Mark | None) -> str:
    """Who retired a version, when and why."""
    if mark is None:
        return ""
    if mark.at is None:
        return _("It is marked as retired; who did so and why was not noted.")
    return _(
        "Retired on %(when)s by %(who)s: %(why)s", when=when(mark.at), who=isolate(mark.by) or "–", why=mark.why or "–"
    )


def say_silence(model: RegisteredModel) -> str:
    """Why nothing answers, where somebody decided so."""
    mark = model.silent
    if mark is None or model.champion is not None:
        return ""
    if mark.at is None:
        return _("The model is marked to answer nothing; who did so and why was not noted.")
    return _(
        "Nothing answers since %(when)s: %(who)s retired version %(version)s. %(why)s",
        when=when(mark.at), who=isolate(mark.by) or "–", version=mark.version or "–", why=mark.why,
    )  # fmt: skip


def say_other_means(champion: ModelVersion | None, decisions: tuple[Decision, ...]) -> str:
    """Say so where the log of events does not know how the champion came to be it; empty where it does."""
    last = next((item for item in decisions if item.action in history.CROWNING), None)
    if champion is None or last is None or last.version == champion.version:
        return ""
    return _(
        "Version %(version)s was made champion by other means than this site, so who did so and why is not known here."
        " The last decision here was for version %(last)s.",
        version=champion.version, last=last.version,
    )  # fmt: skip


def say_former(model: RegisteredModel) -> str:
    """Say under which names some of the decisions were made; empty where the model had no other."""
    names = ", ".join(map(isolate, sorted(list_former(model))))
    if not names:
        return ""
    return _("It was called %(names)s before; what was decided then is shown with the rest.", names=names)


def say_decision(item: Decision) -> str:
    """What somebody did, on the page of the model: the version is named, the model is not."""
    number = "–" if item.version is None else item.version
    words = {
        history.PROMOTE: _("promoted version %(version)s", version=number),
        history.PROMOTE_DESPITE_AUDIT: _("promoted version %(version)s", version=number),
        history.ROLL_BACK: _("rolled back to version %(version)s", version=number),
        history.ROLL_BACK_DESPITE_AUDIT: _("rolled back to version %(version)s", version=number),
        history.MAKE_CHALLENGER: _("made version %(version)s the challenger", version=number),
        history.RETIRE: _("retired version %(version)s", version=number),
        history.RETIRE_CHAMPION: _("retired version %(version)s, the champion: nothing answers", version=number),
        history.RESTORE: _("restored version %(version)s", version=number),
        history.SET_ALIAS: _("pointed “%(alias)s” at version %(version)s", alias=item.alias, version=number),
        history.REMOVE_ALIAS: _("took “%(alias)s” from version %(version)s", alias=item.alias, version=number),
        history.DESCRIBE: _("described version %(version)s", version=number),
        history.DESCRIBE_MODEL: _("described the model"),
        history.DELETE: _("deleted version %(version)s for good", version=number),
    }
    return words.get(item.action, item.action)


def say_event(action: str, subject: str) -> str:
    """What somebody did, in the log of all events; empty for what is not about the registry."""
    subject = isolate(subject)
    words = {
        history.PROMOTE: _("promoted %(subject)s", subject=subject),
        history.PROMOTE_DESPITE_AUDIT: _("promoted %(subject)s although its audit failed", subject=subject),
        history.ROLL_BACK: _("rolled back to %(subject)s", subject=subject),
        history.ROLL_BACK_DESPITE_AUDIT: _("rolled back to %(subject)s although its audit failed", subject=subject),
        history.MAKE_CHALLENGER: _("made %(subject)s the challenger", subject=subject),
        history.RETIRE: _("retired %(subject)s", subject=subject),
        history.RETIRE_CHAMPION: _("retired %(subject)s, the champion: nothing answers", subject=subject),
        history.RESTORE: _("restored %(subject)s", subject=subject),
        history.SET_ALIAS: _("pointed an alias at %(subject)s", subject=subject),
        history.REMOVE_ALIAS: _("took an alias from %(subject)s", subject=subject),
        history.DESCRIBE: _("described %(subject)s", subject=subject),
        history.DESCRIBE_MODEL: _("described %(subject)s", subject=subject),
        history.DELETE: _("deleted %(subject)s for good", subject=subject),
    }
    return words.get(action, "")


def describe_refusal(error: RefusedError, language: str) -> str:
    """Why the registry is not changed so, in words."""
    about = error.about[0] if error.about else ""
    words = {
        "no_model": _("There is no such model any more. Reload the page: it may have been renamed or deleted."),
        "unknown": _("There is no such version. Reload the page: it may have been deleted."),
        "cannot_serve": _("This version was not cleared for serving; retrain it, and look at its run for the reason."),
        "not_ready": _("It was not registered to its end (%(status)s).", status=about),
        "no_file": _(
            "Its file is not on this machine, so it could not answer. Bring its run’s files back, or retrain it."
        ),
        "is_champion": _("This version is the champion already."),
        "is_challenger": _("This version is the challenger already."),
        "retired": _("This version is retired. Restore it first."),
        "is_retired": _("This version is retired already."),
        "not_retired": _("This version is not retired."),
        "overtaken": _(
            "Meanwhile somebody else decided: version %(version)s stands there now. Look again, and send it anew if it"
            " still holds.",
            version=about,
        )
        if about
        else _(
            "Meanwhile somebody else decided: nothing stands there now. Look again, and send it anew if it still holds."
        ),
        "no_champion": _("Nothing answers today, so there is nothing to roll back. Promote the version instead."),
        "not_previous": _("This is not the version that answered before. Promote it instead."),
        "champion_stays": _("It is the champion. Promote another version first, or tick that nothing is to answer."),
        "champion_is_kept": _("It is the champion. Promote another version first, or retire this one."),
        "not_typed": _("That is not the name of this version. Type it as it is written above."),
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
            parts=name_parts(error.about, language) if error.code == "card_incomplete" else "",
        ),
        "alias_empty": _("Type the alias."),
        "alias_signs": _("An alias has letters, digits, hyphens and underscores only."),
        "alias_long": _("An alias has %(most)s characters at most.", most=LONGEST_ALIAS),
        "alias_reserved": _("MLflow keeps “latest” and names such as v1 for itself. Choose another."),
        "alias_stage": _("Champion and challenger are stages: promote the version, or make it the challenger."),
        "alias_here": _("The alias points at this version already."),
        "alias_gone": _("The alias does not point at this version any more."),
        "alias_champion": _("The champion’s alias is not taken away: promote another version, or retire this one."),
        "text_long": _("A description has %(most)s characters at most.", most=LONGEST_DESCRIPTION),
        "text_changed": _(
            "Somebody else changed the description meanwhile. Yours is below; compare, and send it anew."
        ),
    }
    return words[error.code]
