from __future__ import annotations

from dataclasses import replace

from harness.aws.function import LogLine
from harness.recording import Recording, Step
from harness.run import run
from harness.scenario import Invocation
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.stack_traces import without_stack_traces

STACKS = select(shipped(), ["started-through-the-api"])[0]
PLAN = {"planId": "plan-1", "waves": 7}
WORKER = {
    "worker": True,
    "executionId": "e",
    "planId": "plan-1",
    "isDrill": True,
    "accountContext": {},
}


def test_what_the_account_keeps_of_a_failure_has_none(sides: Sides) -> None:
    """The minute's poll stores what Lambda said of an error, lines of the code included."""
    record = {"executionId": "e", "planId": "plan-1", "status": "PENDING", "waves": []}
    scenario = replace(
        STACKS,
        tables={**STACKS.tables, "EXECUTION_HISTORY_TABLE": (record,)},
        invoke=(
            # begin cannot tell how many waves 7 has.
            Invocation("execution-handler", {**WORKER, "plan": PLAN}),
            Invocation("execution-handler", {"operation": "find"}, 61.0),
        ),
    )
    kept = [str(run(tree, scenario).tables) for tree in (sides.legacy, sides.refactored)]
    assert kept[0] == kept[1]
    assert "has no len()" in kept[0]
    assert "stackTrace" in kept[0]
    assert "index.py" not in kept[0]


def test_wherever_it_went() -> None:
    nested = '{"error": "{\\"stackTrace\\": [\\"line 3\\"], \\"n\\": 1}"}'
    recording = Recording(
        "case",
        "legacy",
        0.0,
        (Step(0.0, "user", "a", {"stackTrace": ["line 1"], "n": 1}, nested, None),),
        (),
        (),
        {"t": [{"cause": '{"stackTrace": ["line 2"], "n": 1}', "stackTrace": 4}]},
        {},
        {},
        (LogLine("a", "b", "INFO", 'said {"stackTrace":["line 4"]}', None, 1),),
        (),
    )
    found = without_stack_traces(recording)
    assert "line " not in str(found)
    assert found.steps[0].event == {"stackTrace": [], "n": 1}
    assert found.steps[0].result == '{"error": "{\\"stackTrace\\":[], \\"n\\": 1}"}'
    assert found.tables["t"] == [{"cause": '{"stackTrace":[], "n": 1}', "stackTrace": 4}]
