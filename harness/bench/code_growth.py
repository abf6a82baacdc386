"""How much tree code runs at each size, in wall time: an order of growth needs no more than the
least of a few plays.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.compute.company import quiet
from harness.compute.stage import Player, Stage
from harness.compute.tape import record
from harness.one_scenario import sides_of
from harness.results import Trees
from harness.scenario import Scenario

PLAYS = 12


@dataclass(frozen=True)
class Sized:
    """What a worker is told: a plan of some size."""

    trees: Trees
    scenario: Scenario


@dataclass(frozen=True)
class Code:
    """Seconds of tree code in one execution."""

    legacy: float
    refactored: float


def code_of(task: Sized) -> Code:
    """Play the plan on both sides by turns, in this process: what disturbs one disturbs both."""
    sides = sides_of(task.trees)
    trees = sides.legacy, sides.refactored
    tapes = [record(tree, task.scenario) for tree in trees]
    stage = Stage()
    with stage, quiet():
        players = [Player(stage, tree, tape) for tree, tape in zip(trees, tapes, strict=True)]
        rounds = [[player.play().seconds for player in players] for _ in range(PLAYS)]
    return Code(*(min(times) for times in zip(*rounds, strict=True)))
