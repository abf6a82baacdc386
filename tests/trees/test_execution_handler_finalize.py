"""finalize: a record gets its final status where the state machine ended without giving it one."""

from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    START,
    A,
    System,
    answered,
    execution,
)


def operate(system: System, operation: str, execution_id: str = "execution-1") -> Any:
    event = {"operation": operation, "executionId": execution_id}
    status, body = answered(system.execution_handler(event))
    assert (status, body.pop("operation")) == (200, operation)
    return body


def ended(
    system: System, record: dict[str, Any], *waves: dict[str, Any], seconds: int = 2000
) -> None:
    """Let the state machine of an execution run for a while, then put the record as it was."""
    machine = system.tree.machines[0].name
    start = {
        "Execution": {"Id": "execution-1"},
        "isDrill": True,
        "accountContext": {},
        "Plan": {"planId": "plan-1", "waves": list(waves)},
    }
    system.world.clock.spawn(lambda: system.world.start_execution(machine, "execution-1", start))
    system.wait(seconds)
    system.put(EXECUTIONS, record)


def test_a_failed_state_machine_fails_the_record(system: System) -> None:
    waves = [{"status": "PENDING"}, {"status": "COMPLETED"}]
    ended(system, execution(waves=waves), {"waveName": "no group"})
    assert operate(system, "finalize") == {
        "executionId": "execution-1",
        "status": "FAILED",
        "finalized": True,
    }
    record = system.record()
    assert record["status"] == "FAILED"
    assert record["endTime"] == START + 2000
    assert record["waves"] == [
        {"status": "CANCELLED", "endTime": START + 2000},
        {"status": "COMPLETED"},
    ]
    assert operate(system, "finalize")["finalized"] is False


def test_a_state_machine_that_succeeded_completes_the_record(system: System) -> None:
    ended(system, execution(waves=[{"status": "PENDING"}], taskToken="t", pausedBeforeWave=0))
    assert operate(system, "finalize")["status"] == "COMPLETED"
    assert system.record() == execution(
        "COMPLETED",
        statusReason="State machine ended with SUCCEEDED",
        endTime=START + 2000,
        waves=[{"status": "COMPLETED", "endTime": START + 2000}],
    )


def test_what_was_being_cancelled_is_cancelled(system: System) -> None:
    ended(system, execution("CANCELLING"))
    assert operate(system, "finalize")["status"] == "CANCELLED"


def test_a_state_machine_that_runs_is_left_alone(system: System) -> None:
    system.add_servers(A)
    system.plan_launch(A, launch_seconds=100_000)
    record = execution("POLLING")
    system.put("PROTECTION_GROUPS_TABLE", {"groupId": "pg-1"})
    ended(system, record, {"protectionGroupId": "pg-1", "serverIds": [A]}, seconds=100)
    assert operate(system, "finalize")["finalized"] is False
    assert system.record() == record


@pytest.mark.parametrize(
    ("status", "seconds", "final"),
    [
        ("PENDING", 901, "FAILED"),
        ("CANCELLING", 901, "CANCELLED"),
        ("PENDING", 900, None),
        ("RUNNING", 9000, None),
    ],
)
def test_a_state_machine_that_was_never_started(
    system: System, status: str, seconds: int, final: str | None
) -> None:
    system.put(EXECUTIONS, execution(status))
    system.wait(seconds)
    assert operate(system, "finalize") == {
        "executionId": "execution-1",
        "status": final or status,
        "finalized": final is not None,
    }
    if final is None:
        assert system.record() == execution(status)
    else:
        assert system.record()["statusReason"] == "The state machine was never started"


def test_a_time_out_of_the_plan_is_one_of_the_record(system: System) -> None:
    system.put(EXECUTIONS, execution("POLLING"))
    system.world.call("execution-handler", "get_epoch_seconds")
    system.world.container("execution-handler").module.stepfunctions = TimedOut()
    assert operate(system, "finalize")["status"] == "TIMEOUT"
    assert system.record()["statusReason"] == "too long"


class TimedOut:
    """A state machine that went to its state PlanTimeout."""

    def describe_execution(self, executionArn: str) -> dict[str, str]:
        assert executionArn.endswith(":execution-1")
        return {"status": "FAILED", "error": "PlanExecutionTimeout", "cause": "too long"}


def test_a_state_machine_that_cannot_be_read_is_a_500(system: System) -> None:
    system.put(EXECUTIONS, execution("POLLING"))
    for name in ("states", "stepfunctions"):
        system.refuse(f"{name}.DescribeExecution")
    event = {"operation": "finalize", "executionId": "execution-1"}
    assert answered(system.execution_handler(event))[0] == 500
