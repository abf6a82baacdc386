from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.bench.gates import Level
from harness.bench.intervals import Interval
from harness.bench.results import of_budget, of_curve, of_level
from tests.harness.bench.support import (
    BUDGET,
    COMPUTE,
    CURVE,
    JUDGED,
    LEVEL,
    SENSITIVE,
    STEEP,
    benchmark,
)


def level(verdict: str, **changes: Any) -> tuple[Level, ...]:
    return (replace(LEVEL, verdict=verdict, **changes),)


def compute(verdict: str, *levels: str) -> dict[str, Any]:
    judged = tuple(replace(JUDGED, verdict=one, sentence=f"it is {one}") for one in levels)
    return {"compute": replace(COMPUTE, verdict=verdict, levels=judged)}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "within"),
        ({"compute": None}, "within"),
        ({"levels": level("over")}, "over"),
        ({"levels": level("faster")}, "faster"),
        ({"levels": level("inconclusive")}, "inconclusive"),
        ({"levels": level("over", decides=False)}, "within"),
        ({"budgets": (replace(BUDGET, verdict="over"),)}, "over"),
        ({"budgets": (replace(BUDGET, verdict="inconclusive"),)}, "inconclusive"),
        ({"budgets": (replace(BUDGET, verdict="over", limit=None),)}, "within"),
        (compute("over", "within", "over"), "over"),
        (compute("invalid", "invalid"), "invalid"),
        ({"curves": (CURVE, STEEP)}, "over"),
        ({"sensitivity": (replace(SENSITIVE, at_high=2.0),)}, "within"),
        ({"problems": ("a worker died",)}, "invalid"),
        ({"levels": level("over"), **compute("invalid", "invalid")}, "over"),
        ({"levels": level("faster"), **compute("invalid", "invalid")}, "invalid"),
        ({"levels": level("inconclusive"), **compute("faster", "faster")}, "faster"),
        ({"left_out": ("the greatest sizes",)}, "within"),
    ],
)
def test_the_worst_gate_is_the_verdict(changes: dict[str, Any], verdict: str) -> None:
    assert benchmark(**changes).verdict == verdict


def test_what_decides() -> None:
    steep = benchmark(curves=(CURVE, STEEP))
    assert [gate.name for gate in steep.deciding] == [
        "execution",
        "begin → StartRecovery, p95",
        "compute",
        "growth with waves",
    ]
    assert [gate.name for gate in benchmark(compute=None).deciding] == [
        "execution",
        "begin → StartRecovery, p95",
    ]


def test_compute_is_told_by_the_level_that_decided() -> None:
    changes = compute("over", "within", "over", "faster")
    [told] = [gate for gate in benchmark(**changes).deciding if gate.name == "compute"]
    assert (told.verdict, told.sentence) == ("over", "it is over")


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("within", "lies inside ±5%"),
        ("over", "is more than 5% longer"),
        ("faster", "is more than 5% shorter: look whether work is left out"),
        ("inconclusive", "may lie inside ±5% or not: more draws would tell"),
    ],
)
def test_a_level_in_words(verdict: str, said: str) -> None:
    assert of_level(replace(LEVEL, verdict=verdict, count=2_000)) == (
        f"the refactored execution {said}: +2.00% [+1.00%, +3.00%] of 100.000 s, mean of 2,000 in "
        "20 draws"
    )


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("within", "keeps its budget"),
        ("over", "is over its budget"),
        ("inconclusive", "may be over its budget: more draws would tell"),
    ],
)
def test_a_budget_in_words(verdict: str, said: str) -> None:
    found = replace(BUDGET, verdict=verdict, added=Interval(-0.5, -0.75, 0.25))
    assert of_budget(found) == (
        f"{said} of 1 s added: -0.500 s [-0.750, +0.250] to 1.500 s, of 40 waits"
    )


def test_growth_in_words() -> None:
    assert of_curve(STEEP) == (
        "AWS calls grow with waves to the power of 1.87, legacy's to that of 1.00: 400 against 40 "
        "at 20"
    )
