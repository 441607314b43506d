"""Model versions and their aliases. A version is made complete, in one call, after its run has finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode

from ml.rules import DEFAULT_RULE
from ml.track.runs import LoggedPipeline

CHAMPION = "champion"
CHALLENGER = "challenger"
CHOSEN_TAG = "proctor.challenger_chosen"
"""On a version that a person made the challenger."""
SILENT_TAG = "proctor.answers_nothing"
"""On a registered model whose champion a person retired without another."""


@dataclass(frozen=True)
class Registered:
    """A new version of a registered model and the aliases that it was given."""

    version: int
    aliases: tuple[str, ...]


def register_version(
    client: MlflowClient,
    name: str,
    run_id: str,
    logged: LoggedPipeline,
    tags: Mapping[str, str],
    *,
    is_baseline: bool,
    may_answer: bool = True,
) -> Registered:
    """Register a logged model under `name`, and point an alias at it.

    The first model that is no baseline becomes the champion, every later one the challenger; a baseline gets none.
    One that may not answer of itself, since its audit failed or its card lacks a part, becomes the challenger even
    where there is no champion. What a person decided stands: where nothing is to answer no champion comes of itself,
    and a challenger that somebody chose keeps its alias.
    The source is the model's place and not `models:/<id>`, which MLflow would look up in its global store.
    """
    _ensure_registered_model(client, name)
    made = client.create_model_version(name, logged.location, run_id=run_id, tags=dict(tags), model_id=logged.model_id)
    aliases = () if is_baseline else _free_aliases(client, name, may_answer=may_answer)
    for alias in aliases:
        client.set_registered_model_alias(name, alias, made.version)
    return Registered(int(made.version), aliases)


def find_champion(client: MlflowClient, name: str) -> tuple[str, str]:
    """Name the family and the decision rule of the champion of `name`; empty where there is none, or none was noted."""
    try:
        version = client.get_model_version_by_alias(name, CHAMPION)
        params = client.get_run(str(version.run_id)).data.params
    except MlflowException:
        return "", ""
    return str(version.tags.get("proctor.family", "")), str(params.get("rule", DEFAULT_RULE))


def _ensure_registered_model(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
            raise


def _free_aliases(client: MlflowClient, name: str, *, may_answer: bool) -> tuple[str, ...]:
    model = client.get_registered_model(name)
    if may_answer and CHAMPION not in model.aliases and SILENT_TAG not in model.tags:
        return (CHAMPION,)
    standing = model.aliases.get(CHALLENGER)
    is_chosen = standing is not None and CHOSEN_TAG in client.get_model_version(name, str(standing)).tags
    return () if is_chosen else (CHALLENGER,)
