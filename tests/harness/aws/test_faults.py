"""Each fault at a call of the shipped trees, as the trees meet it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.aws.faults import Fault, Faults, Kind
from harness.recording import RecordedCall, Recording
from harness.run import run
from harness.scenario_files import select, shipped
from harness.sides import Sides

START = "drs.StartRecovery"
DRILL = select(shipped(), ["drill-one-wave"])[0]


def calls(recording: Recording, name: str) -> list[RecordedCall]:
    return [call for call in recording.calls if call.name == name]


@pytest.mark.parametrize(
    ("kind", "attempts", "error", "acted"),
    [
        ("throttled", 3, "ThrottlingException", 0),
        ("denied", 1, "AccessDeniedException", 0),
        ("failed", 3, "InternalServerException", 0),
        ("condition", 1, "ConditionalCheckFailedException", 0),
        ("unreachable", 3, "EndpointConnectionError", 0),
        ("cut", 2, None, 1),
        ("lost", 2, "ConflictException", 1),
        ("slow", 1, None, 1),
    ],
)
def test_at_a_call_of_a_service(
    sides: Sides, kind: Kind, attempts: int, error: str | None, acted: int
) -> None:
    fault = Fault(START, kind, seconds=50.0)
    recording = run(sides.legacy, replace(DRILL, faults=(fault,)))
    (call,) = calls(recording, START)
    assert (call.attempts, call.error and call.error.type, call.acted) == (attempts, error, acted)
    assert call.fault == kind
    assert [c.fault for c in recording.calls if c is not call] == [""] * (len(recording.calls) - 1)


@pytest.mark.parametrize(
    ("kind", "said", "acted"),
    [
        ("throttled", "TooManyRequestsException", 0),
        ("unreachable", "Could not connect to the endpoint", 0),
        ("denied", "AccessDeniedException", 0),
        ("failed", "ServiceException", 0),
        ("cut", "Connection was closed", 0),
        ("lost", "Read timeout", 1),
        ("crashed", "Runtime.ExitError", 0),
        ("timed out", "Task timed out after 300.00 seconds", 0),
        ("too large", "Function.ResponseSizeTooLarge", 0),
        ("error dictionary", "{'statusCode': 500", 0),
        ("nothing", "was not answered by its route: None", 0),
    ],
)
def test_at_an_invocation(sides: Sides, kind: Kind, said: str, acted: int) -> None:
    fault = Fault("lambda.Invoke", kind, 1, 1000, "start_wave_recovery", seconds=300.0)
    recording = run(sides.refactored, replace(DRILL, faults=(fault,)))
    state = recording.steps[0].result
    assert (state["status"], state["wave_completed"]) == ("failed", True)
    assert said in state["error"]
    assert sum(call.acted for call in calls(recording, "lambda.Invoke")) == acted
    assert len(calls(recording, START)) == acted
    assert recording.executions[0].status == "FAILED"


@pytest.mark.parametrize("kind", ["throttled", "unreachable", "no connection"])
def test_what_is_over_in_a_moment(sides: Sides, kind: Kind) -> None:
    fault = Fault("lambda.Invoke", kind, 1, 1000, "start_wave_recovery", seconds=1.0)
    recording = run(sides.refactored, replace(DRILL, faults=(fault,)))
    met = [call.at for call in calls(recording, "lambda.Invoke") if call.fault]
    assert met == [0.0, 0.25, 0.75]
    assert recording.executions[0].status == "SUCCEEDED"


def test_a_variable_that_is_not_there(sides: Sides) -> None:
    fault = Fault("lambda.Invoke", "not configured", variable="orchestration EXECUTION_HANDLER_ARN")
    recording = run(sides.refactored, replace(DRILL, faults=(fault,)))
    state = recording.steps[0].result
    assert state["error"] == "environment variable EXECUTION_HANDLER_ARN is not set"
    assert not calls(recording, "lambda.Invoke")


def test_calls_are_counted_by_what_they_do(sides: Sides) -> None:
    legacy = run(sides.legacy, DRILL)
    third = calls(legacy, "drs.DescribeJobs")[2]
    for tree in (sides.legacy, sides.refactored):
        fault = Fault("drs.DescribeJobs", "denied", number=3)
        met = [c for c in run(tree, replace(DRILL, faults=(fault,))).calls if c.fault]
        assert [(c.at, c.parameters) for c in met] == [(third.at, third.parameters)]


@pytest.mark.parametrize(
    "elsewhere", [{"account": "1"}, {"region": "eu-west-1"}, {"action": "x"}, {"number": 9}]
)
def test_a_call_elsewhere_is_not_met(sides: Sides, elsewhere: dict[str, str]) -> None:
    fault = replace(Fault(START, "denied"), **elsewhere)  # type: ignore[arg-type]
    recording = run(sides.legacy, replace(DRILL, faults=(fault,)))
    assert not any(call.fault for call in recording.calls)


def test_without_faults_nothing_is_counted(sides: Sides) -> None:
    faults = Faults()
    assert faults.of(run(sides.legacy, DRILL).calls[0]) is None  # type: ignore[arg-type]
    assert not faults._calls
