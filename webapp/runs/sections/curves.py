"""How well the probabilities rank each class: ROC and precision–recall curves."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.examination.curves import ClassCurves, Curve
from webapp.charts.views import FigureView
from webapp.formats import decimal
from webapp.runs.context import Context, Section


@dataclass(frozen=True)
class AreaLine:
    """A class's areas with their intervals, each beside what chance gives."""

    name: str
    rows: int
    auc: str
    auc_interval: str
    precision: str
    precision_interval: str
    share: str


@dataclass(frozen=True)
class CurvesView:
    """A sentence, the areas, the curves."""

    point: str
    lines: tuple[AreaLine, ...]
    chance: str
    figures: tuple[FigureView, ...]


def show(context: Context) -> Section | None:
    """Lay out the curves, the best class on top."""
    curves = context.report.examination.curves
    if curves is None or not curves.classes:
        return None
    view = CurvesView(
        point=_say_point(curves.classes),
        lines=tuple(_line(item, context) for item in reversed(curves.classes)),
        chance=decimal(0.5, 2),
        figures=tuple(context.figures[name] for name in ("roc", "precision-recall")),
    )
    return Section("curves", _("How well it ranks"), view)


def _say_point(classes: tuple[ClassCurves, ...]) -> str:
    """Whether every class is ranked better than chance would."""
    sure = sum(item.roc.area.low > item.roc.chance for item in classes)
    if sure == len(classes):
        return _("Every class is told from the others better than by chance.")
    return _(
        "%(sure)s of %(all)s classes are told from the others better than by chance, beyond doubt.",
        sure=sure, all=len(classes),
    )  # fmt: skip


def _line(item: ClassCurves, context: Context) -> AreaLine:
    spec, language = context.reader.spec, context.reader.language
    return AreaLine(
        name=spec.target.label_of(item.name, language),
        rows=item.rows,
        auc=decimal(item.roc.area.mean, 2),
        auc_interval=_say_interval(item.roc),
        precision=decimal(item.precision_recall.area.mean, 2),
        precision_interval=_say_interval(item.precision_recall),
        share=decimal(item.precision_recall.chance, 2),
    )


def _say_interval(curve: Curve) -> str:
    return f"{decimal(curve.area.low, 2)} – {decimal(curve.area.high, 2)}"
