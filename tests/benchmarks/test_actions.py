"""What the trees' own code takes in one execution: the whole, and each action of it.

pytest-benchmark plays one side after the other, and what else the machine does comes between them:
these figures are to look at. A verdict needs pairs (harness.compute).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.compute.edits import apart
from harness.compute.results import EXECUTION, Play
from harness.compute.stage import Player, Stage
from harness.compute.tape import record
from harness.scenario_files import select, shipped
from harness.sides import Sides

ACTIONS = ("InitiateWavePlan", "UpdateWaveStatus")
ROUNDS, WARM_UP = 100, 20


class CodeClock:
    """Time as the benchmarks see it: it runs while the code of an action does."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


CLOCK = CodeClock()

pytestmark = pytest.mark.benchmarks


@pytest.fixture(scope="module")
def players(sides: Sides) -> Iterator[dict[str, Player]]:
    """Both sides on one stage, open until all is measured."""
    scenario = select(shipped(), ["drill-three-waves"])[0]
    trees = (sides.legacy, sides.refactored)
    tapes = [record(tree, scenario) for tree in trees]
    with Stage() as stage:
        yield {
            tree.side: Player(stage, apart(tree, tree.side), tape)
            for tree, tape in zip(trees, tapes, strict=True)
        }


@pytest.mark.parametrize(
    "side",
    [
        pytest.param(side, marks=pytest.mark.benchmark(group=side, timer=CLOCK, disable_gc=True))
        for side in ("legacy", "refactored")
    ],
)
@pytest.mark.parametrize("level", [EXECUTION, *ACTIONS])
def test_action(
    benchmark: BenchmarkFixture, players: dict[str, Player], level: str, side: str
) -> None:
    player = players[side]
    plays: list[Play] = []

    def play() -> None:
        plays.append(player.play())
        CLOCK.seconds += player.tape.seconds(level, plays[-1])

    benchmark.pedantic(play, rounds=ROUNDS, warmup_rounds=WARM_UP)
    benchmark.extra_info |= {
        "invocations": player.tape.invocations(level),
        "clients": plays[-1].clients,
        "calls": plays[-1].calls,
    }
    assert player.tape.labels == ACTIONS
    measured = sum(player.tape.seconds(level, one) for one in plays[-ROUNDS:])
    assert benchmark.stats.stats.total == pytest.approx(measured)
