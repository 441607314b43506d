"""A whole file: read, coded, answered, kept and written, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ml.batch.answering import AnsweredPart, Answerer, name_sets
from ml.batch.coding import Coder
from ml.batch.opening import open_table
from ml.batch.problems import FileError, Problem, Problems, say_problem
from ml.batch.requests import BatchRequest, BatchResult
from ml.batch.results import name_apart, open_sink
from ml.batch.tables import Cells
from ml.results import Progress, Report, ignore_progress
from ml.serve.predictor import Predictor
from ml.spec.values import DatasetSpec

Keep = Callable[[int, AnsweredPart], str]
"""Writes the answers of part number … into a log before they are given, and returns the id of that entry."""


def keep_nothing(_number: int, _part: AnsweredPart) -> str:
    """For answers that no log is to hold."""
    return ""


def predict_table(
    request: BatchRequest,
    predictor: Predictor,
    spec: DatasetSpec,
    keep: Keep = keep_nothing,
    report: Report = ignore_progress,
) -> BatchResult:
    """Answer a file; the result is at its place when it is whole, and not at all otherwise.

    Raises
    ------
    ml.batch.problems.FileError
        Where it cannot be used as a whole.
    """
    if not (request.skip_bad or request.is_checked):
        found = find_problems(request.path, predictor, spec, report)
        if found.problem_count:
            return found
    partial = request.result.with_suffix(".part")
    try:
        done = _predict(request, partial, predictor, spec, keep, report)
        if done.is_written:
            partial.replace(request.result)
        return done
    finally:
        partial.unlink(missing_ok=True)


def find_problems(path: Path, predictor: Predictor, spec: DatasetSpec, report: Report = ignore_progress) -> BatchResult:
    """Look a whole file through without answering any of it."""
    table, rows, bad = open_table(path), 0, 0
    problems = Problems([], locate=table.locate)
    coder = Coder(table.header, predictor.columns, spec)
    for part in table.parts:
        bad += len(coder.code(part, rows + 1, problems).bad)
        rows += len(part)
        report(Progress("check", rows, max(rows, table.rows or 0)))
    return BatchResult(rows, rows - bad, tuple(problems.listed), problems.total, is_written=False)


def _predict(
    request: BatchRequest, partial: Path, predictor: Predictor, spec: DatasetSpec, keep: Keep, report: Report
) -> BatchResult:
    table = open_table(request.path)
    problems = Problems([], locate=table.locate)
    coder = Coder(table.header, predictor.columns, spec)
    answerer = Answerer(predictor, repeats_once=request.repeats_once)
    layout = Layout(table.header, predictor, request)
    sink = open_sink(partial, request.form, table.header, table.types, layout.added)
    rows = answered = 0
    counts = np.zeros(len(predictor.classes), dtype=np.int64)
    for number, part in enumerate(table.parts):
        report(Progress("predict", rows, max(table.rows or request.expected, rows, 1)))
        coded = coder.code(part, rows + 1, problems)
        if coded.bad and not request.skip_bad:
            break
        found = answerer.answer(coded, len(part))
        entry = keep(number, found) if found.good else ""
        sink.write(part, layout.lay_out(found, coded.bad, len(part), entry))
        rows, answered = rows + len(part), answered + len(found.good)
        counts += np.bincount(found.named[found.of_row], minlength=len(counts))
    is_written = not problems.total or request.skip_bad
    if is_written and not answered:
        raise FileError("no_good_rows")
    sink.close()
    return BatchResult(rows, answered, tuple(problems.listed), problems.total, is_written, tuple(counts.tolist()))


class Layout:
    """What is added to each row: the class, its chances, the set, by which version, and where the log has it."""

    def __init__(self, header: Sequence[str], predictor: Predictor, request: BatchRequest) -> None:
        wanted: list[tuple[str, type]] = [("prediction", str)]
        wanted += [(f"p.{name}", float) for name in predictor.classes]
        wanted += [("set", str)] if predictor.sets else []
        wanted += [("model_version", str), ("request_id", str), ("request_row", int)]
        wanted += [("problem", str)] if request.skip_bad else []
        self.added = tuple((name_apart(name, header), kind) for name, kind in wanted)
        self._classes, self._label, self._skips = predictor.classes, request.label, request.skip_bad
        self._nothing = (None,) * (1 + len(predictor.classes) + bool(predictor.sets))

    def lay_out(self, part: AnsweredPart, bad: Mapping[int, tuple[Problem, ...]], rows: int, entry: str) -> list[Cells]:
        """Return what is added to each row of a part."""
        heads = self._make_heads(part)
        end = (None,) if self._skips else ()
        named = entry or None
        if not bad:
            return [(*heads[place], named, i, *end) for i, place in enumerate(part.of_row.tolist(), 1)]
        added: list[Cells] = [()] * rows
        for i, (at, place) in enumerate(zip(part.good, part.of_row.tolist(), strict=True), 1):
            added[at] = (*heads[place], named, i, *end)
        for at, problems in bad.items():
            said = " ".join(say_problem(problem) for problem in problems)
            added[at] = (*self._nothing, self._label, None, None, said)
        return added

    def _make_heads(self, part: AnsweredPart) -> list[Cells]:
        named = [self._classes[place] for place in part.named.tolist()]
        sets = [] if part.sets is None else [["|".join(names) for names in name_sets(part.sets, self._classes)]]
        return list(zip(named, *part.shares.T.tolist(), *sets, [self._label] * len(named), strict=True))
