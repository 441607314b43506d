"""A file's whole way where the store is PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.builders.accounts import visit_with_role
from tests.functional.predict.test_files import BAD, GOOD, SPEC, lines, read_csv, send, work
from webapp.predictions.queries import find_request
from webapp.store.tables import prediction

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from webapp.store.session import Store

pytestmark = pytest.mark.postgresql


@pytest.fixture
def store_url(postgresql_url: str) -> str:
    """Here the store of all fixtures is a database of PostgreSQL."""
    return postgresql_url


def test_a_file_is_answered_logged_and_told_the_truth_of(app: Flask, store: Store, settings: Settings) -> None:
    reader = visit_with_role(app, "reader", "rita")
    address = str(send(reader, lines(GOOD, BAD, GOOD), skip_bad="y").location)
    work(store, settings)
    rows = read_csv(reader.get(f"{address}/result", buffered=True))
    assert [bool(row["prediction"]) for row in rows] == [True, False, True]
    request_id, truth = rows[2]["request_id"], SPEC.target.categories[1]
    with store.read() as conn:
        logged = conn.execute(select(func.count()).where(prediction.c.request_id == request_id)).scalar_one()
    assert logged == 2
    told = reader.client.put(f"/api/v1/predictions/{request_id}/{rows[2]['request_row']}/truth", json={"truth": truth})
    assert told.status_code == 200
    with store.read() as conn:
        found = find_request(conn, request_id)
    assert found
    assert [row.truth and row.truth.value for row in found.rows] == [None, truth]
