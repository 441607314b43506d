"""What is to be known of how curves are drawn."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.histories import Curve, list_drawn
from webapp.formats import decimal, integer
from webapp.runs.histories.asked import CurvesAsked


def say_note(curve: Curve, asked: CurvesAsked) -> str:
    """How many values are drawn how, and what is left out."""
    lowest = curve.lowest.value if curve.lowest else None
    left_out = say_left_out(curve.nans, curve.infinities)
    return " ".join([_say_count(curve), *left_out, *say_scale(lowest, asked), *_say_turns(curve)])


def say_left_out(nans: int, infinities: int) -> list[str]:
    """How many values are no finite numbers, if there are any."""
    said = [
        ngettext(
            "%(count)s is not a number and left out.",
            "%(count)s are not numbers and left out.",
            nans,
            count=integer(nans),
        ),
        ngettext(
            "%(count)s is infinite and left out.",
            "%(count)s are infinite and left out.",
            infinities,
            count=integer(infinities),
        ),
    ]
    return [words for words, count in zip(said, (nans, infinities), strict=True) if count]


def say_scale(lowest: float | None, asked: CurvesAsked) -> list[str]:
    """Why there is no logarithm where one is asked for."""
    if not asked.is_log or lowest is None or lowest > 0:
        return []
    return [_("The scale stays linear: %(value)s is not above zero, so it has no logarithm.", value=f"{lowest:.4g}")]


def say_weight(asked: CurvesAsked) -> str:
    """What the smoothing does, where some is asked for."""
    if not asked.weight:
        return ""
    return _(
        "Smoothed: a moving average of the values logged, in which each value weighs %(weight)s times as much as the"
        " next.",
        weight=decimal(asked.weight, 2),
    )


def _say_count(curve: Curve) -> str:
    drawn = sum(point is not None for point in list_drawn(curve.stretches))
    if len(curve.stretches) == curve.count:
        return ngettext("%(count)s value.", "%(count)s values.", curve.count, count=integer(curve.count))
    return _(
        "%(count)s values, drawn as %(drawn)s: the lowest and highest of each stretch.",
        count=integer(curve.count), drawn=integer(drawn),
    )  # fmt: skip


def _say_turns(curve: Curve) -> list[str]:
    """Along the clock: whether steps go back."""
    words = ngettext(
        "The step goes back once as the clock goes on.",
        "The step goes back %(count)s times as the clock goes on.",
        curve.turns,
        count=integer(curve.turns),
    )
    return [words] if curve.turns else []
