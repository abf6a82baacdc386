from __future__ import annotations

from itertools import combinations, permutations

from harness.rollout.orders import ahead, alone, orders, suggested
from harness.rollout.results import Ahead, Combination, Course, Trial

PARTS = ("a", "b", "c")
ALL = [frozenset(some) for n in range(4) for some in combinations(PARTS, n)]


def trials(unsafe: set[str]) -> tuple[frozenset[Combination], dict[Combination, Trial]]:
    """Which combinations are safe, and a trial for each that is not ("ab": a and b are new)."""
    bad = {frozenset(name): Trial("s", Course(frozenset(name)), "divergent") for name in unsafe}
    return frozenset(c for c in ALL if c not in bad), bad


def test_all_orders_where_all_is_safe() -> None:
    found, count = orders(PARTS, trials(set())[0])
    assert found == list(permutations(PARTS))
    assert count == 6


def test_an_order_is_safe_if_each_of_its_beginnings_is() -> None:
    found, count = orders(PARTS, trials({"c", "ac"})[0])
    assert found == [("a", "b", "c"), ("b", "a", "c"), ("b", "c", "a")]
    assert count == 3


def test_no_order_leads_through_what_is_not_safe_or_not_known() -> None:
    assert orders(PARTS, trials({"a", "b", "c"})[0]) == ([], 0)
    assert orders(PARTS, frozenset({frozenset("abc")})) == ([], 0)


def test_which_part_must_not_be_ahead_of_which() -> None:
    safe, unsafe = trials({"c", "ac", "bc"})
    found = ahead(PARTS, safe, unsafe)
    # c needs both; each pair is shown where nothing else is wrong.
    assert [(p.part, p.other, sorted(p.trial.course.start)) for p in found] == [
        ("c", "a", ["b", "c"]),
        ("c", "b", ["a", "c"]),
    ]
    assert alone(found, unsafe) == []


def test_what_no_pair_explains_is_shown_by_its_smallest_combination() -> None:
    safe, unsafe = trials({"a", "b", "c", "ab", "ac", "bc"})
    found = ahead(PARTS, safe, unsafe)
    assert [sorted(t.course.start) for t in alone(found, unsafe)] == [["a"], ["b"], ["c"]]


def test_a_suggested_order_heeds_the_pairs() -> None:
    trial = Trial("s", Course(frozenset()), "divergent")
    pairs = [Ahead("a", "c", trial), Ahead("b", "a", trial)]
    assert suggested(PARTS, pairs) == ["c", "a", "b"]
    circle = [Ahead("a", "b", trial), Ahead("b", "a", trial)]
    assert suggested(PARTS, circle) == ["c", "a", "b"]
