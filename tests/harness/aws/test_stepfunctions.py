from __future__ import annotations

import json
from typing import Any

import pytest

from harness.world import World

INVOKE = "arn:aws:states:::lambda:invoke"


def machine(**states: Any) -> str:
    return json.dumps({"StartAt": next(iter(states)), "States": states})


def task(**more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": INVOKE,
        "OutputPath": "$.Payload",
        "Parameters": {"FunctionName": "one", "Payload.$": "$"},
        **more,
    }


ECHO = """
    def lambda_handler(event, context):
        return event
"""


def executed(tree: Any, **options: Any) -> Any:
    with World(tree, **options) as world:
        world.start_execution("machine", "e1", {"n": 1, "wait": 3600})
        world.run()
        return world.recording("x").executions[0]


def test_waits_take_virtual_time_only(make_tree: Any) -> None:
    definition = machine(
        A=task(Next="W"),
        W={"Type": "Wait", "SecondsPath": "$.wait", "Next": "B"},
        B={"Type": "Succeed"},
    )
    found = executed(make_tree(one=ECHO, machine=definition))
    assert found.status == "SUCCEEDED"
    assert found.path == (("A", 0.0), ("W", 0.0), ("B", 3600.0))
    assert found.output == {"n": 1, "wait": 3600}


def test_retries_wait_with_their_rate(make_tree: Any) -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}]
    tree = make_tree(
        one="""
        class Busy(Exception): pass
        def lambda_handler(event, context):
            raise Busy("later")
    """,
        machine=machine(A=task(Retry=retry, End=True)),
    )
    with World(tree) as world:
        world.start_execution("machine", "e1", {})
        world.run()
        recording = world.recording("x")
    assert [step.at for step in recording.steps] == [0, 2, 6, 14]
    assert recording.executions[0].status == "FAILED"
    assert recording.executions[0].cause == {"errorType": "Busy", "errorMessage": "later"}


@pytest.mark.parametrize(("delay", "end"), [(120, "Resumed"), (600, "TimedOut")])
def test_a_task_token_is_waited_for_until_its_time_is_up(
    make_tree: Any, delay: int, end: str
) -> None:
    waiting = task(
        Resource=f"{INVOKE}.waitForTaskToken",
        OutputPath="$",
        TimeoutSeconds=300,
        Next="Resumed",
        Parameters={"FunctionName": "one", "Payload": {"token.$": "$$.Task.Token"}},
        Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "TimedOut"}],
    )
    tree = make_tree(
        one="""
            import boto3
            def lambda_handler(event, context):
                boto3.resource("dynamodb").Table("records").put_item(
                    Item={"id": "token", "token": event["token"]})
        """,
        two="""
            import boto3
            def lambda_handler(event, context):
                table = boto3.resource("dynamodb").Table("records")
                token = table.get_item(Key={"id": "token"})["Item"]["token"]
                try:
                    boto3.client("stepfunctions").send_task_success(taskToken=token, output='{"r": 1}')
                except Exception as error:
                    return type(error).__name__
        """,
        machine=machine(A=waiting, Resumed={"Type": "Succeed"}, TimedOut={"Type": "Succeed"}),
    )
    with World(tree) as world:
        world.start_execution("machine", "e1", {})
        world.invoke_later(delay, "two", {}, "user")
        world.run()
        found = world.recording("x").executions[0]
    assert found.path[-1] == (end, min(delay, 300))
    assert (found.output == {"r": 1}) == (end == "Resumed")


def test_two_executions_take_turns(make_tree: Any) -> None:
    definition = machine(W={"Type": "Wait", "Seconds": 10, "Next": "A"}, A=task(End=True))
    with World(make_tree(one=ECHO, machine=definition)) as world:
        world.start_execution("machine", "first", {"who": 1})
        world.clock.spawn(lambda: world.start_execution("machine", "second", {"who": 2}), delay=5)
        world.run()
        recording = world.recording("x")
    assert [(step.at, step.event) for step in recording.steps] == [
        (10, {"who": 1}),
        (15, {"who": 2}),
    ]


def test_an_execution_that_a_function_starts_does_not_run_as_that_function(make_tree: Any) -> None:
    definition = machine(A=task(End=True))
    tree = make_tree(
        one=ECHO,
        machine=definition,
        two="""
        import boto3
        def lambda_handler(event, context):
            arn = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"
            boto3.client("stepfunctions").start_execution(stateMachineArn=arn, name="e1")
    """,
    )
    with World(tree) as world:
        world.invoke("two", {})
        world.run()
        recording = world.recording("x")
    assert [step.source for step in recording.steps] == ["user", "states: A"]
    assert [call.name for call in recording.calls] == ["stepfunctions.StartExecution"]


def test_an_execution_that_is_stopped_does_not_go_on(make_tree: Any) -> None:
    definition = machine(W={"Type": "Wait", "Seconds": 1000, "Next": "A"}, A=task(End=True))
    tree = make_tree(
        one=ECHO,
        machine=definition,
        two="""
        import boto3
        def lambda_handler(event, context):
            arn = "arn:aws:states:us-east-1:123456789012:execution:machine:e1"
            boto3.client("stepfunctions").stop_execution(executionArn=arn)
    """,
    )
    with World(tree) as world:
        world.start_execution("machine", "e1", {})
        world.invoke_later(10, "two", {}, "user")
        world.run()
        recording = world.recording("x")
    assert recording.executions[0].status == "ABORTED"
    assert [step.function for step in recording.steps] == ["two"]


def test_a_history_that_grows_too_long_fails_the_execution(make_tree: Any) -> None:
    loop = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "B"}]}
    definition = machine(A=loop, B={"Type": "Pass", "Next": "A"})
    found = executed(make_tree(one=ECHO, machine=definition), history_limit=100)
    assert found.status == "FAILED"
    assert "maximum number of history events (100)" in found.cause
    assert 40 < len(found.path) < 60


@pytest.mark.parametrize(("size", "status"), [(200_000, "SUCCEEDED"), (262_144, "FAILED")])
def test_a_state_over_262144_bytes_fails_the_execution(
    make_tree: Any, size: int, status: str
) -> None:
    tree = make_tree(
        one=f"""
        def lambda_handler(event, context):
            return {{"x": "y" * {size}}}
    """,
        machine=machine(A=task(End=True)),
    )
    found = executed(tree)
    assert found.status == status
    if status == "FAILED":
        assert found.error == "States.DataLimitExceeded"


def test_task_tokens_do_not_depend_on_what_else_was_drawn(make_tree: Any) -> None:
    waiting = task(
        Resource=f"{INVOKE}.waitForTaskToken",
        OutputPath="$",
        TimeoutSeconds=30,
        End=True,
        Parameters={"FunctionName": "one", "Payload": {"token.$": "$$.Task.Token"}},
    )
    tree = make_tree(one=ECHO, machine=machine(A=waiting))
    events = []
    for _ in range(2):
        with World(tree) as world:
            world.start_execution("machine", "e1", {})
            world.run()
            events.append(world.recording("x").steps[0].event)
    assert events[0] == events[1]
