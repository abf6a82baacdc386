"""Slow-downs and speed-ups that were planted get the verdicts that they must get, at each level."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.model import Gates
from harness.bench.draws import Pair, Task, one_side
from harness.bench.gates import budgets, levels
from harness.bench.latency import Latencies
from harness.bench.latency_file import latencies
from harness.bench.levels import HANDOVER, Measured
from harness.bench.workloads import Size, workload
from harness.comparison import compare
from harness.mutants.mutated import edited
from harness.results import Trees
from harness.run import run
from harness.sides import Sides
from harness.tree import Tree

pytestmark = pytest.mark.equivalence

DRAWS = 6
SCENARIO = workload(Size(waves=2, servers=1, seconds=50.0))
LIMIT = 1.3
"""Seconds between what either tree adds where an invocation takes 0.4 s: 0.92 and 1.42."""

ORCHESTRATION = "lambda/orchestration-stepfunctions/index.py"
QUERY = "lambda/query-handler/index.py"
PLANTED_IN = {
    "execution": "def begin_wave_plan(",
    "wave": "def start_wave_recovery(",
    "action": "def lambda_handler(",
}


def changed(sides: Sides, tree: Tree, path: str, old: str, new: str) -> Tree:
    text = (tree.root / path).read_text(encoding="utf-8")
    assert text.count(old) == 1
    return edited(replace(sides, refactored=tree), {path: text.replace(old, new)}).refactored


def with_pause(sides: Sides, level: str, seconds: float) -> Tree:
    """Legacy, in which the function of a level sleeps first."""
    old = PLANTED_IN[level]
    name = old.removeprefix("def ").removesuffix("(")
    wrapper = (
        f"def {name}(*given):\n    __import__('time').sleep({seconds})\n"
        f"    return _at_once(*given)\n\n\ndef _at_once("
    )
    return changed(sides, sides.legacy, ORCHESTRATION, old, wrapper)


def draws(trees: Trees, tree: Tree, model: Latencies) -> list[Measured]:
    """What a tree takes in the same draws as every other."""
    tasks = [Task(trees, SCENARIO, model, 3, draw, DRAWS, as_it_is=True) for draw in range(DRAWS)]
    return [one_side(tree, task) for task in tasks]


def pairs(legacy: list[Measured], refactored: list[Measured]) -> list[Pair]:
    return [Pair(n, *both) for n, both in enumerate(zip(legacy, refactored, strict=True))]


def verdicts(found: list[Pair]) -> dict[str, str]:
    return {level.name: level.verdict for level in levels(found, Gates())}


@pytest.fixture(scope="module")
def model() -> Latencies:
    return latencies()


@pytest.fixture(scope="module")
def legacy(sides: Sides, trees: Trees, model: Latencies) -> list[Measured]:
    return draws(trees, sides.legacy, model)


@pytest.mark.parametrize("level", PLANTED_IN)
@pytest.mark.parametrize(
    ("percent", "slower", "faster"),
    [
        (3, "within", "within"),
        (6, "over", "faster"),
        (8, "over", "faster"),
        (12, "over", "faster"),
    ],
)
def test_slow_downs_and_speed_ups(
    sides: Sides,
    trees: Trees,
    model: Latencies,
    legacy: list[Measured],
    level: str,
    percent: int,
    slower: str,
    faster: str,
) -> None:
    (usual,) = [one.legacy for one in levels(pairs(legacy, legacy), Gates()) if one.name == level]
    planted = draws(trees, with_pause(sides, level, usual * percent / 100), model)
    assert verdicts(pairs(legacy, planted))[level] == slower
    assert verdicts(pairs(planted, legacy))[level] == faster


def test_a_call_that_is_left_out_is_faster_and_a_divergence(
    sides: Sides, trees: Trees, model: Latencies, legacy: list[Measured]
) -> None:
    call = "drs_client.describe_job_log_items(jobID=job_id).get("
    without = changed(sides, sides.legacy, ORCHESTRATION, call, "{}.get(")
    assert verdicts(pairs(legacy, draws(trees, without, model)))["action"] == "faster"
    recordings = run(sides.legacy, SCENARIO), run(without, SCENARIO)
    assert compare(*recordings, sides.rules).divergences


def test_a_second_invocation_in_each_poll_loses_the_absolute_gate(
    sides: Sides, trees: Trees, model: Latencies
) -> None:
    """Under a model in which an invocation is slow."""
    slow = model.scaled("lambda.invocation", 16)
    old = '        answer = _invoke_moved_action(\n            "QUERY_HANDLER_ARN",\n'
    first = '        boto3.client("lambda").invoke(FunctionName=os.environ["QUERY_HANDLER_ARN"])\n'
    twice = changed(sides, sides.refactored, ORCHESTRATION, old, first + old)
    gates = Gates(launched_to_next_recovery={0.95: LIMIT})
    base = draws(trees, sides.legacy, slow)
    for tree, verdict in ((sides.refactored, "within"), (twice, "over")):
        found = pairs(base, draws(trees, tree, slow))
        (handover,) = [b for b in budgets(found, [], gates) if b.name == HANDOVER]
        assert handover.verdict == verdict, handover
