"""A training on columns that hold the target: it is logged and registered, and does not answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from ml.pipeline import train
from ml.results import TrainingRequest
from ml.settings import Settings
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
    pytest.mark.timeout(300),
]

NAME = "pump_condition"


@pytest.fixture
def leaking(store_url: str, tmp_path: Path) -> Settings:
    """Pumps whose shift was written down after they had failed."""
    rows = pump_rows(200)
    rows["operator"] = np.where(rows["condition"] == "failing", "night", "day")
    rows.to_csv(tmp_path / "pumps.csv", index=False)
    return Settings(
        database_url=store_url, artifact_root=tmp_path / "models", data_dir=tmp_path / "data",
        reports_dir=tmp_path / "reports", spec_path=SECOND_SPEC_PATH, raw_data=tmp_path / "pumps.csv",
    )  # fmt: skip


def test_a_model_whose_audit_failed_is_tagged_so_and_does_not_answer(leaking: Settings) -> None:
    result = train(leaking, TrainingRequest("logistic_regression", folds=3, repeats=2))
    client = MlflowClient(tracking_uri=leaking.database_url, registry_uri=leaking.database_url)
    assert result.evaluation.metrics["accuracy"].mean > 0.95
    assert (result.version, result.aliases) == (1, ("challenger",))
    assert client.get_run(result.run_id).data.tags["proctor.audit"] == "cheat"
    assert client.get_model_version(NAME, "1").tags["proctor.audit"] == "cheat"
    assert "champion" not in client.get_registered_model(NAME).aliases
