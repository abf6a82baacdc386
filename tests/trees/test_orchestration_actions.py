"""The orchestration's own actions: begin, store_task_token, resume_wave, and the dispatch."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.trees.support import (
    EXECUTIONS,
    GROUPS,
    A,
    FunctionError,
    System,
    changes,
    execution,
    group,
    plan,
    started,
    state,
    wave,
)


def begin(system: System, *waves: dict[str, Any], **more: Any) -> Any:
    event = {
        "action": "begin",
        "execution": {"Id": "execution-1"},
        "plan": plan(*waves),
        "isDrill": True,
        "accountContext": {},
    }
    return system.orchestration(event | more)


# Dispatch.


def test_an_unknown_action_is_an_error(system: System) -> None:
    for action in ("begin_wave", None, ""):
        with pytest.raises(FunctionError) as caught:
            system.orchestration({"action": action, "application": state()})
        assert (caught.value.type, caught.value.message) == (
            "ValueError",
            f"Unknown action: {action}",
        )


def test_a_null_account_context_makes_the_dispatchers_log_line_fail(system: System) -> None:
    with pytest.raises(FunctionError) as caught:
        begin(system, wave(A), accountContext=None)
    assert (caught.value.type, caught.value.message) == (
        "AttributeError",
        "'NoneType' object has no attribute 'get'",
    )
    assert system.names("") == []


def test_the_event_is_logged_with_its_decimals_as_numbers(system: System) -> None:
    event = {"action": "store_task_token", "taskToken": "t", "a": Decimal("3"), "b": Decimal("0.5")}
    with pytest.raises(ClientError):
        system.world.call("orchestration", "lambda_handler", event, None)
    assert system.said("INFO", '"taskToken": "t", "a": 3, "b": 0.5}')


def test_polling_goes_through_the_old_name_of_the_action(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    system.wait(330)
    answer = system.orchestration({"action": "update_wave_status", "application": running})
    assert (answer["status"], answer["completed_waves"]) == ("completed", 1)
    assert changes(running, answer).keys() == {
        "status",
        "status_reason",
        "completed_waves",
        "all_waves_completed",
        "wave_completed",
        "wave_results",
        "end_time",
        "duration_seconds",
        "current_wave_total_wait_time",
    }


# begin.


def test_begin_builds_the_state_and_starts_the_first_wave(system: System) -> None:
    system.put(GROUPS, group())
    system.put(EXECUTIONS, execution("PENDING"))
    system.add_servers(A)
    waves = [wave(A), wave(A, waveNumber=1)]
    answer = begin(system, *waves)
    [job_id] = system.drs().jobs
    [result] = answer["wave_results"]
    assert answer == state(
        *waves, job_id=job_id, region="us-east-1", server_ids=[A], wave_results=[result]
    )
    assert system.record() == execution(
        "POLLING", waves=[result], drsJobId=job_id, drsRegion="us-east-1"
    )
    updates = system.calls("dynamodb.UpdateItem")
    assert updates[0].parameters["ExpressionAttributeValues"] == {":status": "RUNNING"}
    assert "ConditionExpression" not in updates[0].parameters


def test_begin_without_waves_completes_at_once(system: System) -> None:
    system.put(EXECUTIONS, execution("PENDING"))
    assert begin(system) == state(all_waves_completed=True, status="completed")
    assert system.record() == execution("RUNNING")


def test_begin_sets_running_without_a_condition(system: System) -> None:
    begin(system)
    assert system.rows(EXECUTIONS) == [
        {"executionId": "execution-1", "planId": "plan-1", "status": "RUNNING"}
    ]


def test_begin_goes_on_when_running_cannot_be_written(system: System) -> None:
    system.put(EXECUTIONS, execution("PENDING"))
    system.refuse("dynamodb.UpdateItem")
    assert begin(system)["status"] == "completed"
    assert system.record() == execution("PENDING")
    assert system.said("ERROR", "Could not set execution execution-1 RUNNING: ")


def test_begin_takes_a_plain_id_and_has_defaults(system: System) -> None:
    answer = system.orchestration({"action": "begin", "execution": "execution-9"})
    assert answer == state(
        execution_id="execution-9",
        plan_id="",
        plan_name="",
        status="completed",
        all_waves_completed=True,
    )


def test_begin_of_a_recovery_is_no_drill(system: System) -> None:
    context = {"accountId": "123456789012"}
    answer = begin(system, isDrill=False, accountContext=context)
    assert (answer["is_drill"], answer["accountContext"]) == (False, context)


def test_begin_returns_the_failure_of_the_first_wave(system: System) -> None:
    answer = begin(system, wave(A, group="pg-lost"))
    assert (answer["status"], answer["wave_completed"]) == ("failed", True)
    assert answer["error"] == "Protection Group pg-lost not found"


# store_task_token.


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_token_is_stored_with_the_wave(system: System, wrapped: bool) -> None:
    system.put(EXECUTIONS, execution("POLLING"))
    paused = state(wave(A), wave(A), paused_before_wave=1, status="paused")
    event = {"application": paused} if wrapped else paused
    answer = system.orchestration({"action": "store_task_token", "taskToken": "token-1", **event})
    assert {key: answer[key] for key in paused} == paused
    assert ("taskToken" in answer) is not wrapped
    assert system.record() == execution("PAUSED", taskToken="token-1", pausedBeforeWave=1)


def test_the_wave_has_a_default_only_when_the_key_is_absent(system: System) -> None:
    paused = state(current_wave_number=3)
    event = {"action": "store_task_token", "taskToken": "t", "application": paused}
    system.orchestration(event)
    assert system.record()["pausedBeforeWave"] is None
    del paused["paused_before_wave"]
    system.orchestration(event)
    assert system.record()["pausedBeforeWave"] == 4
    del paused["current_wave_number"]
    system.orchestration(event)
    assert system.record()["pausedBeforeWave"] == 1


def test_a_missing_token_is_an_error(system: System) -> None:
    system.put(EXECUTIONS, execution("POLLING"))
    for token in ({}, {"taskToken": ""}, {"taskToken": None}):
        with pytest.raises(FunctionError) as caught:
            system.orchestration({"action": "store_task_token", "application": state(), **token})
        assert (caught.value.type, caught.value.message) == (
            "ValueError",
            "No taskToken provided in callback",
        )
    assert system.record() == execution("POLLING")


def test_a_token_that_cannot_be_written_is_an_error(system: System) -> None:
    system.refuse("dynamodb.UpdateItem", message="not yours")
    with pytest.raises(FunctionError) as caught:
        system.orchestration(
            {"action": "store_task_token", "taskToken": "t", "application": state()}
        )
    assert caught.value.type == "ClientError"
    assert caught.value.message.endswith("not yours")
    assert system.said("ERROR", "Could not store task token of execution-1: ")


# resume_wave.


def resumed_state(*waves: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The state that the execution-handler's resume route builds."""
    return {
        "plan_id": "plan-1",
        "execution_id": "execution-1",
        "is_drill": True,
        "waves": list(waves),
        "current_wave_number": 1,
        "paused_before_wave": 1,
        "all_waves_completed": False,
        "wave_completed": False,
        "current_wave_update_time": 30,
        "current_wave_total_wait_time": 0,
        "current_wave_max_wait_time": 1800,
        "status": "running",
        "wave_results": [],
        "job_id": None,
        "region": None,
        "server_ids": [],
        "error": None,
        "accountContext": {"isCurrentAccount": True},
        **more,
    }


