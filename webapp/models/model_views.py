"""From the registry to the list of models, and to the page of one."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.charts.axes import isolate
from ml.spec import DatasetSpec
from webapp.models.actions import print_of
from webapp.models.challenge import show_challenge
from webapp.models.changes import offer_roll_back
from webapp.models.former import find_present_names
from webapp.models.forms import DescribeForm
from webapp.models.gates import find_served_file
from webapp.models.history import Decision, find_last_change, find_previous, list_decisions, list_last_changes
from webapp.models.listing import A_PAGE, RegisteredModel, count_models, find_model, list_models
from webapp.models.pages import Challenge, ChangeView, ListPage, ModelLine, ModelPage
from webapp.models.queries import ModelVersion, count_versions, find_champion, find_version, list_retired, list_versions
from webapp.models.sentences import say_former, say_other_means, say_silence, say_source
from webapp.models.stages import CHALLENGER, CHAMPION, Stage
from webapp.models.views import Reader, find_standing, make_history, make_line, say_missing_file, say_version_worth

VERSIONS_A_PAGE = 50


def show_list(conn: Connection, spec: DatasetSpec, after: str | None) -> ListPage:
    """List the models, ours first."""
    found = list_models(conn, spec.name, after, A_PAGE + 1)
    more = len([model for model in found if model.name != spec.name]) > A_PAGE
    shown = found[:-1] if more else found
    changes = list_last_changes(conn)
    return ListPage(
        headline=ngettext("%(num)s model", "%(num)s models", count_models(conn)),
        lead=_(
            "Proctor answers with %(name)s. Every other model of this store is shown as MLflow holds it.",
            name=spec.name,
        ),
        lines=tuple(_model_line(model, find_last_change(changes, model), spec) for model in shown),
        following=url_for("models.index", after=shown[-1].name) if more else "",
        first=url_for("models.index") if after else "",
    )


def _model_line(model: RegisteredModel, last: Decision | None, spec: DatasetSpec) -> ModelLine:
    return ModelLine(
        name=model.name,
        href="" if "\0" in model.name else url_for("models.show", name=model.name),
        description=model.description,
        versions=model.versions,
        newest=model.newest,
        champion=model.champion,
        aliases=tuple(item for item in model.aliases if item[0] != CHAMPION),
        changed_at=model.updated_at,
        changed_by=last.user_name if last else "",
        is_ours=model.name == spec.name,
    )


def show_model(
    conn: Connection, name: str, reader: Reader, below: int | None = None, form: DescribeForm | None = None
) -> ModelPage | None:
    """Lay out one model with its versions; None where there is none, unless it is the one that we serve."""
    model, is_ours = find_model(conn, name), name == reader.spec.name
    if model is None and not is_ours:
        return None
    versions = list_versions(conn, name, below=below, limit=VERSIONS_A_PAGE + 1)
    shown = versions[:VERSIONS_A_PAGE]
    champion = find_champion(conn, name)
    decisions = list_decisions(conn, model) if model else ()
    lines = {version.version: make_line(version, reader) for version in shown if version.stage is not Stage.RETIRED}
    top = make_line(champion, reader) if champion else None
    worth = say_version_worth(champion, reader.spec, reader.roots, reader.language) if champion and is_ours else None
    form = form or DescribeForm("describe", formdata=None)
    if form.text.data is None:
        form.text.data = model.description if model else ""
    form.seen.data = print_of(model.description if model else "")
    return ModelPage(
        name=name,
        is_ours=is_ours,
        exists=model is not None,
        headline=_say_headline(name, champion, is_ours=is_ours),
        lead="" if is_ours else _say_foreign(shown),
        description=model.description if model else "",
        notes=_note(conn, model, champion, decisions, reader),
        tags=tuple(_foreign_tags(model.tags)) if model else (),
        lines=tuple(lines.values()),
        retired=tuple(make_line(version, reader) for version in list_retired(shown)),
        total=count_versions(conn, name),
        older=url_for("models.show", name=name, below=shown[-1].version) if len(versions) > VERSIONS_A_PAGE else "",
        newest=url_for("models.show", name=name) if below else "",
        champion=top,
        worth=worth,
        challenge=_find_challenge(conn, model, champion, reader) if model and champion else None,
        history=tuple(make_history(item) for item in decisions),
        nobody_decided=_say_nobody(champion, is_ours=is_ours),
        roll_back=_offer_roll_back(conn, model, champion) if model and champion and reader.is_admin else None,
        form=form,
        models=count_models(conn),
    )


def _find_challenge(
    conn: Connection, model: RegisteredModel, champion: ModelVersion, reader: Reader
) -> Challenge | None:
    number = dict(model.aliases).get(CHALLENGER)
    challenger = find_version(conn, model.name, number) if number is not None else None
    if challenger is None or challenger.version == champion.version:
        return None
    if not (champion.file_sha256 or challenger.file_sha256):
        return None
    lines = (make_line(champion, reader), make_line(challenger, reader))
    return show_challenge(conn, (champion, challenger), lines, reader.spec, reader.roots, reader.language)


def _offer_roll_back(conn: Connection, model: RegisteredModel, champion: ModelVersion) -> ChangeView | None:
    previous = find_previous(conn, model, champion)
    return offer_roll_back(previous, find_standing(conn, model.name, model)) if previous else None


def _say_headline(name: str, champion: ModelVersion | None, *, is_ours: bool) -> str:
    if not is_ours:
        return name
    return _("Version %(version)s answers today", version=champion.version) if champion else _("No model answers yet")


def _say_foreign(versions: tuple[ModelVersion, ...]) -> str:
    if not versions:
        return _("Others made this model. It has no version yet.")
    if any(version.file_sha256 for version in versions):
        return _("This site does not answer with it: it is of another dataset. A Proctor that is about that one can.")
    return _(
        "Proctor cannot answer with it: none of its versions has a file that Proctor made and checked. Here is what"
        " MLflow holds of it."
    )


def _say_nobody(champion: ModelVersion | None, *, is_ours: bool) -> str:
    if not is_ours:
        return _("Nobody has decided anything about this model here, at least not under this name.")
    if champion:
        return _("Nobody has promoted a version; the first one trained answers.")
    return _(
        "Nobody has promoted a version, and none answers by itself: a baseline never does, nor does one whose audit"
        " failed."
    )


def _note(
    conn: Connection,
    model: RegisteredModel | None,
    champion: ModelVersion | None,
    decisions: tuple[Decision, ...],
    reader: Reader,
) -> tuple[str, ...]:
    if model is None:
        unknown = _say_unknown(conn, reader.spec.name)
        return (unknown,) if unknown else ()
    notes = [say_silence(model), say_other_means(champion, decisions), say_former(model)]
    if champion and model.name == reader.spec.name:
        notes.append(say_source(champion, reader.spec.name) if champion.source.state in {"gone", "deleted"} else "")
        notes.append(say_missing_file() if find_served_file(champion, reader.roots) is None else "")
    return tuple(note for note in notes if note)


def _say_unknown(conn: Connection, name: str) -> str:
    """Say so where the model was renamed or deleted by other means."""
    if name not in list_last_changes(conn):
        return ""
    if now := find_present_names(conn, name):
        return _(
            "The registry has no model called %(name)s any more: it was renamed by other means than this site, and is"
            " called %(now)s since. Proctor answers with a model of the former name only.",
            name=name, now=", ".join(map(isolate, now)),
        )  # fmt: skip
    return _(
        "The registry has no model called %(name)s any more: it was renamed or deleted by other means than this site."
        " Proctor answers with a model of that name only.",
        name=name,
    )


def _foreign_tags(tags: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, value) for key, value in tags.items() if not key.startswith("proctor.")]
