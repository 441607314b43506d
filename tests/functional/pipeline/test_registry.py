"""Which alias a new version gets: none that makes it answer where its audit failed."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient

from ml.settings import Settings
from ml.track.registry import Registered, register_version
from ml.track.runs import LoggedPipeline, open_client, open_experiment, running

pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

NAME = "pumps"


@pytest.fixture
def client(settings: Settings) -> MlflowClient:
    return open_client(settings)


def register(client: MlflowClient, settings: Settings, *, is_baseline: bool = False, may_answer: bool) -> Registered:
    experiment = open_experiment(client, NAME, settings.artifact_root)
    with running(client, experiment, "a-run", {}) as run:
        made = client.create_logged_model(experiment, "model", source_run_id=run.run_id)
    logged = LoggedPipeline(made.model_id, made.artifact_location)
    return register_version(client, NAME, run.run_id, logged, {}, is_baseline=is_baseline, may_answer=may_answer)


def test_a_first_version_whose_audit_failed_does_not_answer(client: MlflowClient, settings: Settings) -> None:
    assert register(client, settings, may_answer=False).aliases == ("challenger",)
    assert "champion" not in client.get_registered_model(NAME).aliases


def test_the_first_that_did_not_fail_answers(client: MlflowClient, settings: Settings) -> None:
    register(client, settings, may_answer=False)
    assert register(client, settings, may_answer=True).aliases == ("champion",)
    assert register(client, settings, may_answer=True).aliases == ("challenger",)
    assert client.get_registered_model(NAME).aliases == {"champion": 2, "challenger": 3}


def test_a_baseline_gets_no_alias_whatever_its_audit(client: MlflowClient, settings: Settings) -> None:
    assert register(client, settings, is_baseline=True, may_answer=False).aliases == ()
