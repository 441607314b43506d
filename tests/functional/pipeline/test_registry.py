"""Which alias a new version gets: none that makes it answer where its audit failed."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient

from ml.settings import Settings
from ml.track import registry
from ml.track.registry import CHOSEN_TAG, SILENT_TAG, Registered, register_version
from ml.track.runs import LoggedPipeline, open_client, open_experiment, running
from webapp.models import stages

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


def test_where_a_person_decided_that_nothing_answers_no_training_does(client: MlflowClient, settings: Settings) -> None:
    register(client, settings, may_answer=True)
    client.delete_registered_model_alias(NAME, "champion")
    client.set_registered_model_tag(NAME, SILENT_TAG, "{}")
    assert register(client, settings, may_answer=True).aliases == ("challenger",)


def test_a_challenger_that_a_person_chose_keeps_its_alias(client: MlflowClient, settings: Settings) -> None:
    for _ in range(2):
        register(client, settings, may_answer=True)
    client.set_model_version_tag(NAME, "2", CHOSEN_TAG, "{}")
    assert register(client, settings, may_answer=True).aliases == ()
    assert client.get_registered_model(NAME).aliases == {"champion": 1, "challenger": 2}


def test_the_site_writes_the_tags_that_a_training_reads() -> None:
    assert (registry.CHOSEN_TAG, registry.SILENT_TAG) == (stages.CHOSEN_TAG, stages.SILENT_TAG)
