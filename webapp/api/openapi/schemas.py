"""The schemas of what the API takes and answers."""

from __future__ import annotations

from typing import Any

from webapp.api.explanations import MOST_ROWS as MOST_EXPLAINED
from webapp.api.openapi.pieces import (
    INTEGER,
    NUMBER,
    SHARE,
    SWITCH,
    TEXT,
    TEXTS,
    TIME,
    Schema,
    by_name,
    listing,
    or_null,
    record,
    ref,
    words,
)
from webapp.api.openapi.values import describe_values
from webapp.api.predictions import MOST_ROWS
from webapp.scoring.frames import FORMATS

METRIC: Schema = {
    "anyOf": [NUMBER, words("NaN", "Infinity", "-Infinity")],
    "description": "JSON has no number for the last three: they are words, as in MLflow's own API.",
}
NEXT: Schema = or_null(TEXT) | {"description": "`after` of the next page; null on the last one."}


def make_schemas(row: Schema, classes: tuple[str, ...]) -> dict[str, Schema]:
    """Make all schemas by name; `row` and `classes` are of the version that answers."""
    a_class = words(*classes) if classes else TEXT
    return describe_values() | _errors() | _predicting(row, a_class) | _explaining() | _scoring() | _served() | _past()


def _errors() -> dict[str, Schema]:
    where = {"pointer": TEXT, "detail": TEXT, "reason": TEXT, "allowed": listing(or_null(TEXT))}
    problem = record(
        {
            "type": TEXT,
            "title": TEXT,
            "status": INTEGER,
            "detail": TEXT,
            "errors": listing(record(where, optional=("reason", "allowed"))),
        },
        "What went wrong, as RFC 9457 has it; `errors` point at the row and the column. Some kinds have more members.",
        optional=("errors",),
    )
    refusal = record({"error_code": TEXT, "message": TEXT}, "What went wrong, as MLflow's clients expect it.")
    return {"Problem": problem | {"additionalProperties": True}, "ScoringProblem": refusal}


def _predicting(row: Schema, a_class: Schema) -> dict[str, Schema]:
    request = record(
        {
            "rows": listing(ref("Row"), minItems=1, maxItems=MOST_ROWS),
            "explain": SWITCH | {"default": False, "description": f"Of {MOST_EXPLAINED} rows at most."},
            "change_sensitive": SWITCH
            | {"default": False, "description": "Whether the smallest changes may be of sensitive columns."},
        },
        optional=("explain", "change_sensitive"),
    )
    prediction = record(
        {
            "row": INTEGER | {"minimum": 1},
            "class": TEXT,
            "probabilities": by_name(SHARE, "Of every class, in the order of the classes."),
            "set": or_null(listing(TEXT))
            | {"description": "In a share `set_level` of answers the true class is among these."},
            "explanation": or_null(ref("Explanation")),
        },
        optional=("explanation",),
    )
    answer = record(
        {
            "request_id": TEXT | {"pattern": "^[0-9a-f]{32}$", "description": "Under which the answer is in the log."},
            "model": TEXT,
            "model_version": INTEGER,
            "set_level": or_null(SHARE),
            "rule": TEXT | {"description": "By which the class is chosen from the probabilities."},
            "latency_us": INTEGER | {"description": "What predicting took, in microseconds."},
            "predictions": listing(ref("Prediction")),
        }
    )
    return {
        "Row": row,
        "PredictionRequest": request | {"additionalProperties": False},
        "Prediction": prediction,
        "PredictionAnswer": answer,
        "TruthRequest": record({"truth": or_null(a_class)}) | {"additionalProperties": False},
        "Truth": record({"request_id": TEXT, "row": INTEGER, "truth": or_null(TEXT), "at": TIME}),
    }


