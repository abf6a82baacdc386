"""Refactored trees that only a fault shows to be wrong: each is found by the strike that is named,
and the shipped tree takes the same strike as it should.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.aws.faults import Fault, Kind
from harness.comparison import Divergence
from harness.faults.judge import compared
from harness.run import run
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import Tree
from tests.equivalence.breaking import Breakage, broken_tree

pytestmark = pytest.mark.equivalence

ORCHESTRATION = "lambda/orchestration-stepfunctions/index.py"
QUERY = "lambda/query-handler/index.py"
TEMPLATE = "cfn/lambda.yaml"
START, POLL = "start_wave_recovery", "poll_wave_status"


def at(operation: str, kind: Kind, **more: float | str) -> Fault:
    return Fault(operation, kind, **more)  # type: ignore[arg-type]


def invoking(action: str, kind: Kind, **more: float) -> Fault:
    return Fault("lambda.Invoke", kind, action=action, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Wrong:
    """What is wrong, and the strike that shows it: `path` is part of the divergence's."""

    breakage: Breakage
    fault: Fault
    kind: str
    path: str


def wrong(
    what: str,
    file: str,
    old: str,
    new: str,
    fault: Fault,
    kind: str,
    path: str,
    scenario: str = "drill-one-wave",
) -> Wrong:
    return Wrong(Breakage(scenario, what, file, ((old, new),)), fault, kind, path)


WRONG = [
    wrong(
        "an invocation whose answer is lost is sent again by botocore: a second recovery",
        ORCHESTRATION,
        ', retries={"total_max_attempts": 1}',
        "",
        invoking(START, "lost"),
        "calls",
        "invocation of start_wave_recovery",
    ),
    wrong(
        "an invocation whose answer is lost is repeated by the stub",
        ORCHESTRATION,
        "            EndpointConnectionError,\n        ) as error:",
        "            EndpointConnectionError,\n            BotoCoreError,\n        ) as error:",
        invoking(START, "lost"),
        "calls",
        "invocation of start_wave_recovery",
    ),
    wrong(
        "the caller gives up before the time of what it invokes is over",
        ORCHESTRATION,
        "read_timeout=900",
        "read_timeout=60",
        at("drs.StartRecovery", "slow", seconds=96.0),
        "late",
        "drs.StartRecovery",
    ),
    wrong(
        "a throttled invocation is not repeated",
        ORCHESTRATION,
        "for pause in (0.25, 0.5, 1, 2, 4, None):",
        "for pause in (None,):",
        invoking(START, "throttled"),
        "state",
        "answers",
    ),
    wrong(
        "a throttled invocation within another fails the execution",
        QUERY,
        "for pause in (0.25, 0.5, 1, 2, 4, None):",
        "for pause in (None,):",
        invoking(START, "throttled", number=2),
        "state",
        "answers",
        "drill-three-waves",
    ),
    wrong(
        "an error dictionary is merged into the state",
        ORCHESTRATION,
        'if not isinstance(answer, dict) or answer.get("action") != action:',
        'if "body" in answer:\n        return {"state": answer, "result": 0}\n    if False:',
        invoking(START, "error dictionary"),
        "state",
        "result.statusCode",
    ),
    wrong(
        "an invocation that failed ends the wave as if it were done",
        ORCHESTRATION,
        "        raise _exception_of(action, answer)",
        '        return {"state": {**payload["state"], "wave_completed": True}, "result": None}',
        invoking(START, "crashed"),
        "state",
        "result.",
    ),
    wrong(
        "the handler of the polls has legacy's 60 s",
        TEMPLATE,
        "      Timeout: 330",
        "      Timeout: 60",
        at("drs.DescribeJobs", "slow", seconds=96.0),
        "state",
        "result.",
    ),
    wrong(
        "the orchestration has less time than what it invokes",
        TEMPLATE,
        "      Timeout: 360",
        "      Timeout: 120",
        at("drs.StartRecovery", "too slow", seconds=150.0),
        "late",
        "drs.StartRecovery",
    ),
]


def found(sides: Sides, tree: Tree, one: Wrong) -> list[Divergence]:
    plain = select(shipped(), [one.breakage.scenario])[0]
    scenario = replace(plain, faults=(one.fault,))
    struck = run(tree, scenario)
    assert any(call.fault for call in struck.calls)
    return list(
        compared(run(sides.legacy, scenario), struck, sides.rules, (one.fault,)).divergences
    )


@pytest.mark.parametrize("one", WRONG, ids=lambda one: one.breakage.wrong)
def test_what_a_fault_shows(one: Wrong, sides: Sides, root: Path, tmp_path: Path) -> None:
    broken = broken_tree(root, tmp_path / "broken", [one.breakage])
    diverging = found(sides, broken, one)
    assert [d for d in diverging if d.kind == one.kind and one.path in d.path], diverging
    assert found(sides, sides.refactored, one) == []
