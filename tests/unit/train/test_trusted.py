"""A model is kept without pickles: what skops may load is listed, and is enough for every family."""

from __future__ import annotations

import numpy as np
import pytest
from skops import io

from ml.train import FAMILIES, fit_family
from ml.train.trusted import TRUSTED_TYPES
from tests.builders.models import mixed_spec, mixed_table


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_saved_and_loaded_by_what_is_trusted(name: str) -> None:
    spec = mixed_spec()
    table = mixed_table(spec, rows=120)
    features = table[list(spec.feature_names)]
    pipeline = fit_family(FAMILIES[name], table, spec, seed=3)
    loaded = io.loads(io.dumps(pipeline), trusted=list(TRUSTED_TYPES))
    assert np.array_equal(loaded.predict_proba(features), pipeline.predict_proba(features))
