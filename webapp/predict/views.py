"""From a champion and a row to the answer that people read."""

from __future__ import annotations

from flask_babel import gettext as _

from ml.rules import DEFAULT_RULE
from ml.spec import DatasetSpec
from webapp.champion import Served
from webapp.formats import percent
from webapp.predict.forms import PredictionForm, find_form
from webapp.predict.pages import Answer, AnswerSet, Chance, PredictPage
from webapp.predict.questions import draw_questions
from webapp.predict.standing import Standing
from webapp.predictions.values import AnsweredRequest, AnsweredRow
from webapp.runs.scores import step_of
from webapp.runs.sentences import describe_rule, explain_rule


def show_prediction(
    served: Served,
    spec: DatasetSpec,
    language: str,
    form: PredictionForm | None,
    standing: Standing | None = None,
    answer: Answer | None = None,
) -> PredictPage:
    """Lay out the form, and the answer if there is one."""
    version = served.champion.version if served.champion else None
    columns = served.champion.predictor.columns if served.champion else ()
    return PredictPage(
        title=_("What is likely for this %(noun)s?", noun=spec.row_noun.in_language(language)),
        notice=spec.notice.in_language(language),
        rows_noun=spec.row_noun_plural.in_language(language),
        form=form,
        questions=draw_questions(find_form(spec, columns, language), form, spec, language) if columns else (),
        answer=answer,
        version=version.version if version else None,
        run_id=version.run_id if version else None,
        worth=standing.worth if standing else None,
        trouble=bool(served.trouble),
        live=standing.live if standing else None,
    )


def say_answer(request: AnsweredRequest, spec: DatasetSpec, language: str, row: int = 1) -> Answer:
    """Put a row's answer into words, the best class first, beside the one that its rule names."""
    answered, classes = request.rows[row - 1], request.classes
    shares = answered.shares
    chances = [
        Chance(spec.target.label_of(name, language), share, step_of(i, len(classes)))
        for i, (name, share) in enumerate(zip(classes, shares, strict=True))
    ]
    labels = tuple(chance.name for chance in chances)
    named, rule = chances[classes.index(answered.answer)], request.rule
    return Answer(
        named=named.name,
        share=named.share,
        rule="" if rule == DEFAULT_RULE else f"{describe_rule(rule)}: {explain_rule(rule)}",
        chances=tuple(reversed(chances)),
        version=request.version,
        set=_name_set(request, answered, labels) if request.set_level is not None else None,
        request_id=request.id,
    )


def _name_set(request: AnsweredRequest, row: AnsweredRow, labels: tuple[str, ...]) -> AnswerSet:
    """Name the classes of the set, likeliest first, and say so where the class that the rule names is not in it."""
    named = request.classes.index(row.answer)
    places = sorted((request.classes.index(name) for name in row.set or ()), key=lambda place: -row.shares[place])
    if len(places) == len(labels):
        sentence = _("It can be any class.")
    elif len(places) == 1:
        sentence = _("Only one is likely enough: %(label)s.", label=labels[places[0]])
    else:
        sentence = _("One of: %(labels)s.", labels=", ".join(labels[place] for place in places))
    promise = _(
        "In %(share)s of such answers the true class is among these, for every class alike.",
        share=percent(request.set_level),
    )
    but = _("%(label)s is named above, yet it is too unlikely here to be among these.", label=labels[named])
    return AnswerSet(sentence, promise, "" if named in places else but)
