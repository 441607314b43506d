"""MLflow's own client and this site see the same registry, whoever of them changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import _validate_model_alias_name, _validate_model_alias_name_reserved
from sqlalchemy import select, update

from ml.track.runs import open_client
from tests.builders.pages import find_faults
from tests.builders.stores import environment, mlflow_command, run
from tests.functional.conftest import RUNS
from webapp.models.actions import Signed, delete_version, promote_version, retire_version, set_alias
from webapp.models.former import NAMES_TAG
from webapp.models.history import find_last_change, list_decisions, list_last_changes
from webapp.models.listing import find_model
from webapp.models.stages import find_alias_fault
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

NAME = "student_performance"
HOME = f"/models/{NAME}"
SIGNED = Signed("ada", "looked at it for a week", 10)


@pytest.fixture
def theirs(settings: Settings, store: Store) -> MlflowClient:
    assert store
    return open_client(settings)


def read_version_row(store: Store, version: int) -> dict[str, Any]:
    table = mlflow.model_versions
    with store.read() as conn:
        row = conn.execute(select(table).where(table.c.version == version)).one()._asdict()
    return {key: value for key, value in row.items() if key not in {"version", "creation_time", "last_updated_time"}}


def test_what_is_decided_here_mlflow_sees(theirs: MlflowClient, store: Store, settings: Settings) -> None:
    promote_version(store, NAME, 2, SIGNED, settings.artifact_roots)
    set_alias(store, NAME, 1, "blue", SIGNED)
    assert theirs.get_model_version_by_alias(NAME, "champion").version == 2
    assert theirs.get_registered_model(NAME).aliases == {"champion": 2, "blue": 1}
    retire_version(store, NAME, 1, SIGNED)
    assert theirs.get_registered_model(NAME).aliases == {"champion": 2}
    assert '"by": "ada"' in theirs.get_model_version(NAME, "1").tags["proctor.retired"]


def test_what_mlflow_decides_is_seen_at_once(theirs: MlflowClient, client: FlaskClient) -> None:
    assert "Version 1 answers today" in client.get(HOME).text
    theirs.set_registered_model_alias(NAME, "champion", "2")
    theirs.update_registered_model(NAME, "written elsewhere")
    with pytest.warns(FutureWarning, match="stages"):
        theirs.transition_model_version_stage(NAME, "1", "Archived")
    page = client.get(HOME).text
    assert "Version 2 answers today" in page
    assert "written elsewhere" in page
    assert "MLflow’s stage: Archived" in page
    assert "/models?version=2" in client.get("/predict").text


def test_a_champion_made_by_other_means_is_called_so(
    theirs: MlflowClient, client: FlaskClient, store: Store, settings: Settings
) -> None:
    promote_version(store, NAME, 2, SIGNED, settings.artifact_roots)
    theirs.set_registered_model_alias(NAME, "champion", "1")
    assert "made champion by other means than this site" in client.get(HOME).text


def test_a_deletion_leaves_the_rows_that_mlflow_leaves(theirs: MlflowClient, client: FlaskClient, store: Store) -> None:
    for version in (3, 4):
        theirs.create_model_version(NAME, "s3://somewhere", run_id=RUNS[1], description="once", tags={"a": "b"})
        theirs.set_registered_model_alias(NAME, f"blue-{version}", str(version))
    with store.write() as conn:
        conn.execute(
            update(mlflow.model_versions).values(user_id="bob", status_message="slow", run_link="https://else")
        )
    theirs.delete_model_version(NAME, "4")
    delete_version(store, NAME, 3, SIGNED, typed="v3")
    assert read_version_row(store, 3) == read_version_row(store, 4)
    assert theirs.get_registered_model(NAME).aliases == {"champion": 1}
    with pytest.raises(MlflowException, match="not found"):
        theirs.get_model_version(NAME, "3")
    gone = client.get(f"{HOME}/4")
    assert gone.status_code == 410
    assert "By other means than this site" in gone.text
    assert theirs.create_model_version(NAME, "s3://somewhere").version == 5


def test_a_renamed_model_is_missed_by_its_name(
    theirs: MlflowClient, client: FlaskClient, store: Store, settings: Settings
) -> None:
    promote_version(store, NAME, 2, SIGNED, settings.artifact_roots)
    theirs.rename_registered_model(NAME, "another name")
    page = client.get(HOME).text
    assert "No model answers yet" in page
    assert "renamed by other means" in page
    assert "called another name since" in page
    moved = client.get("/models/another name").text
    assert "of another dataset" in moved
    assert find_faults(page) == find_faults(moved) == []


def test_what_was_decided_under_a_former_name_is_told_under_the_new_one(
    theirs: MlflowClient, client: FlaskClient, store: Store, settings: Settings
) -> None:
    made = theirs.get_registered_model(NAME).creation_timestamp
    signed = [replace(SIGNED, user=user, now=made + now) for user, now in (("eve", 1), ("bob", 5), ("lea", 9))]
    promote_version(store, NAME, 2, signed[0], settings.artifact_roots)
    theirs.rename_registered_model(NAME, "another name")
    theirs.create_registered_model(NAME)  # which is another model, whatever it is called
    theirs.create_model_version(NAME, "s3://somewhere")
    set_alias(store, NAME, 1, "blue", signed[1])
    retire_version(store, "another name", 1, signed[2])
    with store.read() as conn:
        renamed = find_model(conn, "another name")
        assert renamed
        decisions = list_decisions(conn, renamed)
        assert find_last_change(list_last_changes(conn), renamed) == decisions[0]
    assert [(item.user_name, item.action, item.version) for item in decisions] == [
        ("lea", "retire", 1), ("eve", "promote", 2),
    ]  # fmt: skip
    page = client.get("/models/another name").text
    assert f"It was called {NAME} before" in page
    assert "eve</b> promoted version 2" in page
    assert "eve</b> promoted version 2" in client.get("/models/another name/2").text


def test_former_names_that_others_wrote_are_read_with_care(
    theirs: MlflowClient, client: FlaskClient, store: Store, settings: Settings
) -> None:
    promote_version(store, NAME, 2, SIGNED, settings.artifact_roots)
    theirs.rename_registered_model(NAME, "another name")
    with store.write() as conn:
        conn.execute(
            update(mlflow.registered_model_tags)
            .where(mlflow.registered_model_tags.c.key == NAMES_TAG)
            .values(value='{"": 1, "x": "y", "z": -1, "two": [], "\\u0000": 3}')
        )
    page = client.get("/models/another name")
    assert page.status_code == 200
    assert "It was called" not in page.text


def test_a_deleted_run_is_said_to_be_archived(theirs: MlflowClient, client: FlaskClient) -> None:
    theirs.delete_run(RUNS[0])
    for path in ("/models", f"{HOME}/1"):
        page = client.get(path).text
        assert "is archived. It can be restored" in page
        assert find_faults(page) == []
    assert "Champion" in client.get("/models/1/card").text


@pytest.mark.slow  # MLflow's client, in a process of its own
def test_a_run_that_was_swept_away_is_said_to_be_gone(
    theirs: MlflowClient, client: FlaskClient, settings: Settings
) -> None:
    url = settings.database_url
    theirs.delete_run(RUNS[0])
    sweep = mlflow_command("gc", "--backend-store-uri", url, "--tracking-uri", url, "--run-ids", RUNS[0])
    assert run(sweep, environment(url)).returncode == 0
    page = client.get("/models").text
    assert f"Its run ({RUNS[0][:8]}) was deleted for good" in page
    assert "The champion’s file is not on this machine" in page
    assert [client.get(path).status_code for path in (f"{HOME}/1", "/", "/predict", "/models/1/card")] == [200] * 4


@pytest.mark.parametrize(
    "alias",
    ["blue", "a-b_c", "ñandú", "\u0661", "latest", "LATEST", "v1", "V12", "v\u0661", "va", "a b", "", "é" * 256],
)
def test_aliases_are_refused_as_mlflow_refuses_them(alias: str) -> None:
    def is_refused_there() -> bool:
        try:
            _validate_model_alias_name(alias)
            _validate_model_alias_name_reserved(alias)
        except MlflowException:
            return True
        return False

    assert bool(find_alias_fault(alias)) == is_refused_there()