def _explaining() -> dict[str, Schema]:
    by_class = by_name(NUMBER)
    by_column = by_name(by_class)
    cell: Schema = {"type": ["string", "number"]}
    change = record({"column": TEXT, "value": cell, "class": TEXT, "probabilities": by_name(SHARE)})
    way = record({"changes": by_name(cell), "probability": SHARE})
    reach = record(
        {"found": INTEGER, "ways": listing(way)}, "The fewest changes to a class; the likeliest ways of all."
    )
    search = record({"most_changed": INTEGER, "is_exhaustive": SWITCH, "classes": by_name(reach)})
    counted = record({"count": INTEGER, "share": SHARE, "low": SHARE, "high": SHARE})
    everybody = record({"rows": INTEGER, "classes": by_name(counted)})
    group = record({"distance": NUMBER, "rows": INTEGER, "classes": by_name(counted)})
    alike = record({"groups": listing(group), "everybody": everybody, "is_sample": SWITCH})
    explanation = record(
        {
            "base": or_null(by_class)
            | {"description": "The mean probabilities of the rows that the model learnt from."},
            "contributions": or_null(by_column) | {"description": "Column → class → what it adds to its probability."},
            "errors": or_null(by_column) | {"description": "Their standard errors; null where they are exact."},
            "what_if": listing(change),
            "smallest_changes": search,
            "alike": or_null(alike) | {"description": "What became of rows like this one, within a distance."},
        }
    )
    return {"Explanation": explanation}


def _scoring() -> dict[str, Schema]:
    """MLflow's protocol; its rows are those of `Row`, in four spellings, and may have more columns."""
    rows = listing(ref("Row"), minItems=1, maxItems=MOST_ROWS)
    split = record(
        {"columns": listing(TEXT), "data": listing({"type": "array"}), "index": {"type": "array"}}, optional=("index",)
    )
    spelt = dict(zip(FORMATS, (split, rows, rows, {"type": ["object", "array"]}), strict=True))
    request: Schema = {
        "type": "object",
        "description": "Exactly one of these, as MLflow spells a table.",
        "oneOf": [{"required": [name], "properties": {name: schema}} for name, schema in spelt.items()],
    }
    return {"ScoringRequest": request, "ScoringAnswer": record({"predictions": listing(TEXT)})}


def _served() -> dict[str, Schema]:
    figure = record(
        {
            "metric": TEXT,
            "better": words("higher", "lower"),
            "value": or_null(NUMBER),
            "low": or_null(NUMBER),
            "high": or_null(NUMBER),
            "prior": or_null(NUMBER),
            "single_column": or_null(NUMBER),
        },
        "A mean over folds, its 95 % interval, and what guessing the class prior and the best single column get.",
    )
    evaluation = record(
        {
            "rows": INTEGER,
            "folds": INTEGER,
            "repeats": INTEGER,
            "single_column": TEXT,
            "figures": listing(ref("Figure")),
        }
    )
    model = record(
        {
            "name": TEXT,
            "version": INTEGER,
            "url": TEXT,
            "family": or_null(TEXT),
            "since": or_null(TIME),
            "created_at": or_null(TIME),
            "is_fallback": SWITCH,
            "classes": listing(TEXT),
            "rule": TEXT,
            "set_level": or_null(SHARE),
            "run": or_null(record({"id": TEXT, "url": TEXT})),
            "evaluation": or_null(evaluation),
            "audit": record({"verdict": or_null(TEXT), "url": or_null(TEXT)}),
            "card": record({"url": TEXT, "missing": or_null(listing(TEXT))}),
            "notice": TEXT | {"description": "What a prediction may be used for."},
        }
    )
    return {"Figure": figure, "ServedModel": model}


def _past() -> dict[str, Schema]:
    return _runs() | _models() | _experiments()


def _runs() -> dict[str, Schema]:
    summary: dict[str, Schema] = {
        "id": TEXT,
        "name": or_null(TEXT),
        "status": or_null(TEXT),
        "family": or_null(TEXT),
        "dataset": or_null(TEXT),
        "dataset_sha256": or_null(TEXT),
        "is_stand_in": or_null(SWITCH),
        "user": or_null(TEXT),
        "started_at": or_null(TIME),
        "finished_at": or_null(TIME),
        "duration": or_null(INTEGER) | {"description": "Milliseconds."},
        "metrics": by_name(METRIC),
    }
    details: dict[str, Schema] = {
        "params": TEXTS,
        "tags": TEXTS,
        "versions": listing(record({"name": TEXT, "version": INTEGER})),
        "artifacts": listing(record({"path": TEXT, "bytes": INTEGER})),
        "evaluation": or_null(ref("Evaluation")),
        "audit": or_null(ref("AuditReport")),
    }
    return {
        "RunSummary": record(summary),
        "Runs": record({"runs": listing(ref("RunSummary")), "total": INTEGER, "next": NEXT}),
        "Run": record(summary | details),
    }


