"""Ids, times and the stream of its own."""

import math

import pytest
from moto.drs.utils import InvalidTokenError, iso, iso_or_none, new_id, own_stream, paginate
from moto.moto_api._internal import mock_random


def test_times_are_utc_with_z() -> None:
    assert iso(1_767_225_600.25) == "2026-01-01T00:00:00.250000Z"
    assert iso_or_none(math.inf) is None


def test_an_own_stream_depends_on_its_seed_alone() -> None:
    def draw() -> list[object]:
        with own_stream(5):
            return [new_id("i"), mock_random.uuid4(), mock_random.choice("abc")]

    mock_random.seed(1)
    first = draw()
    before = mock_random.getstate()
    assert draw() == first
    assert mock_random.getstate() == before


def test_own_streams_nest_and_end_on_errors() -> None:
    with own_stream(5):
        mock_random.random()
        expected = mock_random.random()
    with own_stream(5):
        mock_random.random()
        with pytest.raises(RuntimeError), own_stream(6):
            raise RuntimeError
        assert mock_random.random() == expected
    assert "random" not in vars(mock_random)


def test_pages_end_and_refuse_foreign_tokens() -> None:
    def page(token: str | None, operation: str = "x") -> tuple[list[str], str | None]:
        return paginate(
            list("abcd"), str, operation=operation, request=None, limit=2, next_token=token
        )

    first, token = page(None)
    assert first == ["a", "b"]
    assert page(token) == (["c", "d"], None)
    with pytest.raises(InvalidTokenError):
        page(token, operation="y")
