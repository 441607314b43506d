"""A bench on this test's own migrated store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.jobs import Bench, make_bench


@pytest.fixture
def bench(store_url: str, tmp_path: Path) -> Iterator[Bench]:
    bench = make_bench(store_url, tmp_path / "data")
    yield bench
    bench.close()
