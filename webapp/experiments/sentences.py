"""What the front page of an experiment says in words: its answer, and what each chart leaves out."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.experiments.best import Best
from ml.charts.experiments.calendar import Activity
from ml.charts.experiments.pareto import Front
from ml.charts.experiments.values import DASH, Company, Counts, cut
from webapp.experiments.days import Span
from webapp.experiments.metrics import TRAINING
from webapp.formats import any_number, integer
from webapp.runs.table.columns import MOST_KEYS


def say_interval(company: Company) -> str:
    """The interval as a text; empty where an end is not known."""
    return f"[{any_number(company.low)}{DASH}{any_number(company.high)}]" if company.has_interval else ""


def say_lead(best: Best | None, span: Span) -> str:
    """The page's answer."""
    if not span.runs:
        return _("No run of this experiment is in use.")
    if best is None:
        return _("No run of this experiment has a number for this metric and a start that a calendar knows.")
    last = best.records[-1]
    company = best.who[last.run].beside(best.axis.metric)
    said = {"metric": cut(best.axis.name), "value": f"{any_number(last.value)} {say_interval(company)}".strip()}
    if best.axis.metric.startswith(TRAINING):
        return _(
            "The best so far in %(metric)s is %(value)s. It was measured on the training rows, so it is no result.",
            **said,
        )
    if company.prior is not None:
        return _(
            "The best so far in %(metric)s is %(value)s; the class prior alone has %(prior)s.",
            prior=any_number(company.prior), **said,
        )  # fmt: skip
    if company.has_interval:
        return _("The best so far in %(metric)s is %(value)s; that run logged no baseline.", **said)
    return _(
        "The best so far in %(metric)s is %(value)s. That run logged neither an interval nor a baseline, so nobody can"
        " tell how much of it is luck.",
        **said,
    )


def say_counts(counts: Counts) -> list[str]:
    """How many runs are left out, and why."""
    said = []
    left_out = counts.not_logged + counts.not_finite
    if left_out:
        said.append(
            ngettext(
                "%(shown)s run of %(runs)s has no number for it (did not log it: %(absent)s; NaN or infinite:"
                " %(odd)s).",
                "%(shown)s runs of %(runs)s have no number for it (did not log it: %(absent)s; NaN or infinite:"
                " %(odd)s).",
                left_out, shown=integer(left_out), runs=integer(counts.runs), absent=integer(counts.not_logged),
                odd=integer(counts.not_finite),
            )
        )  # fmt: skip
    if counts.undated:
        said.append(_say_undated(counts.undated))
    return said


def say_best(best: Best) -> tuple[str, ...]:
    """What goes with the chart of the best so far."""
    said = say_counts(best.counts)
    said.append(_say_company(best))
    if best.counts.shown > 1:
        said.append(
            _(
                "The best of %(runs)s runs is in part the luckiest: the interval of one run does not allow for having"
                " been picked.",
                runs=integer(best.counts.shown),
            )
        )
    if not best.has_all_drawn:
        said.append(_say_drawn(len(best.drawn), best.counts.shown))
        said.append(
            _("They are spread evenly over the runs; every run that was the best is among them.")
            if len(best.records) == best.records_in_all
            else _("They are spread evenly over the runs, those that were the best among them.")
        )
    return tuple(said)


def say_front(front: Front) -> tuple[str, ...]:
    """What goes with the chart of two metrics."""
    said = [
        _("A run is on the front if no other is as good in both and better in one; of equals, all are on it."),
        *say_counts(front.counts),
    ]
    pairs = [front.who[pair.run].beside(axis.metric) for pair in front.members for axis in (front.x, front.y)]
    if not any(company.has_interval or company.prior is not None for company in pairs):
        said.append(
            _("None of the runs on the front logged an interval or a baseline: who is on it may be a matter of luck.")
        )
    elif any(company.has_interval for company in pairs):
        said.append(
            _("The front takes each number at its word: where intervals overlap, neighbours may change places.")
        )
    if not front.has_all_drawn:
        said.append(_say_drawn(len(front.members) + len(front.others), front.counts.shown))
        said.append(
            _("Those that are not on the front are spread evenly over the runs: a rare one may be missing.")
            if front.is_sample
            else _("Of others that lie close together, one stands for all.")
        )
    return tuple(said)


def say_activity(activity: Activity, span: Span) -> tuple[str, ...]:
    """What goes with the chart of activity."""
    said = [_("Days, weeks (from Monday) and months are those of UTC.")]
    if activity.outside:
        said.append(
            ngettext(
                "%(shown)s run began outside of what is in view.", "%(shown)s runs began outside of what is in view.",
                activity.outside,
                shown=integer(activity.outside),
            )
        )  # fmt: skip
    if span.undated:
        said.append(_say_undated(span.undated))
    return tuple(said)


def say_metrics(are_others: bool) -> str:  # noqa: FBT001 - the one thing there is to say
    """Where the names of the metrics come from."""
    if not are_others:
        return ""
    return _(
        "The experiment’s metrics are those of its newest and its oldest runs; others of the store stand below them,"
        " %(most)s at most.",
        most=integer(MOST_KEYS),
    )


def _say_company(best: Best) -> str:
    records = [best.who[point.run].beside(best.axis.metric) for point in best.records]
    with_interval = sum(company.has_interval for company in records)
    if not with_interval and all(company.prior is None for company in records):
        return _("No run that was the best so far logged an interval or a baseline: nobody can tell skill from luck.")
    if with_interval == len(records):
        return _("The thin upright lines are the 95 % intervals that the runs logged.")
    return ngettext(
        "Of %(num)s run that was the best so far, %(known)s logged an interval.",
        "Of %(num)s runs that were the best so far, %(known)s logged an interval.",
        len(records), known=integer(with_interval),
    )  # fmt: skip


def _say_drawn(drawn: int, shown: int) -> str:
    return _("%(drawn)s of %(runs)s runs are drawn.", drawn=integer(drawn), runs=integer(shown))


def _say_undated(undated: int) -> str:
    return ngettext(
        "%(shown)s run has no start that a calendar knows.",
        "%(shown)s runs have no start that a calendar knows.",
        undated,
        shown=integer(undated),
    )
