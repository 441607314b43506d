from __future__ import annotations

import dataclasses
import gzip
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ml.charts.bundle import VERSION, bundle_path
from ml.exploration import Exploration, Spelling
from ml.results import to_json
from ml.spec import DatasetSpec
from tests.builders.sites import explore_shipped_spec
from webapp.current import current_spec
from webapp.store.session import current_store
from webapp.store.tables import dataset


def store(app: Flask, exploration: str, spec_sha256: str | None = None) -> None:
    with app.app_context(), current_store().write() as conn:
        conn.execute(
            dataset.insert().values(
                name=current_spec().name, content_sha256="0" * 64, spec_sha256=spec_sha256 or current_spec().sha256,
                prepared_at=1, rows=40, cleaning="{}", exploration=exploration, raw_path="r", clean_path="c",
                rejected_path="x",
                origin=json.dumps(
                    {"kind": "file", "name": "x.csv", "sha256": "0", "content_sha256": "0", "location": "x.csv",
                     "is_verified": False}
                ),
            )
        )  # fmt: skip


@pytest.fixture
def spec(app: Flask) -> DatasetSpec:
    with app.app_context():
        return current_spec()


@pytest.fixture
def explored(app: Flask, spec: DatasetSpec) -> Exploration:
    found = explore_shipped_spec(spec)
    store(app, json.dumps(to_json(found)))
    return found


def test_an_empty_store_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/explore")
    assert answer.status_code == 200
    assert "There is no data to explore yet" in answer.text
    assert "/admin" in answer.text
    assert "charts.mjs" not in answer.text


def test_the_page_answers_before_any_chart(client: FlaskClient, spec: DatasetSpec, explored: Exploration) -> None:
    page = client.get("/explore").text
    label = spec.features[1].label.en
    answer = f"{label} says 1.00 of the 1.00 bits"
    assert f"{label} says most about the result" in page
    assert page.index(answer) < page.index("<figure")
    assert "1 column of 11 says more than luck would." in page
    assert "No rule on these columns can be right on more than 100.0" in page


def test_the_picker_works_by_links_alone(client: FlaskClient, spec: DatasetSpec, explored: Exploration) -> None:
    for column in spec.features:
        page = client.get(f"/explore?column={column.name}").text
        assert f'data-chart="/explore/figures/by-class.{column.name}.json"' in page
        assert page.count('aria-current="true"') == 1


def test_a_column_nobody_knows_shows_the_one_that_says_most(
    client: FlaskClient, spec: DatasetSpec, explored: Exploration
) -> None:
    page = client.get("/explore?column=<script>").text
    assert f"by-class.{spec.features[1].name}.json" in page
    assert "column=<script>" not in page


def test_every_chart_of_the_page_has_figure_and_numbers(client: FlaskClient, explored: Exploration) -> None:
    page = client.get("/explore").text
    names = [part.split('"')[0] for part in page.split('data-chart="')[1:]]
    assert len(names) == 5  # nothing is missing, nothing was mended
    for url in names:
        figure = client.get(url)
        assert figure.status_code == 200
        assert set(figure.get_json()) == {"data", "layout"}
        numbers = client.get(url.replace(".json", ".csv"))
        assert numbers.mimetype == "text/csv"
        assert "attachment" in numbers.headers["Content-Disposition"]


def test_an_unchanged_figure_is_not_sent_twice(client: FlaskClient, explored: Exploration) -> None:
    first = client.get("/explore/figures/target.json")
    again = client.get("/explore/figures/target.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    spanish = client.get(
        "/explore/figures/target.json",
        headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "es"},
    )
    assert spanish.status_code == 200


def test_a_figure_nobody_knows_is_not_found(client: FlaskClient, explored: Exploration) -> None:
    assert client.get("/explore/figures/by-class.nobody.json").status_code == 404
    assert client.get("/explore/figures/nothing.csv").status_code == 404


def test_numbers_of_another_spec_are_not_shown(app: Flask, client: FlaskClient, spec: DatasetSpec) -> None:
    store(app, json.dumps(to_json(explore_shipped_spec(spec))), spec_sha256="1" * 64)
    page = client.get("/explore")
    assert page.status_code == 200
    assert "do not fit the dataset" in page.text
    assert client.get("/explore/figures/target.json").status_code == 404


def test_numbers_of_an_older_proctor_are_not_shown(app: Flask, client: FlaskClient) -> None:
    store(app, '{"rows": 3}')
    assert "do not fit the dataset" in client.get("/explore").text


def test_the_library_is_the_installed_one_compressed_and_kept_for_good(client: FlaskClient) -> None:
    url = f"/assets/plotly-{VERSION}.js"
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    assert len(packed.data) < 2_000_000
    assert gzip.decompress(packed.data) == bundle_path().read_bytes()
    assert client.get(url, headers={"Accept-Encoding": "identity"}).data == bundle_path().read_bytes()
    assert client.get("/assets/plotly-0.0.1.js").status_code == 404


def test_what_cells_hold_is_text_on_the_page(app: Flask, client: FlaskClient, spec: DatasetSpec) -> None:
    found = explore_shipped_spec(spec)
    nasty = dataclasses.replace(
        found,
        raw=tuple(
            dataclasses.replace(item, commonest=(Spelling("<script>x</script>", None, 3),)) for item in found.raw
        ),
    )  # fmt: skip
    store(app, json.dumps(to_json(nasty)))
    page = client.get("/explore").text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
