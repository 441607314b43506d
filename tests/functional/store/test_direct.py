"""Statements that go straight to the driver find, write and fail as those do that go the usual way."""

from __future__ import annotations

import json
import sqlite3

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from tests.builders.sqlite_folder import sqlite_path
from webapp.accounts.api_tokens.queries import find_grant
from webapp.accounts.queries import find_user_of_session
from webapp.jobs.queue import insert_job
from webapp.jobs.states import State
from webapp.models.queries import find_asked
from webapp.overview.queries import Glance, find_glance
from webapp.store import session
from webapp.store.direct import Direct, run
from webapp.store.session import Store, open_store
from webapp.store.tables import dataset, job, user

FIND = Direct(select(user.c.role, user.c.created_at).where(user.c.name == bindparam("name"), user.c.is_enabled))
ADD = Direct(insert(user))


def person(name: str, **columns: object) -> dict[str, object]:
    return {"name": name, "password_hash": "", "role": "reader", "is_enabled": True, "created_at": 2**40} | columns


def test_what_was_inserted_is_found(store: Store) -> None:
    with store.write() as conn:
        ADD.insert(conn, [person("ada", role="admin"), person("bob"), person("cyd", is_enabled=False)])
    with store.read() as conn:
        found = [FIND.find(conn, name=name) for name in ("ada", "bob", "cyd", "nobody", "' or 1=1 --")]
    assert found == [("admin", 2**40), ("reader", 2**40), None, None, None]


def test_it_belongs_to_the_transaction_that_it_runs_in(store: Store) -> None:
    with store.write() as conn:
        ADD.insert(conn, [person("ada")])
        before = FIND.find(conn, name="ada")
        conn.rollback()
    with store.read() as conn:
        assert (before, FIND.find(conn, name="ada")) == (("reader", 2**40), None)


def test_within_a_snapshot_it_sees_what_the_others_see(store: Store) -> None:
    with store.snapshot() as conn:
        conn.execute(select(user.c.name)).all()
        with store.write() as writing:
            writing.execute(insert(user).values(person("ada")))
        assert FIND.find(conn, name="ada") is None


def test_a_connection_that_it_alone_has_used_keeps_no_reader_in_the_way(store: Store) -> None:
    """A write-ahead log that somebody reads grows with every answer."""
    with store.read() as conn:
        FIND.find(conn, name="ada")
        with store.write() as writing:
            writing.execute(insert(user).values(person("ada")))
        if store.is_sqlite:
            assert not conn.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]
        assert FIND.find(conn, name="ada") is not None


def test_what_goes_wrong_is_an_error_of_sqlalchemy_without_peoples_data(store: Store) -> None:
    with store.write() as conn:
        ADD.insert(conn, [person("ada")])
    with pytest.raises(IntegrityError) as twice, store.write() as conn:
        ADD.insert(conn, [person("secret"), person("ada")])
    assert "secret" not in str(twice.value)
    with pytest.raises(DBAPIError), store.read() as conn:
        run(conn, "SELECT nothing FROM nowhere")
    with store.read() as conn:
        assert FIND.find(conn, name="ada") is not None, "the connection is as good as new"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_locked_file_is_an_error_of_sqlalchemy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 0)
    url = store.engine.url.render_as_string(hide_password=False)
    locked, other = sqlite3.connect(sqlite_path(url)), open_store(url)
    locked.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError), other.write():
        pass
    locked.close()
    other.close()


@pytest.mark.parametrize("backend", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_connection_that_was_cut_is_not_used_again(store: Store) -> None:
    with store.read() as conn, pytest.raises(OperationalError):
        run(conn, "SELECT pg_terminate_backend(pg_backend_pid())")
    with store.read() as conn:
        assert FIND.find(conn, name="nobody") is None


def test_what_every_request_asks_is_understood(store: Store) -> None:
    with store.read() as conn:
        assert find_asked(conn, "nothing") is None
        assert find_grant(conn, "nobody's", 2**41) is None
        assert find_user_of_session(conn, "nobody's", 2**41) is None
        assert find_glance(conn, "nothing") == Glance(0, None, is_stand_in=False)


def test_the_frame_tells_of_the_dataset_that_was_prepared_last_and_of_jobs_to_come(store: Store) -> None:
    rest = ("raw_path", "clean_path", "rejected_path", "cleaning", "exploration", "content_sha256", "spec_sha256")
    prepared = [("mine", 1, 10, "download"), ("mine", 3, 30, "stand_in"), ("mine", 2, 20, "download")]
    with store.write() as conn:
        for name, at, rows, kind in [*prepared, ("other", 9, 90, "download")]:
            origin = json.dumps({"kind": kind})
            conn.execute(
                insert(dataset).values(name=name, prepared_at=at, rows=rows, origin=origin, **dict.fromkeys(rest, ""))
            )
        for number, state in enumerate(State):
            insert_job(conn, "train", {}, "ada", number, job_id := f"{number:032x}")
            conn.execute(update(job).where(job.c.id == job_id).values(state=state))
    with store.read() as conn:
        assert find_glance(conn, "mine") == Glance(2, 30, is_stand_in=True)
        assert find_glance(conn, "other") == Glance(2, 90, is_stand_in=False)
