"""Here the store is one with models."""

import pytest

from webapp.store.session import Store


@pytest.fixture
def store(served_store: Store) -> Store:
    return served_store
