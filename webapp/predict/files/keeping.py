"""The parts of a file in the log of predictions, a request each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ml.batch.answering import AnsweredPart, name_sets
from ml.serve.predictor import Predictor
from webapp.clock import now_ms
from webapp.jobs.queue import Job
from webapp.models.queries import ModelVersion
from webapp.predictions.log import KeyTakenError, PredictionLog
from webapp.predictions.values import AnsweredRequest, AnsweredRow, Channel, Key, make_request_id


@dataclass(frozen=True)
class Keeper:
    """Writes the parts of one job's file into the log.

    A part's id and key follow from the job and its number: an attempt that takes up a lost one's work finds what that
    had written, and no row is in the log twice.
    """

    log: PredictionLog
    job: Job
    version: ModelVersion
    predictor: Predictor
    left_out: frozenset[str]

    def keep(self, number: int, part: AnsweredPart) -> str:
        """Write a part; on return it is committed. Returns its request's id."""
        digest = hashlib.sha256(f"{self.job.id} {number}".encode()).hexdigest()
        request = self._make_request(make_request_id(self.job.created_at, int(digest, 16)), digest, part)
        with suppress(KeyTakenError):
            self.log.append(request)
        return request.id

    def _make_request(self, request_id: str, digest: str, part: AnsweredPart) -> AnsweredRequest:
        predictor, version = self.predictor, self.version
        names = tuple(column.name for column in predictor.columns)
        places = [place for place, name in enumerate(names) if name not in self.left_out]
        rows = _make_rows(part, predictor, places)
        return AnsweredRequest(
            id=request_id,
            made_at=now_ms(),
            model=version.name,
            version=version.version,
            run_id=version.run_id,
            channel=Channel.FILE,
            user_id=self.job.params.get("user_id"),
            latency_us=part.latency_us,
            rule=predictor.decision.rule,
            set_level=predictor.sets.level if predictor.sets else None,
            classes=predictor.classes,
            columns=tuple(names[place] for place in places),
            left_out=tuple(name for name in names if name in self.left_out),
            rows=tuple(rows[place] for place in part.of_row.tolist()),
            key=Key(digest, digest),
        )


def _make_rows(part: AnsweredPart, predictor: Predictor, places: list[int]) -> list[AnsweredRow]:
    """The distinct rows of a part, with the cells of the columns at `places`."""
    count, classes = len(part.named), predictor.classes
    columns = [predictor.columns[place].read_codes(part.cells[:, place].tolist()) for place in places]
    inputs = list(zip(*columns, strict=True)) if columns else [()] * count
    sets = [None] * count if part.sets is None else name_sets(part.sets, classes)
    shares, named = map(tuple, part.shares.tolist()), (classes[place] for place in part.named.tolist())
    return [AnsweredRow(*row) for row in zip(inputs, named, shares, sets, strict=True)]


def count_classes(classes: tuple[str, ...], counts: tuple[int, ...]) -> Mapping[str, int]:
    """How many rows were answered with each class."""
    return dict(zip(classes, counts, strict=True)) if counts else {}
