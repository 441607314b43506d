"""A figure as an answer: for Plotly, and to keep."""

from __future__ import annotations

import json

from flask import Response, request

from ml.charts import Figure


def send_figure_json(figure: Figure) -> Response:
    """Send a figure as Plotly takes it; unchanged numbers answer 304."""
    return _send(json.dumps(figure.plotly, ensure_ascii=False, separators=(",", ":")), "application/json")


def send_figure_csv(figure: Figure, filename: str) -> Response:
    """Send a figure's numbers to keep."""
    return send_csv(figure.table.to_csv(), filename)


def send_csv(text: str, filename: str) -> Response:
    """Send a table to keep."""
    response = _send(text, "text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _send(text: str, mimetype: str) -> Response:
    response = Response(text, content_type=mimetype)
    response.add_etag()
    response.vary.update(("Accept-Language", "Cookie"))
    response.make_conditional(request)
    return response
