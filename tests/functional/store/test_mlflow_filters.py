"""MLflow's own filter strings find here what they find there, in one and the same store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from tests.builders.filters import NOW, make_runs, write_known_runs
from tests.builders.sqlite_folder import SqliteFolder
from tests.builders.stores import environment, run, write_experiment
from webapp.runs.language.errors import FilterError
from webapp.runs.language.sql import find_condition
from webapp.runs.language.syntax import parse_filter
from webapp.store.projection import refresh_projection
from webapp.store.session import Store, open_store
from webapp.store.tables import run as run_table

METRICS = [
    f"{key} {sign} {value}"
    for key, (sign, value) in product(
        ["metrics.a", "metric.lr", "`metrics`.`a`", 'metrics."two words"', "metrics.`val/loss`"],
        [
            (">", "0"), (">=", "0.1"), ("<", "1."), ("<=", "-.5"), ("=", "56"), ("!=", "0"), ("!=", "56"), ("=", "0.0"),
            (">", "1e300"), ("<", "1E-5"), ("<", "1e999"), ("=", "1.7976931348623157e308"), ("<", "-1e300"),
        ],
    )
]  # fmt: skip
TEXTS = [
    f"{key} {sign} {value}"
    for key, (sign, value) in product(
        ["params.a", "parameter.`lr`", "tags.a", "tag.'two words'", "tags.`mlflow.source.name`", 'params."back`tick"'],
        [
            ("=", "'forest'"), ("=", '"forest"'), ("!=", "'56'"), ("=", "''"), ("=", '"it\'s"'), ("=", "'say \"hi\"'"),
            ("like", "'%o%'"), ("LIKE", "'a_b'"), ("LIKE", "'a[b]c'"), ("LIKE", "'%?'"), ("LIKE", "'A*b'"),
            ("LIKE", "'back\\slash'"), ("LIKE", "'%ñ%'"), ("ilike", "'%FOREST%'"), ("ILIKE", "'a%B'"),
            ("is", "null"), ("IS", "NOT NULL"), ("=", "'it''s'"), ("=", "'\\'"), ("=", "'line\nline'"),
        ],
    )
]  # fmt: skip
ATTRIBUTES = [
    "status = 'FINISHED'", "attributes.status != 'FINISHED'", "attr.status LIKE 'F%'", "status ilike 'f%'",
    "run.status = 'finished'", f"run_id = '{3:032x}'", f"attributes.run_id IN ('{3:032x}', \"{4:032x}\")",
    f"run_id NOT IN ('{3:032x}',)", f"`run_id` in ('{5:032x}')", f"start_time > {NOW}", f"created <= {NOW}",
    f"attributes.Created = {NOW}", f"start_time != {NOW}.5", "start_time > -1e30", f"end_time >= {NOW}",
    "end_time < 1e999", "run_name = 'forest'", 'run_name != "Forest"', "attributes.run_name LIKE '%o%'",
    "`run name` ilike 'FOREST'", 'attributes."Run Name" = \'56\'', "\"Run name\" = '56'", "user_id = 'ada'",
    "user_id ILIKE 'ADA'", "artifact_uri LIKE '/nowhere/%1'", "artifact_uri = 'x'",
]  # fmt: skip
DATASETS = [
    "datasets.name = 'students'", "dataset.name != 'students'", "dataset.digest IN ('d1', 'd3')",
    "datasets.digest NOT IN ('d1')", "dataset.context = 'training'", "datasets.context LIKE 'Eval%'",
    "dataset.context ILIKE 'eval%'", "datasets.context != 'training'", "dataset.`name` like 'P%'",
]  # fmt: skip
SEVERAL = [
    "metrics.a > 0 and params.a = 'forest'", "metrics.a>0 AND metrics.lr<=1\n\tand tags.a is not null",
    "params.a='forest'and status='FINISHED'", "  metrics.a > -1  ", "metrics.a\N{NO-BREAK SPACE}> 0",
    "datasets.name = 'students' AND datasets.digest = 'd1' AND dataset.context = 'training'",
    "tags.a = 'and' AND tags.`a` != 'or'", "",
]  # fmt: skip


LOOSE = ["metrics.a > 0 metrics.lr > 0", "metrics.a > 0 and", "and metrics.a > 0"]
WANTED = ["metrics.a > 0 or metrics.lr > 0", "not status = 'FAILED'", "(metrics.a > 0)", "params.a > 5", "name ~ 'a'"]

# In a process of its own, because MLflow's environment is not ours to load here: python -c … URL FOLDER TEXTS
_SEARCH = """
import json, sys
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
url, folder, texts = sys.argv[1:]
store = SqlAlchemyStore(url, folder)
def search(text):
    try:
        return [run.info.run_id for run in store.search_runs(["0"], text, ViewType.ACTIVE_ONLY, max_results=1000)]
    except MlflowException:
        return None
print(json.dumps({text: search(text) for text in json.loads(texts)}))
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, migrated_template: Path) -> Iterator[Store]:
    """A SQLite store with runs of every kind."""
    store = open_store(SqliteFolder(tmp_path_factory.mktemp("both")).copy(f"sqlite:///{migrated_template}"))
    with store.write() as conn:
        write_experiment(conn)
        write_known_runs(conn, make_runs(60, Random(2)))  # noqa: S311 (data, not secrets)
    refresh_projection(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def theirs(ours: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str] | None]:
    """What MLflow finds there for each text, None where it refuses the text."""
    url = ours.engine.url.render_as_string(hide_password=False)
    texts = json.dumps([*METRICS, *TEXTS, *ATTRIBUTES, *DATASETS, *SEVERAL, *LOOSE, *WANTED])
    done = run([sys.executable, "-c", _SEARCH, url, str(tmp_path_factory.mktemp("theirs")), texts], environment(url))
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str] | None] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("texts", [METRICS, TEXTS, ATTRIBUTES, DATASETS, SEVERAL], ids=lambda texts: texts[0])
def test_a_filter_of_mlflow_finds_the_same_runs(
    ours: Store, theirs: dict[str, list[str] | None], texts: list[str]
) -> None:
    for text in texts:
        found = theirs[text]
        assert found is not None, f"MLflow refuses {text}"
        assert _find(ours, text) == set(found), text


def test_what_only_mlflow_takes_has_an_and_too_many_or_too_few(theirs: dict[str, list[str] | None]) -> None:
    for text in LOOSE:
        assert theirs[text] is not None
        with pytest.raises(FilterError):
            parse_filter(text, NOW)


def test_what_mlflow_has_no_words_for_is_taken(theirs: dict[str, list[str] | None]) -> None:
    for text in WANTED:
        assert theirs[text] is None
        assert parse_filter(text, NOW)


def _find(store: Store, text: str) -> set[str]:
    expression = parse_filter(text, NOW)
    with store.read() as conn:
        conditions = [find_condition(conn, expression)] if expression else []
        return set(conn.execute(select(run_table.c.run_id).where(*conditions)).scalars())
