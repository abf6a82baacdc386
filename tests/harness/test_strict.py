from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.strict import Difference, differences, same
from harness.values import MISSING

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (2, 2.0),
        (1, True),
        (0, False),
        (Decimal("1.5"), 1.5),
        (0.0, -0.0),
        (Decimal("1.50"), Decimal("1.5")),
        ("1", 1),
        (None, ""),
        ([], ()),
        ({}, []),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        (b"a", "a"),
    ],
)
def test_what_python_or_deepdiff_would_let_pass_is_different(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same({"deep": [one]}, {"deep": [other]})


def test_order_counts_in_lists_only() -> None:
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert not same(["a", "b"], ["b", "a"])


def test_a_nan_equals_a_nan() -> None:
    assert same([float("nan")], [float("nan")])


def test_private_looking_keys_are_compared() -> None:
    assert not same({"__key": 1}, {"__key": 2})


def test_every_difference_has_its_path_and_both_values() -> None:
    legacy = {"state": {"waves": [{"id": 1}, {"id": 2}], "odd key!": 1}, "gone": 1}
    refactored = {"state": {"waves": [{"id": 1}, {"id": 3}, 4], "odd key!": 2}, "new": 1}
    assert list(differences(legacy, refactored)) == [
        Difference("state.waves[1].id", 2, 3),
        Difference("state.waves[2]", MISSING, 4),
        Difference("state['odd key!']", 1, 2),
        Difference("gone", 1, MISSING),
        Difference("new", MISSING, 1),
    ]


@given(PLAIN)
def test_everything_equals_itself(value: Any) -> None:
    assert same(value, value)


@given(PLAIN, PLAIN)
def test_it_is_symmetric(one: Any, other: Any) -> None:
    forward = [(d.path, repr(d.legacy), repr(d.refactored)) for d in differences(one, other)]
    backward = [(d.path, repr(d.refactored), repr(d.legacy)) for d in differences(other, one)]
    assert sorted(forward) == sorted(backward)


@given(PLAIN, PLAIN)
def test_it_is_never_more_lenient_than_python(one: Any, other: Any) -> None:
    if same(one, other):
        assert repr(one) == repr(other) or one == other or "nan" in repr(one).lower()
