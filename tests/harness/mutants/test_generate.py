from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from drs_refactor.equivalents import NAME as EQUIVALENT
from drs_refactor.equivalents import equivalents
from harness.mutants.generate import generate, of_site
from harness.mutants.model import PLANTED, Mutant
from harness.mutants.mutated import texts_of
from harness.mutants.operators import OPERATORS, Info
from harness.mutants.pairs import MERGED, WITH_OTHERS, pairs
from harness.mutants.sites import Site
from harness.sides import Sides

NOBODY = Info(frozenset(), frozenset(), ())


@pytest.fixture(scope="module")
def mutants(sides: Sides) -> list[Mutant]:
    return generate(sides)


def test_each_is_python_and_another_tree(sides: Sides, mutants: list[Mutant]) -> None:
    root, seen = sides.refactored.root, set()
    for mutant in mutants[::7]:
        texts = texts_of(root, mutant)
        changed = mutant.applied(texts)
        assert changed != texts
        for path, text in changed.items():
            if path.endswith(".py"):
                compile(text, path, "exec")
        seen.add(tuple(changed.items()))
    assert len(seen) == len(mutants[::7])


def test_keys_are_unique_and_the_same_every_time(sides: Sides, mutants: list[Mutant]) -> None:
    keys = [mutant.key for mutant in mutants]
    assert len(set(keys)) == len(keys)
    assert [mutant.key for mutant in generate(sides)] == keys


def test_the_planted_one_comes_first(mutants: list[Mutant]) -> None:
    assert mutants[0].operator == PLANTED
    assert [m.operator for m in mutants].count(PLANTED) == 1


@pytest.mark.parametrize(
    "operator",
    ["name bound to its namesake", "error turned into an empty list", MERGED],
)
def test_the_three_silent_failures_are_among_them(mutants: list[Mutant], operator: str) -> None:
    assert any(mutant.operator == operator for mutant in mutants)


def test_most_operators_find_a_place_in_the_shipped_trees(mutants: list[Mutant]) -> None:
    made = {mutant.operator for mutant in mutants}
    assert set(OPERATORS) - made == {WITH_OTHERS}


def test_each_reason_is_for_a_mutant_that_is_there(mutants: list[Mutant], root: Path) -> None:
    """As `mutants` tells too, after minutes; pairs are of those that live alone."""
    reasons = equivalents(root / EQUIVALENT)
    alone = [mutant for mutant in mutants if mutant.key in reasons]
    together = [mutant for mutant in pairs(alone) if mutant.key in reasons]
    assert {mutant.key for mutant in (*alone, *together)} == set(reasons)


def test_lines_are_those_that_must_run() -> None:
    source = (
        "def f(x):\n"
        "    if (\n"
        "        x\n"
        "        and y\n"
        "    ):\n"
        "        go(\n"
        "            1\n"
        "        )\n"
        "    return 2\n"
    )
    module = cst.parse_module(source)
    site = Site("index.py", "f", module, 0, 11, None)
    found = {
        mutant.operator: mutant.lines
        for mutant in of_site(site, NOBODY, [OPERATORS["and and or"], OPERATORS["number"]])
        if "2" not in mutant.before or mutant.operator != "number"
    }
    assert found == {"and and or": (12, 13, 14), "number": (16, 17, 18)}


def test_only_changed_lines_count() -> None:
    module = cst.parse_module("def f():\n    a = 1\n    b = 2\n")
    site = Site("index.py", "f", module, 0, 1, frozenset({3}))
    changed = [m.after.strip() for m in of_site(site, NOBODY, [OPERATORS["number"]])]
    assert changed == ["b = 3", "b = 1"]
