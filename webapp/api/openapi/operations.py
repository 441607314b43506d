"""What each operation takes and answers. Its address, its words and its scope come from the route itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.api.openapi.pieces import INTEGER, TEXT, Schema, ref, words
from webapp.languages import CODES
from webapp.predictions.keys import LONGEST_KEY

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """`query` and `headers` are optional parameters; `body` and `answer` schemas by media type.

    `refusals` are the statuses that a caller should know of, beside those that every operation may have.
    """

    answer: Mapping[str, Schema]
    query: Mapping[str, Schema] | None = None
    headers: Mapping[str, Schema] | None = None
    body: Mapping[str, Schema] | None = None
    refusals: tuple[int, ...] = ()
    problem: str = "Problem"


def _json(name: str) -> Mapping[str, Schema]:
    return {JSON: ref(name)}


LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200}
LANGUAGE: Schema = words(*CODES) | {"default": "en"}
FROM_ONE: Schema = {"type": "integer", "minimum": 1}
BETTER = words("higher", "lower")
KEY: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_KEY,
    "pattern": "^[ -~]+$",
    "description": "The same request sent again under the same key gets the answer that it got before.",
}
FILTERS: Mapping[str, Schema] = {
    "q": TEXT | {"description": "A part of the run's name, id or user."},
    "family": TEXT,
    "state": TEXT | {"description": "`FINISHED`, `RUNNING`, `FAILED`, …"},
    "filter": TEXT | {"description": 'Such as `metrics.accuracy > 0.5 and params.model = "rf"`.'},
}
AXES: Mapping[str, Schema] = {
    "metric": TEXT,
    "better": BETTER,
    "x": TEXT,
    "x_better": BETTER,
    "y": TEXT,
    "y_better": BETTER,
    "unit": words("day", "week", "month"),
    "until": {"type": "string", "format": "date"},
}

OPERATIONS: Mapping[str, Operation] = {
    "api_predictions.predict": Operation(
        _json("PredictionAnswer"),
        headers={"Idempotency-Key": KEY},
        body=_json("PredictionRequest"),
        refusals=(400, 409, 413, 415, 422, 429, 503),
    ),
    "api_truths.put_truth": Operation(_json("Truth"), body=_json("TruthRequest"), refusals=(400, 404, 413, 415, 422)),
    "api_served.model": Operation(_json("ServedModel"), query={"language": LANGUAGE}, refusals=(400, 404)),
    "api_served.schema": Operation(
        {JSON: {"type": "object", "description": "A JSON Schema, draft 2020-12."}},
        query={"language": LANGUAGE},
        refusals=(400, 404),
    ),
    "api_models.index": Operation(_json("Models"), query={"after": TEXT}, refusals=(400,)),
    "api_models.show": Operation(
        _json("Model"), query={"below": FROM_ONE, "limit": LIMIT | {"default": 50}}, refusals=(400, 404)
    ),
    "api_models.version": Operation(_json("Version"), refusals=(404, 410)),
    "api_runs.list_runs": Operation(
        _json("Runs"),
        query={
            **FILTERS,
            "sort": TEXT | {"default": "-started_at", "description": "A column; `-` before it for descending."},
            "limit": LIMIT | {"default": 25},
            "after": TEXT | {"description": "`next` of the page before."},
        },
        refusals=(400, 422),
    ),
    "api_runs.show_run": Operation(_json("Run"), refusals=(404,)),
    "api_experiments.list_all": Operation(_json("Experiments")),
    "api_experiments.show": Operation(_json("Experiment"), query=AXES, refusals=(400, 404)),
    "api_jobs.show_job": Operation(_json("Job"), refusals=(404,)),
    "openapi.document": Operation({JSON: {"type": "object", "description": "An OpenAPI 3.1 document."}}),
    "scoring.invoke": Operation(
        _json("ScoringAnswer"),
        headers={"Idempotency-Key": KEY},
        body={JSON: ref("ScoringRequest"), "text/csv": TEXT},
        refusals=(400, 409, 413, 415, 429, 503),
        problem="ScoringProblem",
    ),
    "scoring.ping": Operation({JSON: {}}, refusals=(404,)),
    "scoring.version": Operation({"text/plain": TEXT}),
}
ROW_NUMBER = INTEGER | {"minimum": 0}
