from __future__ import annotations

import pytest

from codemods.proofs.split_state import split_state
from tests.codemods.support import parsed

MODULE = """\
CACHE = {{}}
_count = 0


def went():
    {went}


def stays():
    {stays}
"""


def told(went: str, stays: str) -> list[str]:
    text = MODULE.format(went=went, stays=stays)
    return [str(state) for state in split_state(parsed(text), ["went"])]


CHANGED = "index.py:1: CACHE is changed by {}, and {} on the other side of the move has its own now"


@pytest.mark.parametrize(
    "change", ["CACHE['a'] = 1", "CACHE.update(a=1)", "del CACHE['a']", "CACHE.x = 1"]
)
def test_state_that_one_side_changes_and_the_other_uses(change: str) -> None:
    assert told(change, "return CACHE['a']") == [CHANGED.format("went", "stays")]
    assert told("return CACHE['a']", change) == [CHANGED.format("stays", "went")]


@pytest.mark.parametrize(
    ("went", "stays"),
    [
        ("return CACHE['a']", "return CACHE['a']"),
        ("CACHE['a'] = 1", "return 1"),
        ("CACHE = {}; CACHE['a'] = 1", "return CACHE"),
    ],
)
def test_state_that_nobody_shares(went: str, stays: str) -> None:
    assert told(went, stays) == []


def test_a_global_that_is_bound_anew() -> None:
    found = told("global _count; _count += 1", "return _count")
    assert [line.split(": ")[1] for line in found] == [
        "_count is changed by went, and stays on the other side of the move has its own now"
    ]


def test_a_lazy_handle_is_each_side_s_own() -> None:
    lazy = "global _count\n    if _count is None:\n        _count = make()\n    return _count"
    assert told(lazy, "return _count") == []
    assert told(lazy + "\n    _count = 2", "return _count") != []
