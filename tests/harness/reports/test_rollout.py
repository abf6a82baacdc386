from __future__ import annotations

from harness.comparison import Divergence
from harness.reports.rollout import course_told, shown, text
from harness.reports.rollout_document import as_json
from harness.rollout.changes import Change
from harness.rollout.movers import Mover
from harness.rollout.results import (
    Course,
    Flight,
    Rollout,
    Stacks,
    StackWay,
    Stage,
    Switch,
    Trial,
    Way,
)
from harness.switches import Moment

NOTHING, FULL = frozenset[str](), frozenset({"config:f"})
SWITCHED = Course(FULL, (Switch(Moment(4), NOTHING),))
LOST = Trial(
    "drill",
    SWITCHED,
    "divergent",
    Divergence("state", 4, "result.error", None, ["x" * 500]),
    2,
    ("e SUCCEEDED → FAILED", "a.B 1 → 0 times", "a.C 1 → 0 times", "a.D 1 → 0 times"),
)
SAFE = StackWay(2, None)


def rollout(*flights: Flight, changes: tuple[Change, ...] = ()) -> Rollout:
    way = Way((Stage((), ("main",)),), (NOTHING, FULL))
    back = Way((Stage((), ("main",)),), (FULL, NOTHING))
    movers = (Mover("config:f", ("main/F",), "main"),)
    return Rollout(
        verdict="divergent",
        parts=("config:f",),
        looks=(),
        chosen=(),
        combinations=(
            Trial("s", Course(NOTHING), "identical"),
            Trial("s", Course(FULL), "identical"),
        ),
        unjudged=0,
        out=way,
        back=back,
        deploy_orders=(("config:f",),),
        orders_in_all=1,
        ahead=(),
        unsafe_alone=(),
        stacks=Stacks(changes, movers, (), SAFE, SAFE, SAFE, SAFE, ()),
        flights=flights,
        wait=9,
        runs=3,
        seconds=1.5,
    )


def lost(*, on_the_way: bool = True) -> Flight:
    return Flight("back, all at once", 3, 3, ("drill",), (LOST,), on_the_way)


def test_an_execution_that_is_lost_is_shown_with_its_way_and_its_case() -> None:
    found = rollout(lost())
    assert shown(found) == [LOST]
    lines = list(text(found, {LOST: "drs-refactor replay c.json"}))
    assert "The way out" in lines
    assert "The way back, which executions in flight do NOT survive" in lines
    place = lines.index("  back, all at once: 3 switches in 1 scenarios, 1 do not end so")
    assert lines[place + 1 : place + 4] == [
        "    drill, switched at step 4: e SUCCEEDED → FAILED, a.B 1 → 0 times, a.C 1 → 0 times "
        "and 1 more",
        "      state, step 4, result.error",
        "        legacy  null",
    ]
    assert len(lines[place + 4]) < 200
    assert lines[place + 5] == "      replay: drs-refactor replay c.json"
    assert not any("after every switch the items" in line for line in lines)
    assert lines[-1].startswith("divergent: a safe way out and back; 2 of 2 combinations are safe")


def test_orders_are_listed_only_where_executions_survive_them() -> None:
    document = as_json(rollout(lost()), {}, {}, {})
    assert (document["deploy_orders"], document["rollback_orders"]) == ([["config:f"]], [])
    document = as_json(rollout(lost(on_the_way=False)), {}, {}, {})
    assert document["rollback_orders"] == [["config:f"]]
    assert document["in_flight"][0]["divergent"][0]["switches"] == [{"step": 4, "parts": []}]


def test_a_renamed_machine_is_warned_of() -> None:
    machine = Change(
        "replaced", "AWS::StepFunctions::StateMachine", "main/M", "m.yaml:3", ("StateMachineName",)
    )
    lines = list(text(rollout(changes=(machine,)), {}))
    [warning] = [line for line in lines if line.startswith("warning: ")]
    assert "StateMachineName (m.yaml:3): a new machine takes its place" in warning
    assert any("executions on the old machine" in line for line in lines)


def test_a_course_in_words() -> None:
    assert course_told(SWITCHED, ("config:f",)) == "new: config:f; from step 4 on: nothing"
