"""A world that becomes another tree in the midst of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.aws import clients
from harness.run import run
from harness.scenario import Invocation, Scenario, Start
from harness.switches import Moment, Switches
from harness.tree import Tree
from harness.world import World

from .conftest import ROLE, MakeTree

COUNT = """
    VERSION = "{version}"
    calls = []

    def lambda_handler(event, context):
        calls.append(1)
        return {{"version": VERSION, "calls": len(calls)}}
"""
INVOKE = """
    import json
    import boto3

    def lambda_handler(event, context):
        answers = []
        for number in range(2):
            answer = boto3.client("lambda").invoke(FunctionName="two", Payload="{}")
            answers.append(json.loads(answer["Payload"].read()))
        return {"answers": answers, "version": VERSION}
"""


def machine(*states: str) -> str:
    """Tasks one after the other, each of which gives function `one` its own name."""
    following = [*states[1:], None]
    return json.dumps(
        {
            "StartAt": states[0],
            "States": {
                state: {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Parameters": {"FunctionName": "one", "Payload": {"state": state}},
                    **({"Next": then} if then else {"End": True}),
                }
                for state, then in zip(states, following, strict=True)
            },
        }
    )


def released(tree: Tree, function: str, source: str) -> Tree:
    """The tree with the code of another of its functions in this one."""
    own = tree.functions[function]
    other = tree.functions[source]
    changed = replace(own, entry=other.entry, folders=other.folders)
    return replace(tree, functions={**tree.functions, function: changed})


def versions(tree: Tree, at: Moment, then: Tree, times: int = 4) -> list[dict[str, Any]]:
    """What function `one` gives, invoked so often, when the tree becomes another one at a moment."""
    scenario = Scenario(
        "s", "x", invoke=tuple(Invocation("one", {}, float(n)) for n in range(times))
    )
    switches = Switches({at: then})
    found = [step.result for step in run(tree, scenario, switches=switches).steps]
    assert switches.are_met
    return found


@pytest.fixture
def tree(make_tree: MakeTree) -> Tree:
    return make_tree(one=COUNT.format(version="old"), new=COUNT.format(version="new"))


def test_new_code_runs_in_new_containers_from_its_moment_on(tree: Tree) -> None:
    found = versions(tree, Moment(3), released(tree, "one", "new"))
    assert [(f["version"], f["calls"]) for f in found] == [
        ("old", 1),
        ("old", 2),
        ("new", 1),
        ("new", 2),
    ]


def test_what_did_not_change_stays_warm(tree: Tree) -> None:
    found = versions(tree, Moment(3), released(tree, "new", "one"))
    assert [f["calls"] for f in found] == [1, 2, 3, 4]


def test_a_switch_that_is_never_come_to_is_not_met(tree: Tree) -> None:
    switches = Switches({Moment(2): tree})
    run(tree, Scenario("s", "x", invoke=(Invocation("one", {}),)), switches=switches)
    assert not switches.are_met
    assert switches.entered == {"one"}


def test_inside_a_step_what_runs_goes_on_and_what_it_calls_is_new(make_tree: MakeTree) -> None:
    tree = make_tree(
        one='VERSION = "old"\n' + INVOKE.replace("\n    ", "\n"),
        two=COUNT.format(version="old"),
        three='VERSION = "new"\n' + INVOKE.replace("\n    ", "\n"),
        four=COUNT.format(version="new"),
    )
    then = released(released(tree, "one", "three"), "two", "four")
    first, second, *_ = versions(tree, Moment(2, inside=True), then)
    assert first["version"] == "old"
    assert [answer["version"] for answer in first["answers"]] == ["old", "new"]
    # The container in which the old code ran is not used again.
    assert second["version"] == "new"


def test_a_role_changes_at_once(make_tree: MakeTree) -> None:
    tree = make_tree(one=INVOKE.replace("VERSION", "1"), two=COUNT.format(version="old"))
    none = replace(tree.roles[0], policies=(), decided={})
    scenario = Scenario("s", "x", invoke=(Invocation("one", {}),))
    switches = Switches({Moment(2, inside=True): replace(tree, roles=(none,))})
    found = run(tree, scenario, switches=switches)
    assert [call.denied for call in found.calls] == [False, False]  # what passed has passed
    switches = Switches({Moment(1, inside=True): replace(tree, roles=(none,))})
    assert [call.denied for call in run(tree, scenario, switches=switches).calls] == [False, True]


def test_an_execution_in_flight_keeps_its_definition(make_tree: MakeTree) -> None:
    tree = make_tree(one=COUNT.format(version="old"), machine=machine("A", "B"))
    new = replace(tree, machines=(replace(tree.machines[0], definition=machine("X", "Y")),))
    found = run(tree, Scenario("s", "x", start=Start({})), switches=Switches({Moment(2): new}))
    assert [step.event["state"] for step in found.steps] == ["A", "B"]
    later = Scenario("s", "x", start=Start({}, seconds=5), invoke=(Invocation("one", {}),))
    found = run(tree, later, switches=Switches({Moment(1): new}))
    assert [step.event.get("state") for step in found.steps] == [None, "X", "Y"]


def test_a_renamed_machine_lets_what_runs_end_and_starts_nothing(make_tree: MakeTree) -> None:
    tree = make_tree(one=COUNT.format(version="old"), machine=machine("A", "B"))
    new = replace(tree, machines=(replace(tree.machines[0], name="other"),))
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:"
    with World(tree) as world:
        states = clients.client("stepfunctions")
        world.start_execution("machine", "first", {})
        world.become(new)
        with pytest.raises(ClientError, match="StateMachineDeleting"):
            states.start_execution(stateMachineArn=f"{arn}machine", name="second", input="{}")
        world.start_execution("other", "third", {})
        world.run()
        found = {e.name: e.status for e in world.recording("s").executions}
        assert found == {"first": "SUCCEEDED", "third": "SUCCEEDED"}
        first = "arn:aws:states:us-east-1:123456789012:execution:machine:first"
        assert states.describe_execution(executionArn=first)["status"] == "SUCCEEDED"


def test_variables_and_limits_are_those_of_the_new_configuration(make_tree: MakeTree) -> None:
    source = """
        import os

        def lambda_handler(event, context):
            return {
                "version": os.environ.get("V"),
                "left": context.get_remaining_time_in_millis(),
            }
    """
    tree = make_tree(one=source)
    own = tree.functions["one"]
    then = replace(
        tree,
        functions={"one": replace(own, variables={**own.variables, "V": "new"}, timeout=7)},
    )
    found = versions(tree, Moment(2), then, times=2)
    assert found == [{"version": None, "left": 60_000}, {"version": "new", "left": 7_000}]


def test_a_renamed_function_is_another_one(make_tree: MakeTree) -> None:
    tree = make_tree(one=INVOKE.replace("VERSION", "1"), two=COUNT.format(version="old"))
    two = tree.functions["two"]
    renamed = replace(two, name="deux", arn=two.arn.replace(":two", ":deux"))
    then = replace(tree, functions={**tree.functions, "two": renamed})
    scenario = Scenario("s", "x", invoke=(Invocation("one", {}), Invocation("two", {}, 9.0)))
    found = run(tree, scenario, switches=Switches({Moment(1): then}))
    first, second = found.steps
    assert first.error is not None
    assert "Function not found" in first.error.message
    assert second.result == {"version": "old", "calls": 1}


assert ROLE
