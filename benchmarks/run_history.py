"""The run history of 100,000 runs: Proctor against `mlflow server --workers 1`, both on the same database.

    .venv/bin/python -m benchmarks.run_history [--backend postgresql] [--sizes 1000 10000 100000] [--rounds 5]

Measured over HTTP on kept-alive connections, the servers asked in turns. Prints what is promised, what was found, and
whether it is kept.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.asking import Client, Question, Series, ask_in_turns, read_run_ids
from benchmarks.findings import Finding, print_findings
from benchmarks.projecting import time_counts, time_logging, time_rebuild, time_until_visible
from benchmarks.start_up import start_server, time_start
from tests.builders.many_runs import write_many_runs
from tests.builders.postgresql import PostgresqlCluster, find_programs, run_cluster
from tests.builders.sqlite_folder import SqliteFolder
from tests.builders.stores import alembic
from webapp.store.session import open_store

SIZES = (1_000, 10_000, 100_000)
PROMISED = {("sqlite", "newest"): 60, ("sqlite", "best"): 400}
"""How many times as fast; MLflow sorts on PostgreSQL in a fraction of the time, and nothing is promised there."""
PAGE = 25
FILTER = 'metrics.log_loss < 1.2 and params.family = "rf"'
OURS_EACH_ROUND, THEIRS_EACH_ROUND = 30, 4
DEEP = 1_000
NEAR = 20
"""Pages whose median stands for the first ones, and as many for those around the deep one."""

Backend = SqliteFolder | PostgresqlCluster


@dataclass(frozen=True)
class Questions:
    """What is asked of ours: the pages, their twins in the API, and the order and filter as addresses have them."""

    newest: Question
    newest_api: Question
    best: Question
    best_api: Question
    is_whole: bool
    """Whether the filter language is there; a server without it is asked for the family alone."""


def main() -> None:
    """Build the stores, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help="leave MLflow's server out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _open_backend(asked.backend, Path(name)) as backend:
        folder, sizes = Path(name), sorted(set(asked.sizes))
        urls = build_stores(backend, sizes)
        print(f"\n{sizes[-1]:,} runs on {asked.backend}\n\n| promise | measured | |\n|---|---|---|")
        if not asked.alone:
            print_findings(compare_starts(folder, urls[sizes[-1]]))
        print_findings(measure_servers(folder, urls, asked.rounds, asked.backend, is_alone=asked.alone))
        print_findings(measure_projection(backend, urls[sizes[-1]], 10 * asked.rounds))


def build_stores(backend: Backend, sizes: list[int]) -> dict[int, str]:
    """Make a migrated store with as many runs as each size says."""
    empty = backend.new_url()
    alembic(empty, "upgrade", "head").check_returncode()
    urls = {size: backend.copy(empty) for size in sizes}
    for size, url in urls.items():
        store = open_store(url)
        write_many_runs(store, size)
        store.close()
    return urls


def measure_servers(
    folder: Path, urls: Mapping[int, str], rounds: int, backend: str, *, is_alone: bool
) -> list[Finding]:
    """Serve every store with ours, and the largest with MLflow's too."""
    largest = max(urls)
    with ExitStack() as stack:
        started = {
            size: stack.enter_context(start_server("proctor", _make_folder(folder, f"served-{size}"), url))
            for size, url in sorted(urls.items(), reverse=True)
        }
        ours = {size: Client(server.address) for size, server in started.items()}
        findings = measure_growth(ours, rounds)
        findings += measure_depth(ours[largest])
        if not is_alone:
            rival = stack.enter_context(start_server("mlflow", folder, urls[largest], "--workers", "1"))
            findings = [*compare_pages(ours[largest], Client(rival.address), rounds, backend), *findings]
        # Last, because it adds runs.
        return [*findings, _find_visible(time_until_visible(urls[largest], ours[largest], 2 * rounds))]


