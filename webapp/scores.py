"""A score with its company: value, interval, prior and best single column, laid out on the metric's own scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from ml.results import LOWER_IS_BETTER
from webapp.formats import decimal
from webapp.languages import current_code

WIDTH, MARGIN, LETTER, GAP = 240.0, 4.0, 5.6, 6.0
KEPT_SCORES = 4096

METRICS = {
    "accuracy": (_("Accuracy"), _("The share of unseen rows whose class is named rightly.")),
    "balanced_accuracy": (_("Balanced accuracy"), _("Recall averaged over the classes, each counting the same.")),
    "precision_macro": (
        _("Macro precision"),
        _("Of those put into a class, the share that belongs; mean over classes."),
    ),
    "recall_macro": (_("Macro recall"), _("Of those in a class, the share that is found; mean over classes.")),
    "f1_macro": (_("Macro F1"), _("Harmonic mean of precision and recall, averaged over the classes.")),
    "precision_weighted": (_("Weighted precision"), _("Precision averaged over the classes by their size.")),
    "recall_weighted": (
        _("Weighted recall"),
        _("Recall averaged over the classes by their size; equals accuracy."),
    ),
    "f1_weighted": (_("Weighted F1"), _("F1 averaged over the classes by their size.")),
    "qwk": (
        _("Quadratic weighted kappa"),
        _("Agreement beyond chance that forgives near misses: 0 is chance, 1 is perfect."),
    ),
    "ordinal_mae": (_("Mean steps off"), _("How many classes the answer is off, on average.")),
    "log_loss": (_("Log-loss"), _("How surprised the probabilities are by the truth, in nats.")),
    "brier": (_("Brier score"), _("Squared distance between the probabilities and the truth.")),
    "ece": (_("Calibration error"), _("How far stated confidence is from the share that turns out right.")),
}


@dataclass(frozen=True)
class Mark:
    """A value, as text and as a place on the strip (0–240)."""

    text: str
    x: float


@dataclass(frozen=True)
class Word:
    """A word under the strip, centred at a place on it."""

    text: str
    x: float


@dataclass(frozen=True)
class Score:
    """What `components/figure.html` draws; `column` is the best single column's label, or empty."""

    metric: str
    name: str
    definition: str
    is_lower_better: bool
    value: Mark
    low: Mark | None
    high: Mark | None
    half_width: str
    prior: Mark | None
    single: Mark | None
    column: str
    in_words: str

    @property
    def words(self) -> tuple[Word, ...]:
        """What stands under a tall strip; a table's strips have none."""
        labels = [
            (self.prior, gettext("prior")),
            (self.single, _shorten(self.column or gettext("one column"))),
            (self.value, gettext("this run")),
        ]
        return _lay_out([(place.x, text) for place, text in labels if place is not None])


@dataclass(frozen=True)
class Company:
    """What stands beside a score; a missing part is not shown. `column` is the best single column's label."""

    low: float | None = None
    high: float | None = None
    prior: float | None = None
    single: float | None = None
    column: str = ""


def make_score(metric: str, mean: float, company: Company) -> Score:
    """Lay out one score and its company."""
    return _make_score(metric, mean, company, current_code())


@lru_cache(maxsize=KEPT_SCORES)
def _make_score(metric: str, mean: float, company: Company, _code: str) -> Score:
    """Made once for each language: a run's score does not change, and a table shows the same ones to everybody."""
    name, definition = describe_metric(metric)
    top = _top(metric, (mean, company.high, company.prior, company.single))
    score = Score(
        metric=metric,
        name=name,
        definition=definition,
        is_lower_better=metric in LOWER_IS_BETTER,
        value=_mark(mean, top),
        low=_mark_if(company.low, top),
        high=_mark_if(company.high, top),
        half_width=_half_width(company),
        prior=_mark_if(company.prior, top),
        single=_mark_if(company.single, top),
        column=company.column,
        in_words="",
    )
    return replace(score, in_words=_say(score))


def describe_metric(metric: str) -> tuple[str, str]:
    """A metric's name and its definition in one sentence."""
    name, definition = METRICS.get(metric, (metric, ""))
    return str(name), str(definition)


def _top(metric: str, values: tuple[float | None, ...]) -> float:
    """The scale runs from 0 to 1, or for losses without a bound to a little beyond the worst shown."""
    if metric in LOWER_IS_BETTER:
        return max(value for value in values if value is not None) * 1.05 or 1.0
    return 1.0


def _place(value: float, top: float) -> float:
    share = min(max(value / top, 0.0), 1.0)
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def _shorten(text: str, letters: int = 12) -> str:
    """Cut between words if there is a cut, else anywhere: a long word pushes its neighbours away from their marks."""
    if len(text) <= letters:
        return text
    head, space, _rest = text[:letters].rpartition(" ")
    return (head if space else text[: letters - 1]) + "…"


def _lay_out(labels: list[tuple[float, str]]) -> tuple[Word, ...]:
    """Centre each word under its mark, then push neighbours apart and back inside the strip."""
    ordered = sorted(labels)
    widths = [len(text) * LETTER for _x, text in ordered]
    places = [max(x, width / 2) for (x, _text), width in zip(ordered, widths, strict=True)]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + (widths[i - 1] + widths[i]) / 2 + GAP)
    limit = WIDTH
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit - widths[i] / 2)
        limit = places[i] - widths[i] / 2 - GAP
    return tuple(Word(text, round(place, 1)) for place, (_x, text) in zip(places, ordered, strict=True))


def _mark(value: float, top: float) -> Mark:
    return Mark(decimal(value), _place(value, top))


def _mark_if(value: float | None, top: float) -> Mark | None:
    return None if value is None else _mark(value, top)


def _half_width(company: Company) -> str:
    if company.low is None or company.high is None:
        return ""
    return decimal((company.high - company.low) / 2)


def _say(score: Score) -> str:
    """Put the strip into words for people who do not see it."""
    parts = [f"{score.name} {score.value.text}"]
    if score.low is not None and score.high is not None:
        parts.append(gettext("95 %% interval %(low)s to %(high)s", low=score.low.text, high=score.high.text))
    if score.prior is not None:
        parts.append(gettext("class prior %(value)s", value=score.prior.text))
    if score.single is not None:
        name = score.column or gettext("best single column")
        parts.append(gettext("%(column)s alone %(value)s", column=name, value=score.single.text))
    return "; ".join(parts)
