"""One scenario, recorded once, and trees that are edited for a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.compute.results import Paired, Tape
from harness.compute.tape import record
from harness.scenario import Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import Tree

Edited = Callable[[Tree, str, str, str], Tree]


@pytest.fixture(scope="session")
def drill() -> Scenario:
    return select(shipped(), ["drill-three-waves"])[0]


@pytest.fixture(scope="session")
def tapes(sides: Sides, drill: Scenario) -> dict[str, Tape]:
    """The tape of either side."""
    return {tree.side: record(tree, drill) for tree in (sides.legacy, sides.refactored)}


@pytest.fixture(scope="session")
def edited() -> Edited:
    """`edited(tree, function, old, new)`: the tree with other text in a function's entry file."""

    def edit(tree: Tree, key: str, old: str, new: str) -> Tree:
        function = tree.functions[key]
        text = function.edited.get(function.entry, function.entry.read_text(encoding="utf-8"))
        assert text.count(old) == 1
        changed = {**function.edited, function.entry: text.replace(old, new)}
        functions = {**tree.functions, key: replace(function, edited=changed)}
        return replace(tree, functions=functions)

    return edit


@pytest.fixture
def paired() -> Callable[..., Paired]:
    """`paired(refactored=1.0, again=1.0, planted=1.1, rounds=80)`: pairs of these ratios, with a
    noise of a tenth that both of a pair have, and a hundredth that one has by itself.
    """
    return make_paired


def make_paired(
    *,
    refactored: float = 1.0,
    again: float = 1.0,
    planted: float = 1.1,
    rounds: int = 80,
    level: str = "execution",
    seconds: float = 0.004,
) -> Paired:
    shared = [seconds * (1 + 0.1 * ((7 * n) % 10) / 10) for n in range(rounds)]

    def side(ratio: float, step: int) -> tuple[float, ...]:
        return tuple(
            ratio * one * (1 + 0.01 * ((step * n) % 11 - 5) / 5) for n, one in enumerate(shared)
        )

    return Paired(level, 10, side(1.0, 3), side(again, 5), side(refactored, 7), side(planted, 9))
