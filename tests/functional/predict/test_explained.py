"""An answer's page: why, what if, like this one, its link, and two answers beside each other; on both specs."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from tests.builders.accounts import visit
from tests.builders.explained import make_model, serve_explained
from tests.builders.pages import find_faults
from tests.builders.tables import SECOND_SPEC_PATH, pump_table, second_spec, student_spec, student_table
from webapp import create_app
from webapp.predict.explained import links
from webapp.predictions.queries import find_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ml.settings import Settings
    from ml.spec import DatasetSpec
    from tests.conftest import SettingsFactory

SPECS = ("students", "pumps")
REQUEST = re.compile(r"<code>([0-9a-f]{32})</code>")
LONGEST_BY_CHANCE = 4
"""Letters of a word that a random address may well hold."""


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[bytes, bytes]]:
    return {
        "students": make_model(student_spec(), student_table().table),
        "pumps": make_model(second_spec(), pump_table().table),
    }


@pytest.fixture
def students(app: Flask, models: dict[str, tuple[bytes, bytes]]) -> Flask:
    serve_explained(app, student_spec(), models["students"])
    return app


@pytest.fixture
def pumps(store_url: str, make_settings: SettingsFactory, models: dict[str, tuple[bytes, bytes]]) -> Iterator[Flask]:
    app = create_app(make_settings(database_url=store_url, spec_path=SECOND_SPEC_PATH))
    serve_explained(app, second_spec(), models["pumps"])
    yield app
    app.extensions["proctor_store"].close()


@pytest.fixture(params=SPECS)
def site(request: pytest.FixtureRequest) -> tuple[Flask, DatasetSpec]:
    """Either dataset's site."""
    return request.getfixturevalue(request.param), student_spec() if request.param == "students" else second_spec()


def fill_in(spec: DatasetSpec, **changes: str) -> dict[str, str]:
    """A form's fields: each column's first category, or a number; name the columns that differ."""
    values = {column.name: column.categories[0] if column.categories else "50" for column in spec.features} | changes
    return {f"column-{i}": values[column.name] for i, column in enumerate(spec.features)}


def send(app: Flask, spec: DatasetSpec, kept: str = "", **changes: str) -> str:
    return visit(app).send("/predict", kept=kept, **fill_in(spec, **changes)).text


def find_link(page: str) -> str:
    found = re.search(r'data-explain="([^"]+)"', page)
    assert found, page
    return found[1]


