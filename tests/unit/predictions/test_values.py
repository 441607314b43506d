from __future__ import annotations

from uuid import UUID

import pytest

from webapp.predictions.values import make_request_id, read_request_id

NOW = 1_795_697_090_921


def test_an_id_is_a_uuid_that_begins_with_its_time() -> None:
    found = UUID(make_request_id(NOW))
    assert (found.version, found.variant, found.int >> 80) == (7, "specified in RFC 4122", NOW)


def test_ids_of_one_moment_differ_and_those_of_two_are_in_order() -> None:
    assert len({make_request_id(NOW) for _ in range(1000)}) == 1000
    assert make_request_id(NOW) < make_request_id(NOW + 1)


def test_an_id_is_read_however_it_is_written() -> None:
    made = make_request_id(NOW)
    assert [read_request_id(text) for text in (made, f" {UUID(made)}\n", made.upper())] == [made] * 3


@pytest.mark.parametrize("text", ["", "x", "1" * 31, "g" * 32, "\0", "é" * 32])
def test_what_is_no_id_is_none(text: str) -> None:
    assert read_request_id(text) is None
