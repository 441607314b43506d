"""What is put beside an answer: its link, the model's figure, its explanation, another answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from ml.serve.contract import Cell
from ml.spec import DatasetSpec
from webapp.champion import Champion
from webapp.current import current_settings, current_spec
from webapp.formats import percent
from webapp.predict.explained.links import DAYS, LinkError, SavedAnswer, find_token, fit_row, seal, unseal
from webapp.predict.explained.pages import Comparison, Difference, Extras, Kept, Saved, TwoChances
from webapp.predict.explained.rows import find_training_rows
from webapp.predict.explained.sentences import say_cell, say_class, say_points
from webapp.predict.explained.views import Asked, explain_row
from webapp.predictions.values import AnsweredRequest
from webapp.rendering import language
from webapp.runs.reports import find_report
from webapp.runs.scores import make_scores
from webapp.scores import Score

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class Answered:
    """A row and what the champion makes of it."""

    row: Mapping[str, Cell]
    place: int
    shares: tuple[float, ...]


def surround_answer(
    champion: Champion, row: Mapping[str, Cell], given: AnsweredRequest, kept: Kept | None = None
) -> Extras:
    """Put beside a fresh answer its link and its figure, and the kept answer if there is one; the rest is fetched."""
    spec, (only,) = current_spec(), given.rows
    answered = Answered(row, given.classes.index(only.answer), only.shares)
    share = answered.shares[answered.place]
    token = seal(SavedAnswer(row, champion.version.version, answered.place, share, given.id), spec)
    extras = Extras(
        given=_list_given(row, spec),
        score=_find_score(champion),
        saved=Saved(_link(token), url_for("predict.keep", token=token), DAYS, ""),
    )
    return replace(extras, comparison=compare_with(kept.token, champion, answered)) if kept else extras


def surround_saved(champion: Champion, token: str, saved: SavedAnswer, *, with_sensitive: bool, beside: str) -> Extras:
    """Put everything beside an answer that is looked up by its link."""
    spec = current_spec()
    row = fit_row(saved, [column.name for column in champion.predictor.columns])
    extras = Extras(
        given=_list_given(row, spec),
        score=_find_score(champion),
        saved=Saved(_link(token), url_for("predict.keep", token=token), DAYS, _say_then(saved, champion, spec)),
        explained=explain_row(
            Asked(champion.predictor, row, spec, language()),
            find_training_rows(champion),
            with_sensitive=with_sensitive,
        ),
    )
    if not beside:
        return extras
    try:
        return replace(extras, comparison=compare_with(find_token(beside), champion, answer(champion, row)))
    except LinkError as error:
        return replace(extras, trouble=str(error))


def find_kept(token: str) -> Kept | None:
    """Return the answer that was kept for comparison; None where there is none, or its link is good no more."""
    try:
        saved = unseal(token, current_spec()) if token else None
    except LinkError:
        return None
    return Kept(token, say_class(saved.place, current_spec(), language()), _link(token)) if saved else None


def answer(champion: Champion, row: Mapping[str, Cell]) -> Answered:
    """Ask the champion about a row that is already answered, to say more of it."""
    shares: npt.NDArray[np.float64] = champion.predictor.predict([row])
    return Answered(row, int(champion.predictor.decision.decide(shares)[0]), tuple(shares[0].tolist()))


def compare_with(token: str, champion: Champion, second: Answered) -> Comparison:
    """Lay out another answer beside this one, both by the version that answers now.

    Raises
    ------
    LinkError
        Where the other's link cannot be opened.
    """
    spec, code = current_spec(), language()
    names = [column.name for column in champion.predictor.columns]
    first = answer(champion, fit_row(unseal(token, spec), names))
    pairs = [
        Difference(
            label=column.label.in_language(code),
            first=say_cell(first.row[column.name], column, code),
            second=say_cell(second.row[column.name], column, code),
        )
        for column in spec.features
        if column.name in names
    ]
    return Comparison(
        first_named=say_class(first.place, spec, code),
        second_named=say_class(second.place, spec, code),
        first_href=_link(token),
        chances=tuple(
            TwoChances(say_class(place, spec, code), percent(one), percent(other), say_points(other - one))
            for place, (one, other) in reversed(list(enumerate(zip(first.shares, second.shares, strict=True))))
        ),
        differences=tuple(pair for pair in pairs if pair.first != pair.second),
        same=tuple(pair for pair in pairs if pair.first == pair.second),
    )


def _link(token: str) -> str:
    return url_for("predict.saved", token=token)


def _list_given(row: Mapping[str, Cell], spec: DatasetSpec) -> tuple[tuple[str, str], ...]:
    code = language()
    return tuple(
        (column.label.in_language(code), say_cell(row[column.name], column, code))
        for column in spec.features
        if column.name in row
    )


def _find_score(champion: Champion) -> Score | None:
    report = find_report(champion.version.artifact_uri, current_settings().artifact_roots)
    return make_scores(report.evaluation, current_spec(), language(), ("accuracy",)).get("accuracy") if report else None


def _say_then(saved: SavedAnswer, champion: Champion, spec: DatasetSpec) -> str:
    if saved.version == champion.version.version:
        return ""
    return _(
        "When this link was made, version %(version)s answered: %(label)s, %(num)s in 100.",
        version=saved.version,
        label=say_class(saved.place, spec, language()),
        num=round(saved.share * 100),
    )
