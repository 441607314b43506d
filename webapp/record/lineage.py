"""The line from data over a run and its models to predictions, in words and links."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.formats import integer
from webapp.record.pages import Link, Step
from webapp.record.queries import Kin, Surroundings, UsedDataset
from webapp.runs.queries import RunDetail
from webapp.runs.sentences import describe_family

SHORT_DIGEST = 12


def show_line(found: RunDetail, around: Surroundings, model_name: str) -> tuple[Step, ...]:
    """Tell where a run stands; `model_name` is the registered model that answers here."""
    return (
        Step(_("Data"), _link_data(found, around.used, model_name), _("Nobody recorded what it saw.")),
        Step(_("Run"), _link_runs(found, around), "", *_link_children(around)),
        Step(_("Model"), _link_models(found, around, model_name), _("No version was registered.")),
        Step(_("Predictions"), *_link_predictions(found, around, model_name)),
    )


def _link_data(found: RunDetail, used: tuple[UsedDataset, ...], model_name: str) -> tuple[Link, ...]:
    marks = dict(found.tags)
    name, digest = marks.get("proctor.dataset", ""), marks.get("proctor.dataset_sha256", "")
    links = [_link_dataset(dataset) for dataset in used]
    if name:
        rows = marks.get("proctor.dataset_rows", "")
        said = [ngettext("%(num)s row", "%(num)s rows", int(rows))] if rows.isdecimal() else []
        said += [f"sha256 {digest[:SHORT_DIGEST]}…"] if digest else []
        said += [_("synthetic stand-in")] if marks.get("proctor.origin") == "stand_in" else []
        links.insert(0, Link(name, url_for("data.index") if name == model_name else "", " · ".join(said)))
    return tuple(links)


def _link_dataset(dataset: UsedDataset) -> Link:
    said = [ngettext("%(num)s row", "%(num)s rows", dataset.rows)] if dataset.rows is not None else []
    return Link(dataset.name, aside=" · ".join([*said, dataset.context, dataset.digest, dataset.source]).strip(" ·"))


def _link_runs(found: RunDetail, around: Surroundings) -> tuple[Link, ...]:
    run = found.row
    links = [Link(run.name or run.run_id[:8], aside=describe_family(run.family) if run.family else _("this run"))]
    if around.parent:
        links.append(_link_kin(around.parent, _("its parent")))
    if around.reproduces:
        links.append(_link_kin(around.reproduces, _("which this one makes again")))
    links += [
        Link(made.name or made.run_id[:8], url_for("runs.show", run_id=made.run_id), _("made this one again"))
        for made in found.reproductions
    ]
    return tuple(links)


def _link_children(around: Surroundings) -> tuple[str, tuple[Link, ...]]:
    if not around.child_count:
        return "", ()
    links = [_link_kin(child, "") for child in around.children]
    more = around.child_count - len(links)
    links += [Link(ngettext("%(num)s more, not listed", "%(num)s more, not listed", more))] if more else []
    return ngettext("%(num)s child", "%(num)s children", around.child_count), tuple(links)


def _link_kin(kin: Kin, role: str) -> Link:
    if kin.name is None:
        return Link(kin.run_id[:8], aside=_("%(role)s, not in this store or deleted", role=role))
    return Link(kin.name, url_for("runs.show", run_id=kin.run_id), role)


def _link_models(found: RunDetail, around: Surroundings, model_name: str) -> tuple[Link, ...]:
    links = []
    for name, version in found.versions:
        href = url_for("models.index", _anchor=f"version-{version}") if name == model_name else ""
        aliases = around.aliases.get((name, version), ())
        links.append(Link(_("%(model)s, version %(version)s", model=name, version=version), href, ", ".join(aliases)))
    known = _("logged, not registered") if not found.versions else _("as logged")
    links += [Link(name, aside=f"{known} · {model_id}") for name, model_id in around.logged]
    return tuple(links)


def _link_predictions(found: RunDetail, around: Surroundings, model_name: str) -> tuple[tuple[Link, ...], str]:
    mine = {version for name, version in found.versions if name == model_name}
    if around.champion in mine:
        said = _("Answers here today, as version %(version)s", version=around.champion)
        return (Link(said, url_for("predict.index"), _("champion")),), ""
    if mine and around.champion:
        said = _("None today: version %(version)s answers.", version=integer(around.champion))
        return (), said
    return (), _("None are made with it here.")
