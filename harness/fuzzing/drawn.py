"""Small help for strategies that draw plain data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Value = TypeVar("Value")

_PERCENT = st.integers(0, 99)


def chance(draw: DrawFn, percent: int) -> bool:
    """True in so many of a hundred cases."""
    return draw(_PERCENT) >= 100 - percent


def one_of(draw: DrawFn, values: Sequence[Value]) -> Value:
    """One of the values; those that stand there twice come twice as often."""
    return values[draw(_places(len(values)))]


def some_of(draw: DrawFn, values: Sequence[Value], least: int = 0, most: int = 3) -> list[Value]:
    """Some of the values, each once, in any order."""
    left = list(values)
    found: list[Value] = []
    for _ in range(draw(_between(least, most))):
        if left:
            found.append(left.pop(draw(_places(len(left)))))
    return found


def between(draw: DrawFn, least: int, most: int) -> int:
    """A whole number, both ends included."""
    return draw(_between(least, most))


@lru_cache(maxsize=512)
def _between(least: int, most: int) -> SearchStrategy[int]:
    return st.integers(least, most)


def _places(count: int) -> SearchStrategy[int]:
    return _between(0, count - 1)


MOMENTS = (
    *(0.0, 0.5, 1.0, 3.0, 5.0, 9.0, 15.0, 20.0, 25.0, 29.0, 31.0, 34.0, 40.0, 44.0, 55.0),
    *(61.0, 62.0, 70.0, 85.0, 91.0, 100.0, 119.0, 125.0, 151.0, 181.0, 240.0, 301.0, 420.0),
    *(600.0, 901.0, 1_300.0, 1_801.0, 3_601.0, 7_201.0),
)
"""Seconds at which somebody does something: before, beside and after the polls of every 30 s."""

ODD: tuple[Any, ...] = (
    *(None, None, True, False, 0, 1, -1, 2, 7, 3.5, -0.0, 1.0, 1_000_000_000_000, 1e-07, 1e22),
    *("", "", " ", "0", "1", "true", "null", "None", "None", "a b", "a/b", "%", "../..", "${x}"),
    *("Ä", "名前", "🚀", "e\u0301", "İ", "\u00a0", "x\ny", "\x00", '"', "'", "\\", "{}", "[]"),
    *("x" * 300, "ß" * 2_100, "s-1", "s-00000000000000000", "us-east-1", "eu-west-1", "nowhere-1"),
    *("210987654321", "drsjob-dc85aa6c19cc8b173", "arn:aws:iam::1:role/x", "2026-01-05T10:00:00Z"),
    *([], {}, [None], [[]], [{}], {"": ""}, {"a": None}, {"Id": None}, {"$type": "Decimal"}),
    ["x"] * 130,
    [{"n": n} for n in range(40)],
    {f"key-{n}": n for n in range(60)},
    {"a": {"b": {"c": {"d": [1, [2, [3]]]}}}},
)
"""Legal values that nobody expects: empty, not ASCII, null, long, of another type."""