@pytest.mark.parametrize("wrapped", [True, False])
def test_resuming_starts_the_wave_that_was_paused_before(system: System, wrapped: bool) -> None:
    system.put(GROUPS, group())
    paused = execution("RESUMING", taskToken="t", pausedBeforeWave=1, waves=[{"jobId": "j"}])
    system.put(EXECUTIONS, paused)
    system.add_servers(A)
    before = resumed_state(wave("s-0"), wave(A), status="paused", wave_completed=True)
    event = {"application": before} if wrapped else before
    answer = system.orchestration({"action": "resume_wave", **event})
    [job_id] = system.drs().jobs
    [result] = answer["wave_results"]
    answer.pop("action", None)
    assert changes(before, answer) == {
        "status": "running",
        "wave_completed": False,
        "paused_before_wave": None,
        "job_id": job_id,
        "region": "us-east-1",
        "server_ids": [A],
        "wave_results": [result],
    }
    assert system.record() == execution(
        "POLLING", waves=[{"jobId": "j"}, result], drsJobId=job_id, drsRegion="us-east-1"
    )


def test_resuming_sets_running_without_a_condition_and_drops_the_token(system: System) -> None:
    paused = execution("RESUMING", taskToken="t", pausedBeforeWave=1)
    system.put(EXECUTIONS, paused)
    system.orchestration({"action": "resume_wave", "application": resumed_state(wave(), wave())})
    assert system.record() == execution("RUNNING")


def test_resuming_goes_on_when_the_record_cannot_be_written(system: System) -> None:
    system.put(GROUPS, group())
    system.add_servers(A)
    system.refuse("dynamodb.UpdateItem")
    answer = system.orchestration(
        {"action": "resume_wave", "application": resumed_state(wave(), wave(A))}
    )
    assert answer["job_id"] in system.drs().jobs
    assert system.rows(EXECUTIONS) == []


@pytest.mark.parametrize(("number", "started_wave"), [(Decimal("1"), 1), ("absent", 0)])
def test_the_paused_wave_may_be_a_decimal_or_absent(
    system: System, number: Any, started_wave: int
) -> None:
    system.put(GROUPS, group())
    system.add_servers(A)
    paused = resumed_state(wave(A), wave(A), paused_before_wave=number)
    if number == "absent":
        del paused["paused_before_wave"]
    answer = system.world.call("orchestration", "resume_wave", {"application": paused})
    assert answer is paused
    assert paused["wave_results"][0]["waveNumber"] == started_wave
    assert type(paused["wave_results"][0]["waveNumber"]) is int
    assert paused["paused_before_wave"] is None


@pytest.mark.parametrize(
    ("broken", "type_", "message"),
    [
        ({"paused_before_wave": 7}, "IndexError", "list index out of range"),
        ({"waves": None}, "TypeError", "'NoneType' object is not subscriptable"),
        ({"is_drill": "gone"}, "KeyError", "'is_drill'"),
    ],
)
def test_what_starting_the_wave_raises_is_an_error_of_the_function(
    system: System, broken: dict[str, Any], type_: str, message: str
) -> None:
    paused = resumed_state(wave(A), wave(A)) | broken
    paused = {key: value for key, value in paused.items() if value != "gone"}
    with pytest.raises(FunctionError) as caught:
        system.orchestration({"action": "resume_wave", "application": deepcopy(paused)})
    assert (caught.value.type, caught.value.message) == (type_, message)


def test_what_resuming_changed_before_the_wave_raised_stays(system: System) -> None:
    paused = resumed_state(status="paused", wave_completed=True)
    with pytest.raises(IndexError):
        system.world.call("orchestration", "resume_wave", {"application": paused})
    assert paused == resumed_state(paused_before_wave=None)


def test_the_runbooks_table_of_plans_is_still_there(system: System) -> None:
    table = system.world.call("orchestration", "get_recovery_plans_table")
    assert table.name == system.tree.table_of("RECOVERY_PLANS_TABLE")
    assert system.world.call("orchestration", "get_recovery_plans_table") is table
