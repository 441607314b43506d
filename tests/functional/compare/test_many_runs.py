"""From 2 to 500 runs: what was different, charts, groups, reports, and files to keep."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, update

from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_metric, write_param, write_run
from tests.builders.tried_runs import name_run, write_tried_runs
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

ODD = "f" * 32
HOSTILE = "<script>alert(1)</script>"
VIEWS = ("", "tests", "scatter", "parallel", "contour", "groups", "reports")


@pytest.fixture
def ids(store: Store) -> list[str]:
    """Forty runs that others logged."""
    with store.write() as conn:
        return write_tried_runs(conn, 40)


@pytest.fixture
def odd(store: Store, ids: list[str]) -> str:
    """One more, with what strangers may write."""
    with store.write() as conn:
        write_run(conn, ODD, name=HOSTILE * 20)
        for key, value in {"C": "=1+1", "note": "y" * 8000, "blank": "", HOSTILE: HOSTILE}.items():
            conn.execute(insert(mlflow.params).values(run_uuid=ODD, key=key, value=value))
        write_metric(conn, ODD, "accuracy", 0, is_nan=True)
        write_metric(conn, ODD, "theirs_0", 1.7976931348623157e308)
    return ODD


def shorten(ids: Sequence[str]) -> str:
    return "runs=" + ",".join(run_id[:8] for run_id in ids)


def get(client: FlaskClient, ids: Sequence[str], more: str = "") -> str:
    answer = client.get(f"/runs/compare?{shorten(ids)}{more}")
    assert answer.status_code == 200
    return answer.text


def get_csv(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text)))


# ── which runs ───────────────────────────────────────────────────────────────
def test_500_runs_are_compared_by_a_few_statements(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        ids = write_tried_runs(conn, 500)
    client.get("/runs")
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    page = get(client, ids)
    assert "500 runs compared" in page
    assert len(asked) < 20
    assert len(page) < 1_000_000


def test_more_than_500_runs_are_refused_in_words(client: FlaskClient) -> None:
    answer = client.get("/runs/compare?runs=" + ",".join(name_run(number) for number in range(501)))
    assert answer.status_code == 400
    assert "At most 500 runs are compared at once; this address names 501." in answer.text


def test_500_ticked_runs_fit_an_address(client: FlaskClient, ids: list[str]) -> None:
    ticked = "&".join(f"run={name_run(number)}" for number in range(500))
    page = client.get(f"/runs/compare?{ticked}").text
    assert "40 runs compared" in page
    assert "and 455 more." in page


def test_what_is_not_there_is_told_from_what_was_deleted(client: FlaskClient, store: Store, ids: list[str]) -> None:
    with store.write() as conn:
        conn.execute(update(mlflow.runs).where(mlflow.runs.c.run_uuid == ids[2]).values(lifecycle_stage="deleted"))
    page = get(client, [*ids[:3], "nonsense"])
    assert "No such run: nonsense." in page
    assert f"Deleted: {ids[2][:8]}." in page


def test_a_beginning_that_two_runs_share_is_not_guessed(client: FlaskClient, store: Store, ids: list[str]) -> None:
    twin = ids[1][:8].ljust(32, "e")
    with store.write() as conn:
        write_run(conn, twin)
    assert f"write more of the id: {ids[1][:8]}." in get(client, ids[:3])
    page = client.get("/runs/compare", query_string={"run": ids[:3]}).text
    assert f"runs={ids[0][:8]},{ids[1]},{ids[2][:8]}" in page


# ── what was different ───────────────────────────────────────────────────────
def test_only_the_differences_are_shown_until_all_are_asked_for(client: FlaskClient, ids: list[str]) -> None:
    assert ">same_0</th>" not in get(client, ids)
    assert ">same_0</th>" in get(client, ids, "&all=1")


def test_the_table_turns(client: FlaskClient, ids: list[str]) -> None:
    page = get(client, ids[:10], "&transpose=1")
    assert re.search(r'<th scope="col" class="n">C</th>', page)
    assert re.search(rf'<th scope="row"><a href="/runs/{ids[3]}"', page)


def test_the_best_is_marked_where_it_is_known_which_way_is_better(client: FlaskClient, ids: list[str]) -> None:
    lines = {
        name: line
        for line, name in re.findall(r'(<tr><th scope="row"[^>]*>([^<]*)</th>.*?</tr>)', get(client, ids[:10]))
    }
    best = r'<td class="n best">([0-9.]+)<span class="unseen"> best</span>'
    assert re.findall(best, lines["Accuracy"]) == ["0.550"]
    assert re.findall(best, lines["Log-loss"]) == ["1.450"]
    assert re.findall(best, lines["theirs_0"]) == []


def test_what_was_not_logged_is_told_from_an_empty_text(client: FlaskClient, ids: list[str], odd: str) -> None:
    line = re.search(r'<th scope="row">blank</th>.*</tr>', get(client, [ids[0], odd]))
    assert line
    assert line[0].index(">–<") < line[0].index(">empty<")


def test_a_metric_that_is_no_number_is_called_so(client: FlaskClient, ids: list[str], odd: str) -> None:
    page = get(client, [ids[0], odd])
    assert '<td class="n">not a number</td>' in page
    assert '<td class="n">∞</td>' in page


def test_runs_of_others_have_no_baseline(client: FlaskClient, store: Store, settings: Settings, ids: list[str]) -> None:
    with store.write() as conn:
        write_trained_run(conn, settings.artifact_root, ODD, make_evaluation())
    page = get(client, [ids[0], ODD])
    assert "<td>no baseline logged</td><td>logged</td>" in page
    assert re.search(r'<td class="n best">0\.523<span class="unseen"> best</span> <small>±0\.037</small>', page)
    assert ">prior_accuracy</th>" not in page


def test_the_table_to_keep_holds_no_formula_and_every_value_whole(
    client: FlaskClient, ids: list[str], odd: str
) -> None:
    rows = get_csv(client, f"/runs/compare/table.csv?{shorten([ids[0], odd])}")
    table = {row[0]: row[1:] for row in rows}
    assert table["params.C"] == ["1", "'=1+1"]
    assert table["params.note"] == ["", "y" * 8000]
    assert float(table["metrics.accuracy"][0]) == 0.4
    turned = get_csv(client, f"/runs/compare/table.csv?{shorten([ids[0], odd])}&transpose=1")
    assert [list(row) for row in zip(*turned, strict=True)] == rows


# ── tests ────────────────────────────────────────────────────────────────────
def test_of_many_runs_it_says_how_many_could_be_tested(
    client: FlaskClient, store: Store, settings: Settings, ids: list[str]
) -> None:
    own = [name_run(number) for number in range(100, 104)]
    with store.write() as conn:
        for run_id in own:
            found = replace(make_evaluation(), folds_sha256="d" * 64)
            write_trained_run(conn, settings.artifact_root, run_id, found)
    page = get(client, own + ids[:20], "&view=tests")
    assert re.search(r"3 of 23 could be tested against .*; Holm’s correction counts them all\.", page)
    assert "20 were not: one of them left no report of ours" in page


def test_a_long_table_of_tests_is_cut(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        ids = write_tried_runs(conn, 60)
    assert "9 more runs are not listed" in get(client, ids, "&view=tests")


# ── charts ───────────────────────────────────────────────────────────────────
def figure_of(client: FlaskClient, page: str) -> dict[str, object]:
    address = re.search(r'data-chart="([^"]+)"', page)
    assert address
    answer = client.get(address[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    figure: dict[str, object] = json.loads(answer.text)
    return figure


@pytest.mark.parametrize("view", ["scatter", "parallel", "contour", "groups"])
def test_a_chart_has_its_figure_and_its_numbers(client: FlaskClient, ids: list[str], view: str) -> None:
    page = get(client, ids, f"&view={view}")
    assert figure_of(client, page)["data"]
    address = re.search(r'href="([^"]+figures/[a-z]+\.csv[^"]*)"', page)
    assert address
    assert len(get_csv(client, address[1].replace("&amp;", "&"))) > 2


def test_a_picked_column_stays_picked(client: FlaskClient, ids: list[str]) -> None:
    page = get(client, ids, "&view=scatter&x=params.C&y=metrics.log_loss&by=params.depth&log_x=1")
    assert '<option value="metrics.log_loss" selected>' in page
    assert "Log-loss falls as C rises: rank correlation −0.9" in page.replace("-0.9", "−0.9")
    layout = figure_of(client, page)["layout"]
    assert isinstance(layout, dict)
    assert layout["xaxis"]["type"] == "log"


def test_axes_are_taken_that_most_runs_logged(client: FlaskClient, ids: list[str], store: Store) -> None:
    with store.write() as conn:
        for number, run_id in enumerate(ids[:3]):
            write_param(conn, run_id, "A rare one", str(number))
    for view in ("scatter", "contour"):
        page = get(client, ids, f"&view={view}")
        assert '<option value="params.C" selected>' in page
        assert '<option value="params.A rare one" selected>' not in page


def test_a_column_that_is_not_there_falls_back(client: FlaskClient, ids: list[str]) -> None:
    assert "<figcaption>" in get(client, ids, "&view=scatter&x=params.nothing&y=metrics.nothing")


def test_no_chart_of_that_name(client: FlaskClient, ids: list[str]) -> None:
    assert client.get(f"/runs/compare/figures/pie.json?{shorten(ids)}").status_code == 404


def test_without_numbers_to_draw_it_says_what_is_lacking(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for number in range(2):
            write_run(conn, name_run(number))
    ids = [name_run(0), name_run(1)]
    assert "Nothing to draw" in get(client, ids, "&view=contour")
    assert "Nothing to group" in get(client, ids, "&view=groups")
    assert "No report of ours" in get(client, ids, "&view=reports")


def test_strangers_words_are_no_markup_in_a_figure(client: FlaskClient, ids: list[str], odd: str) -> None:
    page = get(client, [*ids, odd], "&view=parallel&axis=params.C&axis=metrics.theirs_1")
    text = json.dumps(figure_of(client, page))
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


# ── groups, reports ──────────────────────────────────────────────────────────
def test_groups_have_n_mean_and_spread(client: FlaskClient, ids: list[str]) -> None:
    rows = get_csv(client, f"/runs/compare/groups.csv?{shorten(ids[:4])}&group=params.C&of=metrics.accuracy")
    assert rows[0] == ["params.C", "metric", "n", "mean", "sd", "min", "max"]
    first = rows[1]
    assert first[:3] == ["1", "accuracy", "2"]
    assert [float(value) for value in first[3:]] == pytest.approx([0.400005, 7.07e-6, 0.4, 0.40001], rel=1e-3)
    page = get(client, ids, "&view=groups&group=params.C&of=metrics.accuracy")
    assert re.search(r'<th scope="row">1000</th><td class="n">10</td>', page)


def test_reports_stand_side_by_side_up_to_eight(
    client: FlaskClient, store: Store, settings: Settings, ids: list[str]
) -> None:
    own = [name_run(number) for number in range(100, 109)]
    with store.write() as conn:
        for run_id in own:
            write_trained_run(conn, settings.artifact_root, run_id, make_evaluation())
    page = get(client, own + ids[:1], "&view=reports")
    assert "Shown are 8 of 10 runs: at most 8 with a report of ours." in page
    assert page.count('class="matrix"') == 8
    assert re.search(r'<td>Recall</td>(<td class="n">0\.50 <span class="interval">±0\.04</span></td>){8}', page)


@pytest.mark.parametrize("view", VIEWS)
def test_pages_are_sound_whatever_strangers_wrote(client: FlaskClient, ids: list[str], odd: str, view: str) -> None:
    for more in ("", "&transpose=1&all=1"):
        page = get(client, [*ids[:12], odd], f"&view={view}{more}")
        assert find_faults(page) == []
        assert HOSTILE not in page


def test_scores_beyond_belief_are_grouped(client: FlaskClient, ids: list[str], store: Store) -> None:
    with store.write() as conn:
        for run_id, score in zip(ids, (1e300, -1.7e308, 1.7e308), strict=False):
            write_metric(conn, run_id, "wild", score)
    page = get(client, ids, "&view=groups&y=metrics.wild&of=metrics.wild")
    assert "1.7e+308" in page
    assert figure_of(client, page)["data"]
