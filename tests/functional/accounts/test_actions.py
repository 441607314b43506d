"""The same promises on both databases: a link once, a name once, a session until it is closed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.accounts.actions import (
    LinkRefusedError,
    NameTakenError,
    check_credentials,
    close_session,
    create_admin,
    issue_setup_link,
    open_session,
    redeem_setup_link,
)
from webapp.accounts.queries import LinkState, User, find_link_state, find_user_of_session
from webapp.store.session import Store, open_store

NOW = 1_800_000_000_000
PASSWORD = "correct horse battery"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    url = request.getfixturevalue("store_url" if request.param == "sqlite" else "postgresql_url")
    store = open_store(url)
    yield store
    store.close()


def redeem(store: Store, token: str, name: str) -> User | None:
    try:
        return redeem_setup_link(store, token, name, PASSWORD, NOW)
    except LinkRefusedError:
        return None


def test_one_link_serves_one_of_many(store: Store) -> None:
    token = issue_setup_link(store, NOW)
    assert token is not None

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda number: redeem(store, token, f"user{number}"), range(6)))

    assert sum(user is not None for user in made) == 1


def test_link_is_spent_only_by_its_own_token(store: Store) -> None:
    token = issue_setup_link(store, NOW)
    assert token is not None

    assert redeem(store, "guessed", "eve") is None
    with store.read() as conn:
        assert find_link_state(conn, token, NOW) is LinkState.OPEN
    assert redeem(store, token, "ada") == User(1, "ada", "admin")
    with store.read() as conn:
        assert find_link_state(conn, token, NOW) is LinkState.USED


def test_name_is_taken_once(store: Store) -> None:
    create_admin(store, "ada", PASSWORD, NOW)

    with pytest.raises(NameTakenError):
        create_admin(store, "ada", "another horse battery", NOW)
    assert check_credentials(store, "ada", PASSWORD) is not None
    assert check_credentials(store, "ada", "another horse battery") is None


def test_session_lasts_until_it_is_closed(store: Store) -> None:
    ada = create_admin(store, "ada", PASSWORD, NOW)
    token = open_session(store, ada.id, NOW)
    with store.read() as conn:
        assert find_user_of_session(conn, token, NOW) == ada

    close_session(store, token)

    with store.read() as conn:
        assert find_user_of_session(conn, token, NOW) is None