def _models() -> dict[str, Schema]:
    model: dict[str, Schema] = {
        "name": TEXT,
        "url": TEXT,
        "answers_here": SWITCH,
        "description": or_null(TEXT),
        "created_at": or_null(TIME),
        "updated_at": or_null(TIME),
        "versions_count": INTEGER,
        "newest": or_null(INTEGER),
        "champion": or_null(INTEGER),
        "aliases": by_name(INTEGER),
        "tags": TEXTS,
    }
    version: dict[str, Schema] = {
        "name": TEXT,
        "version": INTEGER,
        "url": TEXT,
        "stage": TEXT,
        "aliases": listing(TEXT),
        "retired": or_null(record({"at": TIME, "by": TEXT, "why": TEXT})),
        "family": or_null(TEXT),
        "audit": or_null(TEXT),
        "card_missing": or_null(listing(TEXT)),
        "can_be_served": SWITCH,
        "run": record({"id": or_null(TEXT), "state": TEXT, "experiment": or_null(TEXT)}),
        "created_at": or_null(TIME),
        "updated_at": or_null(TIME),
        "user": or_null(TEXT),
        "description": or_null(TEXT),
        "status": or_null(TEXT),
        "mlflow_stage": or_null(TEXT),
        "source": or_null(TEXT),
        "tags": TEXTS,
    }
    decision = record(
        {
            "at": TIME,
            "user": TEXT,
            "action": TEXT,
            "version": or_null(INTEGER),
            "alias": or_null(TEXT),
            "reason": or_null(TEXT),
        }
    )
    decisions = listing(ref("Decision"))
    paged: dict[str, Schema] = {
        "versions": listing(ref("VersionSummary")),
        "next": or_null(INTEGER) | {"description": "`below` of the next page; null on the last one."},
        "decisions": decisions,
    }
    return {
        "ModelSummary": record(model),
        "Models": record({"models": listing(ref("ModelSummary")), "total": INTEGER, "next": NEXT}),
        "Model": record(model | paged),
        "VersionSummary": record(version),
        "Version": record(version | {"decisions": decisions}),
        "Decision": decision,
    }


def _experiments() -> dict[str, Schema]:
    company: dict[str, Schema] = {
        name: or_null(NUMBER) for name in ("low", "high", "prior", "single_column")
    }  # what stands beside a score
    value = {"value": or_null(NUMBER)}
    axis: dict[str, Schema] = {"metric": TEXT, "better": words("higher", "lower")}
    counts: dict[str, Any] = dict.fromkeys(("runs", "runs_not_logged", "runs_not_finite", "runs_undated"), INTEGER)
    run: dict[str, Schema] = {"run_id": TEXT, "name": or_null(TEXT)}
    best_run = record({"run_id": TEXT, "metric": TEXT} | value | company)
    summary = record(
        {
            "id": TEXT,
            "name": TEXT,
            "is_archived": SWITCH,
            "runs": INTEGER,
            "archived_runs": INTEGER,
            "running": INTEGER,
            "last_start": or_null(TIME),
            "best": or_null(best_run),
        }
    )
    record_run = record(run | {"started_at": or_null(TIME)} | value | company)
    member = record(run | {"x": record(value | company), "y": record(value | company)})
    bar = record({"first": TEXT, "last": TEXT, "runs": INTEGER, "states": by_name(INTEGER)})
    experiment = record(
        {
            "id": TEXT,
            "name": TEXT,
            "is_archived": SWITCH,
            "tags": TEXTS,
            "runs": INTEGER,
            "archived_runs": INTEGER,
            "states": by_name(INTEGER),
            "first_start": or_null(TIME),
            "last_start": or_null(TIME),
            "metrics": listing(TEXT),
            "best": or_null(record(axis | counts | {"best_so_far": listing(record_run)})),
            "front": or_null(record(counts | {"x": record(axis), "y": record(axis), "front": listing(member)})),
            "activity": or_null(record({"unit": TEXT, "runs_outside": INTEGER, "bars": listing(bar)})),
        }
    )
    return {
        "ExperimentSummary": summary,
        "Experiments": record({"experiments": listing(ref("ExperimentSummary")), "total": INTEGER}),
        "Experiment": experiment,
    }