def compare_starts(folder: Path, url: str) -> list[Finding]:
    """Compare the seconds to the first answer, and the memory then; MLflow's with the workers that it has unasked."""
    mine, other = (time_start(rival, _make_folder(folder, rival), url) for rival in ("proctor", "mlflow"))
    quicker, lighter = mine.seconds / other.seconds, mine.megabytes / other.megabytes
    return [
        Finding(
            "start ≤ 1/10", f"{mine.seconds:.2f} s against {other.seconds:.2f} s: {quicker:.3f}", quicker <= 1 / 10
        ),
        Finding(
            "memory, worker included, ≤ 1/4",
            f"{mine.megabytes:.0f} MB against {other.megabytes:.0f} MB: {lighter:.3f}",
            lighter <= 1 / 4,
        ),
        Finding("web process ≤ 100 MB", f"{mine.first_megabytes:.0f} MB", mine.first_megabytes <= 100),  # noqa: PLR2004
    ]


def compare_pages(ours: Client, theirs: Client, rounds: int, backend: str) -> list[Finding]:
    """Ask both for the newest runs, and for the best of those that a filter leaves."""
    questions, experiments = make_questions(ours), _find_experiments(theirs)
    newest = _ask_mlflow(experiments, "attributes.start_time DESC")
    best = _ask_mlflow(experiments, "metrics.accuracy DESC", FILTER)
    series = {
        "newest": Series(ours, questions.newest, OURS_EACH_ROUND),
        "newest, API": Series(ours, questions.newest_api, OURS_EACH_ROUND),
        "newest, MLflow": Series(theirs, newest, THEIRS_EACH_ROUND),
        "best": Series(ours, questions.best, OURS_EACH_ROUND),
        "best, API": Series(ours, questions.best_api, OURS_EACH_ROUND),
        "best, MLflow": Series(theirs, best, THEIRS_EACH_ROUND),
    }
    ask_in_turns(list(series.values()), rounds)
    first_views = time_first_views(ours)
    fresh = statistics.median(first_views)
    without = "" if questions.is_whole else " (filtered by family alone: no filter language yet)"
    return [
        *_compare("newest", "newest first", PROMISED.get((backend, "newest")), series),
        Finding(
            "newest first: a page that was not asked for before",
            f"{series['newest, MLflow'].median / fresh:.0f}×: {fresh:.2f} ms, n = {len(first_views)}",
        ),
        _find_same("newest first", ours, (questions.newest, questions.newest_api), theirs, newest),
        *_compare("best", f"sorted by a metric, filtered{without}", PROMISED.get((backend, "best")), series),
        *(
            [_find_same("sorted and filtered", ours, (questions.best, questions.best_api), theirs, best)]
            if questions.is_whole
            else []
        ),
    ]


def time_first_views(ours: Client) -> list[float]:
    """Milliseconds of pages that follow the first one, each asked for once, so that no kept answer is given."""
    found: list[float] = []
    following = ours.demand(make_questions(ours).newest_api).json()["next"]
    while following and len(found) < OURS_EACH_ROUND:
        found.append(ours.demand(Question(f"/runs?after={following}")).seconds * 1000)
        following = ours.demand(Question(f"/api/v1/runs?limit={PAGE}&after={following}")).json()["next"]
    return found


def make_questions(ours: Client) -> Questions:
    """Ask in the filter language, or without it where the server does not know it, which refuses no nonsense."""
    order = f"sort={quote('-metrics.accuracy')}"
    answers = [ours.ask(Question(f"/api/v1/runs?filter={quote(text)}")).status for text in (FILTER, ") nonsense (")]
    is_whole = answers == [200, 422]
    asked = f"{order}&filter={quote(FILTER)}" if is_whole else f"{order}&family=rf"
    return Questions(
        newest=Question("/runs"),
        newest_api=Question(f"/api/v1/runs?limit={PAGE}"),
        best=Question(f"/runs?{asked}"),
        best_api=Question(f"/api/v1/runs?limit={PAGE}&{asked}"),
        is_whole=is_whole,
    )


def measure_growth(ours: Mapping[int, Client], rounds: int) -> list[Finding]:
    """Ask for the same pages in every store."""
    findings = []
    for name in ("newest", "best"):
        series = {
            size: Series(client, getattr(make_questions(client), name), OURS_EACH_ROUND)
            for size, client in sorted(ours.items())
        }
        ask_in_turns(list(series.values()), rounds)
        growth = series[max(ours)].median / series[min(ours)].median
        told = "; ".join(f"{size:,} runs {each.median:.2f} ms" for size, each in series.items())
        findings.append(Finding(f"growth of the {name} page ≤ 1.5", f"{growth:.2f}: {told}", growth <= 1.5))  # noqa: PLR2004
    return findings


