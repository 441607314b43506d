"""The chapter that says how sure one answer is, where that was examined."""

from __future__ import annotations

from collections.abc import Iterator

from ml.examination.sure import LearningCurve, Reliability, Sure
from ml.report.card.document import Block, Bullets, Grid
from ml.report.card.speaker import Speaker
from ml.report.card.words import METRICS, Words


def tell_sureness(speaker: Speaker) -> Iterator[Block]:
    """Yield whether stated shares can be believed, what a set of classes holds, and what more rows would bring."""
    sure = speaker.card.sure
    if sure is None:
        return
    said = [_tell_error(reliability, speaker) for reliability in sure.reliability if not reliability.label]
    said.append(_tell_sets(sure, speaker))
    said += [sentence for curve in sure.curves for sentence in _tell_curve(curve, speaker)]
    yield Bullets(tuple(said))
    yield Grid(
        caption=speaker.say(Words.by_class),
        headers=(speaker.say(Words.class_), speaker.say(Words.held)),
        lines=tuple((speaker.class_(name), speaker.share(share)) for name, share in sure.sets.class_coverage.items()),
    )


def _tell_error(reliability: Reliability, speaker: Speaker) -> str:
    error = reliability.error
    return speaker.say(
        Words.believed,
        error=speaker.number(error.value),
        perfect=speaker.number(error.perfect),
        low=speaker.number(error.perfect_low),
        high=speaker.number(error.perfect_high),
    )


def _tell_sets(sure: Sure, speaker: Speaker) -> str:
    return speaker.say(
        Words.sets,
        level=speaker.percent(sure.sets.level),
        coverage=speaker.share(sure.sets.coverage),
        size=speaker.number(sure.sets.size.mean, 1),
    )


def _tell_curve(curve: LearningCurve, speaker: Speaker) -> Iterator[str]:
    """Yield nothing where the points do not say how the curve goes on."""
    if curve.extrapolation:
        metric = METRICS.get(curve.metric)
        yield speaker.say(
            Words.twice,
            metric=metric.in_language(speaker.language) if metric else curve.metric,
            score=speaker.estimate(curve.extrapolation.twice.score),
            now=speaker.estimate(curve.extrapolation.now.score),
        )