def follow(app: Flask, spec: DatasetSpec, query: str = "", language: str = "en", **changes: str) -> str:
    """Ask, and look at the answer by its link."""
    link = find_link(send(app, spec, **changes))
    answer = visit(app).get(link + query, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_answer_comes_first_and_leads_to_the_rest(site: tuple[Flask, DatasetSpec]) -> None:
    page = send(*site)
    assert "Why, what if, and who was like this one" in page
    assert "For every class" not in page
    assert find_faults(page) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_link_shows_all_three_parts(site: tuple[Flask, DatasetSpec], language: str) -> None:
    app, spec = site
    page = visit(app).get(find_link(send(app, spec)), headers={"Accept-Language": language}).text
    assert find_faults(page) == []
    assert all(f'id="{part}"' in page for part in ("why", "what-if", "alike"))
    assert all(column.label.in_language(language) in unescape(page) for column in spec.features)


def test_the_form_on_the_page_is_filled_in_as_it_was_sent(site: tuple[Flask, DatasetSpec]) -> None:
    app, spec = site
    words = [column for column in spec.features if column.categories]
    changes = {column.name: column.categories[-1] for column in words}
    page = follow(app, spec, **changes)
    assert all(re.search(rf'<option selected value="{re.escape(value)}"', page) for value in changes.values())
    assert page.count('value="50.0"') == len(spec.features) - len(words)


def test_every_single_change_stands_in_the_table(students: Flask) -> None:
    page = follow(students, student_spec())
    table = page.partition("If this one answer were")[2].partition("</table>")[0]
    expected = sum(len(column.categories) - 1 for column in student_spec().features)
    assert table.count('<th scope="row">') == expected
    assert f"Of the {expected} ways to change a single answer" in page


def test_sensitive_answers_are_left_alone_until_asked(students: Flask) -> None:
    """General candidates are never Average here unless the category changes, which only the tick allows."""
    labels = [column.label.en for column in student_spec().features if column.is_sensitive]

    def find_reached(query: str) -> str:
        page = follow(students, student_spec(), query, Caste="General")
        return page.partition("The fewest changes to each other class")[2].partition("</dl>")[0]

    assert not any(f"{label}: <strong>" in find_reached("") for label in labels)
    assert any(f"{label}: <strong>" in find_reached("?sensitive=1") for label in labels)


def test_few_rows_are_not_counted(students: Flask) -> None:
    page = follow(students, student_spec())
    assert "Fewer than 10 candidates had exactly these values." in page
    for count in re.findall(r"<caption>(\d+) candidates", page):
        assert int(count) >= 10


def test_without_its_training_rows_a_version_still_answers(app: Flask, models: dict[str, tuple[bytes, bytes]]) -> None:
    serve_explained(app, student_spec(), models["students"]).unlink()
    page = follow(app, student_spec())
    assert "This version keeps no training rows beside it" in page
    assert "Every single change" in page


def test_training_rows_that_were_tampered_with_are_not_shown(
    app: Flask, models: dict[str, tuple[bytes, bytes]]
) -> None:
    path = serve_explained(app, student_spec(), models["students"])
    path.write_bytes(path.read_bytes().replace(b"666", b"667"))
    assert "This version keeps no training rows beside it" in follow(app, student_spec())


# ── links ────────────────────────────────────────────────────────────────────
def test_the_address_says_nothing_of_the_row(students: Flask) -> None:
    one, other = (find_link(send(students, student_spec())) for _ in range(2))
    assert one != other
    words = {word for column in student_spec().features for word in (column.name, *column.categories)}
    assert not [word for word in words if len(word) > LONGEST_BY_CHANCE and word in one]
    assert len(one) < 400


@pytest.mark.parametrize("token", ["x", "%00", "é", "gAAAAA", "a" * 5000])
@pytest.mark.parametrize("way", ["answer", "keep"])
def test_a_link_that_is_none_of_ours_is_refused(students: Flask, way: str, token: str) -> None:
    answer = visit(students).get(f"/predict/{way}/{token}")
    assert answer.status_code == 404


def test_a_link_that_was_changed_is_refused(students: Flask) -> None:
    link = find_link(send(students, student_spec()))
    spoilt = link[:-10] + ("A" if link[-10] != "A" else "B") + link[-9:]
    answer = visit(students).get(spoilt)
    assert answer.status_code == 404
    assert "This link cannot be opened" in answer.text


def test_a_link_expires(students: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    link = find_link(send(students, student_spec()))
    monkeypatch.setattr(links, "DAYS", -1)
    answer = visit(students).get(link)
    assert answer.status_code == 410
    assert "This link was good for" in answer.text


def test_a_link_to_columns_that_changed_is_refused(students: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    link = find_link(send(students, student_spec()))
    monkeypatch.setattr(links, "_fingerprint", lambda _spec: "other")
    assert visit(students).get(link).status_code == 410


def test_a_link_of_an_earlier_version_says_what_was_answered_then(
    students: Flask, models: dict[str, tuple[bytes, bytes]]
) -> None:
    link = find_link(send(students, student_spec()))
    assert "When this link was made" not in visit(students).get(link).text
    serve_explained(students, student_spec(), models["students"], version=2)
    page = visit(students).get(link).text
    assert "When this link was made, version 1 answered" in page
    assert "says version 2" in page


def test_what_another_version_answers_to_a_link_is_in_the_log_too(
    students: Flask, models: dict[str, tuple[bytes, bytes]]
) -> None:
    answered = send(students, student_spec())
    serve_explained(students, student_spec(), models["students"], version=2)
    shown = REQUEST.findall(visit(students).get(find_link(answered)).text)
    assert shown != REQUEST.findall(answered)
    with students.extensions["proctor_store"].read() as conn:
        assert {find_request(conn, request_id) is not None for request_id in shown} == {True}


def test_another_installation_cannot_read_it(students: Flask) -> None:
    token = find_link(send(students, student_spec())).rpartition("/")[2]
    students.config["SECRET_KEY"] = Fernet.generate_key().decode()
    assert visit(students).get(f"/predict/answer/{token}").status_code == 404


# ── two answers ──────────────────────────────────────────────────────────────
def test_an_answer_that_is_kept_stands_beside_the_next(site: tuple[Flask, DatasetSpec]) -> None:
    app, spec = site
    column = next(column for column in spec.features if column.categories)
    token = find_link(send(app, spec)).rpartition("/")[2]
    form = visit(app).get(f"/predict/keep/{token}").text
    assert f'name="kept" value="{token}"' in form
    assert find_faults(form) == []
    page = unescape(send(app, spec, kept=token, **{column.name: column.categories[-1]}))
    assert "The rows differ in one answer." in page
    label = column.label_of(column.categories[-1], "en")
    assert re.findall(r'<mark class="differs">([^<]+)</mark>', page) == [label]


def test_a_form_that_is_wrong_keeps_what_was_kept(students: Flask) -> None:
    token = find_link(send(students, student_spec())).rpartition("/")[2]
    assert f'name="kept" value="{token}"' in send(students, student_spec(), kept=token, Gender="")


def test_two_links_are_compared(students: Flask) -> None:
    other = "http://localhost" + find_link(send(students, student_spec(), coaching="OA")) + "?sensitive=1#why"
    page = follow(students, student_spec(), f"?beside={other.replace('?', '%3F').replace('#', '%23')}")
    assert "The rows differ in one answer." in page
    assert "Beside the other answer" in page


def test_a_link_that_cannot_be_compared_says_so(students: Flask) -> None:
    assert "This link cannot be opened" in follow(students, student_spec(), "?beside=nonsense")


def test_without_a_model_a_link_leads_to_the_page_that_says_so(app: Flask, settings: Settings) -> None:
    with app.test_request_context():
        row = {column.name: column.categories[0] for column in student_spec().features}
        token = links.seal(links.SavedAnswer(row, 1, 0, 0.5, "0" * 32), student_spec())
    assert "Train a model" in visit(app).get(f"/predict/answer/{token}").text


def test_a_link_leads_back_to_the_answer_in_the_log(students: Flask) -> None:
    answered = send(students, student_spec())
    shown = visit(students).get(find_link(answered)).text
    assert REQUEST.findall(answered) == REQUEST.findall(shown) != []