def measure_depth(ours: Client) -> list[Finding]:
    """Walk from page to page, and compare the last ones with the first."""
    times: list[float] = []
    after = ""
    while len(times) < DEEP + NEAR:
        answer = ours.demand(Question(f"/api/v1/runs?limit={PAGE}{after}"))
        times.append(answer.seconds * 1000)
        following = answer.json()["next"]
        if following is None:
            break
        after = f"&after={following}"
    first, last = statistics.median(times[1 : NEAR + 1]), statistics.median(times[-NEAR:])
    return [Finding(f"page {len(times):,} as quick as the first", f"{last:.2f} ms against {first:.2f} ms")]


def measure_projection(backend: Backend, url: str, rounds: int) -> list[Finding]:
    """Measure what keeping the history costs, on a store that nobody serves any more."""
    logging = time_logging(url, backend.copy(url), rounds)
    slower = logging.watched / logging.unwatched - 1
    seconds, counting = time_rebuild(url), time_counts(url)
    return [
        Finding(
            "logging ≤ 5 % slower",
            f"{slower:+.1%}: {logging.watched:.1f} ms against {logging.unwatched:.1f} ms a batch, n = {rounds} each",
            slower <= 0.05,  # noqa: PLR2004
        ),
        Finding("rebuild ≤ 20 s", f"{seconds:.1f} s", seconds <= 20),  # noqa: PLR2004
        Finding(
            "a filtered count ≤ 5 ms",
            f"with its page, first {counting.first:.1f} ms, again {counting.again:.1f} ms",
            counting.first <= 5,  # noqa: PLR2004
        ),
    ]


def _compare(name: str, said: str, least: int | None, series: Mapping[str, Series]) -> list[Finding]:
    theirs = series[f"{name}, MLflow"]
    ratio, of_api = (theirs.median / each.median for each in (series[name], series[f"{name}, API"]))
    promised = "" if least is None else f" ≥ {least}×"
    return [
        Finding(
            f"{said}: page{promised}",
            f"{ratio:.0f}×: {series[name]} against {theirs}",
            None if least is None else ratio >= least,
        ),
        Finding(
            f"{said}: API{promised}",
            f"{of_api:.0f}×: {series[f'{name}, API']}",
            None if least is None else of_api >= least,
        ),
    ]


def _find_same(said: str, ours: Client, mine: tuple[Question, ...], theirs: Client, other: Question) -> Finding:
    """Compare the runs themselves; their order may differ where values tie."""
    expected = sorted(read_run_ids(theirs.demand(other)))
    is_same = all(sorted(read_run_ids(ours.demand(question))) == expected for question in mine)
    return Finding(f"{said}: the same runs", f"{len(expected)} of MLflow's", is_same)


def _find_visible(times: list[float]) -> Finding:
    return Finding(
        "a logged run shows ≤ 1 s later",
        f"{statistics.median(times):.0f} ms, at the most {max(times):.0f} ms, n = {len(times)}",
        max(times) <= 1000,  # noqa: PLR2004
    )


def _ask_mlflow(experiments: list[str], order: str, condition: str = "") -> Question:
    """What MLflow's own page asks for a table of runs, which takes 100 of them; here as many as ours shows."""
    body = {"experiment_ids": experiments, "max_results": PAGE, "order_by": [order], "run_view_type": "ACTIVE_ONLY"}
    return Question("/api/2.0/mlflow/runs/search", body | ({"filter": condition} if condition else {}))


def _find_experiments(theirs: Client) -> list[str]:
    found = theirs.demand(Question("/api/2.0/mlflow/experiments/search?max_results=100")).json()
    return [experiment["experiment_id"] for experiment in found["experiments"]]


def _make_folder(folder: Path, name: str) -> Path:
    place = folder / name
    (place / "data").mkdir(parents=True)
    return place


@contextmanager
def _open_backend(name: str, folder: Path) -> Iterator[Backend]:
    if name == "sqlite":
        yield SqliteFolder(folder / "stores")
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL's programs are not installed: apt install postgresql")
    with run_cluster(programs) as cluster:
        yield cluster


if __name__ == "__main__":
    main()
