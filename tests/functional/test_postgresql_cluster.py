"""The throw-away PostgreSQL gives each test a migrated database of its own."""

import psycopg
import pytest

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_migrated_database(postgresql_url: str, turn: int) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as conn:
        assert conn.execute("SELECT count(*) FROM proctor_job").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)
        conn.execute(
            "INSERT INTO proctor_event (at, user_name, action, subject, detail) VALUES (%s, 'a', 'b', 'c', '')", [turn]
        )
        assert conn.execute("SELECT count(*) FROM proctor_event").fetchone() == (1,)
