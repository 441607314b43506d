"""From logged answers to what their pages show."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Connection, func, select

from ml.serve.contract import Cell
from ml.settings import Settings
from ml.spec import Column, DatasetSpec
from webapp.formats import any_number
from webapp.predict.views import say_answer
from webapp.predictions.forms import EraseForm, TruthForm, name_classes
from webapp.predictions.pages import Fact, LoggedLine, LogPage, TruthPage
from webapp.predictions.values import AnsweredRequest, Channel, read_request_id
from webapp.store.tables import prediction, prediction_request, user


def show_truth(
    request: AnsweredRequest, size: int, row: int, form: TruthForm, spec: DatasetSpec, lang: str
) -> TruthPage:
    """Lay out row number `row` of a request of `size` rows; `request` holds it alone, or none if it has no such."""
    answered = request.rows[0] if request.rows else None
    columns = {column.name: column for column in spec.features}
    names = dict(name_classes(request.classes, spec, lang))
    truth = answered.truth if answered else None
    cells = zip(request.columns, answered.inputs, strict=True) if answered else ()
    return TruthPage(
        request_id=request.id,
        made_at=request.made_at,
        version=request.version,
        rows=size,
        row=row,
        answer=say_answer(request, spec, lang) if answered else None,
        inputs=tuple(_say_cell(columns.get(name), name, cell, lang) for name, cell in cells),
        left_out=", ".join(_label(columns.get(name), name, lang) for name in request.left_out),
        truth=names[truth.value] if truth else "",
        truth_at=truth.at if truth else None,
        form=form,
    )


def show_log(conn: Connection, settings: Settings, asked: str, erase: EraseForm) -> LogPage:
    """Lay out how much the log holds, and the request whose id was asked for."""
    requests = prediction_request
    totals = conn.execute(
        select(func.count().label("requests"), func.sum(requests.c.rows).label("rows"), func.min(requests.c.made_at))
    ).one()
    request_id = read_request_id(asked)
    line = _find_line(conn, request_id) if request_id else None
    return LogPage(
        rows=int(totals.rows or 0),
        requests=totals.requests,
        oldest=totals[2],
        days=settings.prediction_days,
        keeps_sensitive=settings.log_sensitive,
        asked=asked,
        found=line,
        erase=erase if line else None,
    )


def describe_channel(channel: Channel) -> str:
    """By what door a request came, in words."""
    words = {
        Channel.FORM: _("the form"),
        Channel.API: _("the API"),
        Channel.MLFLOW: _("MLflow’s protocol"),
        Channel.FILE: _("a file"),
    }
    return words[channel]


def _find_line(conn: Connection, request_id: str) -> LoggedLine | None:
    query = select(prediction_request, user.c.name).outerjoin(user, user.c.id == prediction_request.c.user_id)
    found = conn.execute(query.where(prediction_request.c.id == request_id)).one_or_none()
    if found is None:
        return None
    has_truth = (prediction.c.request_id == request_id, prediction.c.truth.is_not(None))
    return LoggedLine(
        id=found.id,
        made_at=found.made_at,
        version=found.model_version,
        channel=describe_channel(Channel(found.channel)),
        user_name=found.name or "",
        rows=found.rows,
        latency_us=found.latency_us,
        truths=conn.execute(select(func.count()).select_from(prediction).where(*has_truth)).scalar_one(),
    )


def _say_cell(column: Column | None, name: str, cell: Cell, language: str) -> Fact:
    if cell is None:
        said = _("Not known")
    elif isinstance(cell, str):
        said = column.label_of(cell, language) if column and cell in column.categories else cell
    else:
        said = any_number(cell)
    return Fact(_label(column, name, language), said)


def _label(column: Column | None, name: str, language: str) -> str:
    return column.label.in_language(language) if column else name
