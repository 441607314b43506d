"""The one way to an answer: predicted, written into the log, and only then given. Every channel goes through here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app

from ml.serve.contract import Row
from webapp.accounts import current_user
from webapp.champion import Champion
from webapp.clock import now_ms
from webapp.predictions.keys import KeyInFlightError, KeysInFlight, OtherBodyError
from webapp.predictions.log import KeyTakenError, PredictionLog
from webapp.predictions.queries import find_by_key
from webapp.predictions.values import AnsweredRequest, AnsweredRow, Channel, Key, make_request_id
from webapp.store.session import Store, end_reading


class NobodyAnswersError(Exception):
    """There is no champion."""


@dataclass(frozen=True)
class Asker:
    """Who asks, by the id of their account if they have one, and by what door."""

    channel: Channel
    user_id: int | None = None


@dataclass(frozen=True)
class Answered:
    """An answer that is in the log; `is_repeated` where it was there before, under the same key."""

    request: AnsweredRequest
    is_repeated: bool = False


@dataclass(frozen=True)
class Answering:
    """A process's way to answers. The inputs of columns `left_out` are not written into the log."""

    store: Store
    left_out: frozenset[str]
    log: PredictionLog
    keys: KeysInFlight = field(default_factory=KeysInFlight)

    def answer(
        self, champion: Champion | None, rows: Sequence[Row], asker: Asker, now: int, key: Key | None = None
    ) -> Answered:
        """Answer rows; on return the answers are in the log. What was answered under `key` before is given again.

        Raises
        ------
        ml.serve.contract.RowError
            For the first row and column that the champion cannot take; nothing is logged then.
        NobodyAnswersError
            Where there is no champion.
        webapp.predictions.log.NotLoggedError
            Where the log did not take it, so that there is no answer either.
        webapp.predictions.keys.KeyInFlightError, webapp.predictions.keys.OtherBodyError
            For a key that is being answered, or that was used with another body.
        """
        with self.keys.hold(key):
            if key and (repeated := self._find_kept(key)):
                return repeated
            if champion is None:
                raise NobodyAnswersError
            request = predict(champion, rows, asker, now, left_out=self.left_out, key=key)
            try:
                self.log.append(request)
            except KeyTakenError:
                repeated = self._find_kept(key) if key else None
                if repeated is None:  # erased at this very moment
                    raise KeyInFlightError from None
                return repeated
            return Answered(request)

    def _find_kept(self, key: Key) -> Answered | None:
        with self.store.read() as conn:
            kept = find_by_key(conn, key.key_hash)
        if kept is None:
            return None
        if kept.key is None or kept.key.body_hash != key.body_hash:
            raise OtherBodyError
        return Answered(kept, is_repeated=True)


def init_app(app: Flask) -> None:
    """Give the app its way to answers."""
    store, settings, spec = (app.extensions[f"proctor_{name}"] for name in ("store", "settings", "spec"))
    app.extensions["proctor_answering"] = make_answering(
        store, frozenset() if settings.log_sensitive else frozenset(spec.sensitive_names)
    )


def make_answering(store: Store, left_out: frozenset[str]) -> Answering:
    """Make a process's way to answers; it takes one a process for requests to share their commits."""
    return Answering(store, left_out, PredictionLog(store))


def current_answering() -> Answering:
    """The way to answers of the app that is serving."""
    answering: Answering = current_app.extensions["proctor_answering"]
    return answering


def answer_caller(champion: Champion | None, rows: Sequence[Row], channel: Channel, key: Key | None = None) -> Answered:
    """Answer whoever sent the request that is being served; raises what `Answering.answer` does.

    What this request has read so far it must not hold on to: under a reader SQLite cannot begin its write-ahead log
    anew, so that it would grow with every answer, and each commit would try again to copy it back.
    """
    user = current_user()
    end_reading()
    return current_answering().answer(champion, rows, Asker(channel, user.id if user else None), now_ms(), key)


def predict(
    champion: Champion,
    rows: Sequence[Row],
    asker: Asker,
    now: int,
    *,
    left_out: frozenset[str] = frozenset(),
    key: Key | None = None,
) -> AnsweredRequest:
    """Predict rows with one version; the answer is in no log yet and must not be given."""
    predictor, version = champion.predictor, champion.version
    began = time.perf_counter_ns()
    probabilities = predictor.predict(rows)
    answers, shares = predictor.decide(probabilities), probabilities.tolist()
    latency_us = (time.perf_counter_ns() - began) // 1000
    classes, sets = predictor.classes, predictor.sets
    names = tuple(column.name for column in predictor.columns)
    kept = tuple(name for name in names if name not in left_out)
    return AnsweredRequest(
        id=make_request_id(now),
        made_at=now,
        model=version.name,
        version=version.version,
        run_id=version.run_id,
        channel=asker.channel,
        user_id=asker.user_id,
        latency_us=latency_us,
        rule=predictor.decision.rule,
        set_level=sets.level if sets else None,
        classes=classes,
        columns=kept,
        left_out=tuple(name for name in names if name in left_out),
        rows=tuple(
            AnsweredRow(
                inputs=tuple(row[name] for name in kept),
                answer=answer,
                shares=tuple(chances),
                set=tuple(classes[place] for place in sets.choose(chances)) if sets else None,
            )
            for row, answer, chances in zip(rows, answers, shares, strict=True)
        ),
        key=key,
    )
