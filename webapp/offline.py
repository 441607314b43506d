"""A page as one HTML file that opens without a network: styles, drawing code and figures inside it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template, request

from ml.charts.bundle import bundle_path
from webapp.rendering import make_frame


def render_offline(template: str, page: Any) -> str:
    """Render a template that extends `layouts/offline.html`, whose figures are made by `embed_figure`.

    Links lead to the site that made the file. Styles and code are our own files and the installed plotly.js, put in
    after the page is escaped; a policy in the page's head forbids it every request.
    """
    frame = replace(make_frame(), is_offline=True, is_admin=False, user_name=None)
    html = make_links_whole(render_template(template, page=page, frame=frame), request.host_url)
    head, _, rest = html.partition("</head>")
    body, _, end = rest.rpartition("</body>")
    styles, code = _read_parts(Path(str(current_app.static_folder)))
    return f"{head}{styles}</head>{body}{code}</body>{end}"


def send_offline(html: str, filename: str) -> Response:
    """Send such a file to keep."""
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def make_links_whole(html: str, site: str) -> str:
    """Lead every link within the site to the site, from wherever the file lies."""
    return re.sub(r'\b(href|src)="/(?!/)', rf'\1="{site}', html)


@cache
def _read_parts(folder: Path) -> tuple[str, str]:
    styles = (folder / "css" / "proctor.css").read_text(encoding="utf-8")
    charts = (folder / "js" / "charts.mjs").read_text(encoding="utf-8")
    plotly = bundle_path().read_text(encoding="utf-8")
    return f"<style>{styles}</style>", f'<script>{plotly}</script><script type="module">{charts}</script>'
