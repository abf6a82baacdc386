"""Cancel, pause and resume: what people do to an execution that runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.trees.support import (
    EXECUTIONS,
    GROUPS,
    HUB,
    PLANS,
    START,
    A,
    B,
    System,
    execution,
    group,
    plan,
    wave,
    wave_result,
)

PATH = "/executions/execution-1"


def post(system: System, action: str, user: str | None = "me") -> tuple[int, Any]:
    return system.execution_api("POST", f"{PATH}/{action}", {"initiatedBy": user})


def refused(answer: tuple[int, Any], status: int, code: str) -> None:
    assert (answer[0], answer[1].get("error")) == (status, code), answer


@contextmanager
def changed_meanwhile(system: System, **more: Any) -> Iterator[None]:
    """Between its read and its write somebody else changes the record."""
    system.world.call("execution-handler", "get_epoch_seconds")
    table = system.world.container("execution-handler").module.execution_history_table
    update = table.update_item

    def late(**arguments: Any) -> Any:
        system.put(EXECUTIONS, execution("COMPLETED", **more))
        return update(**arguments)

    table.update_item = late
    try:
        yield
    finally:
        table.update_item = update


def test_an_execution_that_is_not_there(system: System) -> None:
    for action in ("cancel", "pause", "resume", "terminate"):
        refused(post(system, action), 404, "EXECUTION_NOT_FOUND")


# Cancel.


def test_a_running_execution_is_marked(system: System) -> None:
    answer = {"executionId": "execution-1", "status": "CANCELLING"}
    marked = execution("CANCELLING", cancelledBy="me", cancelRequestTime=START)
    for status in ("PENDING", "RUNNING", "POLLING", "PAUSE_PENDING", "RESUMING"):
        system.put(EXECUTIONS, execution(status))
        assert post(system, "cancel") == (202, answer), status
        assert system.record() == marked
    assert post(system, "cancel", "somebody else") == (202, answer)
    assert system.record() == marked


def test_what_is_over_cannot_be_cancelled_paused_or_resumed(system: System) -> None:
    for status in ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"):
        system.put(EXECUTIONS, execution(status))
        refused(post(system, "cancel"), 409, "NOT_CANCELLABLE")
        refused(post(system, "pause"), 409, "NOT_PAUSABLE")
        refused(post(system, "resume"), 409, "NOT_PAUSED")
        assert system.record() == execution(status)


def test_what_changes_meanwhile_is_left_alone(system: System) -> None:
    waves = [{"status": "PENDING"}]
    for action, before in (
        ("cancel", execution("RUNNING")),
        ("cancel", execution("PAUSED", taskToken="t")),
        ("pause", execution("RUNNING", waves=waves)),
        ("resume", execution("PAUSED", taskToken="t")),
        ("resume", execution("PAUSE_PENDING")),
    ):
        system.put(EXECUTIONS, before)
        with changed_meanwhile(system, waves=waves):
            refused(post(system, action), 409, "STATUS_CHANGED")
        assert system.record() == execution("COMPLETED", waves=waves)


def test_a_write_that_is_refused_is_a_500(system: System) -> None:
    system.refuse("dynamodb.UpdateItem", message="not yours")
    for action, before in (
        ("cancel", execution("RUNNING")),
        ("cancel", execution("PAUSED", taskToken="t")),
        ("pause", execution("RUNNING", waves=[{"status": "PENDING"}])),
        ("resume", execution("PAUSED", taskToken="t")),
    ):
        system.put(EXECUTIONS, before)
        refused(post(system, action), 500, "INTERNAL_ERROR")
        assert system.record() == before


# A state machine that waits for its token.


def pausing(system: System) -> None:
    """An execution that pauses before its only wave, and waits."""
    system.put(GROUPS, group())
    system.put(PLANS, plan(wave(A), wave(B, pauseBeforeWave=True)))
    system.put(EXECUTIONS, execution("PENDING"))
    system.add_servers(A, B)
    machine = system.tree.machines[0].name
    system.world.clock.spawn(
        lambda: system.world.start_execution(
            machine,
            "execution-1",
            {
                "Execution": {"Id": "execution-1"},
                "isDrill": True,
                "accountContext": {},
                "Plan": plan(wave(A), wave(B, pauseBeforeWave=True)),
            },
        )
    )
    system.wait(400)
    assert system.record()["status"] == "PAUSED"


def test_a_paused_execution_is_cancelled_here_and_now(system: System) -> None:
    pausing(system)
    token = system.record()["taskToken"]
    now = int(system.world.clock.now())
    assert post(system, "cancel") == (200, {"executionId": "execution-1", "status": "CANCELLED"})
    record = system.record()
    assert (record["status"], record["endTime"]) == ("CANCELLED", now)
    assert record["statusReason"] == "Cancelled by me while paused"
    assert not {"taskToken", "pausedBeforeWave"} & record.keys()
    system.world.run()
    [call] = [call for call in system.calls("") if call.name.endswith(".SendTaskFailure")]
    assert call.parameters == {
        "taskToken": token,
        "error": "ExecutionCancelled",
        "cause": "Execution execution-1 was cancelled by me",
    }
    [run] = system.recording().executions
    assert (run.status, run.error) == ("FAILED", "ExecutionCancelled")


def test_a_token_that_is_gone_does_not_keep_anybody_from_cancelling(system: System) -> None:
    waves = [
        {"status": "COMPLETED", "jobId": "j"},
        {"status": "STARTED", "jobId": "k"},
        {"status": "PENDING"},
        {"status": "FAILED"},
    ]
    system.put(EXECUTIONS, execution("PAUSED", taskToken="gone", pausedBeforeWave=2, waves=waves))
    assert post(system, "cancel")[0] == 200
    waves[2] = {"status": "CANCELLED", "endTime": START}
    assert system.record() == execution(
        "CANCELLED", waves=waves, endTime=START, statusReason="Cancelled by me while paused"
    )
    assert system.said("WARNING", "Task token of execution-1 was not accepted: ")


def test_a_pause_without_a_token_yet(system: System) -> None:
    system.put(EXECUTIONS, execution("PAUSED"))
    refused(post(system, "cancel"), 409, "PAUSE_IN_PROGRESS")
    refused(post(system, "resume"), 409, "PAUSE_IN_PROGRESS")
    assert system.record() == execution("PAUSED")


# Pause.


def test_a_pause_is_asked_for_before_the_next_wave(system: System) -> None:
    ran = [{"jobId": "j", "status": "STARTED"}, {"status": "CANCELLED"}]
    paused = execution(
        "PAUSE_PENDING",
        waves=[*ran, {"waveName": "Db", "pauseBeforeWave": True}, {}],
        pausedBeforeWave=2,
        pauseRequestedBy="me",
    )
    for status in ("RUNNING", "POLLING"):
        system.put(EXECUTIONS, execution(status, waves=[*ran, {"waveName": "Db"}, {}]))
        assert post(system, "pause") == (
            202,
            {
                "executionId": "execution-1",
                "status": "PAUSE_PENDING",
                "pausedBeforeWave": 2,
            },
        )
        assert system.record() == paused
    assert post(system, "pause") == (
        200,
        {"executionId": "execution-1", "status": "PAUSE_PENDING"},
    )
    assert system.record() == paused


def test_there_has_to_be_a_wave_left(system: System) -> None:
    system.put(EXECUTIONS, execution(waves=[{"jobId": "j"}, {"status": "FAILED"}]))
    refused(post(system, "pause"), 409, "NO_WAVE_LEFT")
    system.put(EXECUTIONS, execution("PENDING", waves=[{}]))
    refused(post(system, "pause"), 409, "NOT_PAUSABLE")


# Resume.


def test_a_request_to_pause_is_taken_back(system: System) -> None:
    system.put(EXECUTIONS, execution("PAUSE_PENDING"))
    assert post(system, "resume") == (200, {"executionId": "execution-1", "status": "RUNNING"})
    assert system.record() == execution("RUNNING", resumedBy="me")


def test_a_paused_execution_goes_on_with_a_new_state(system: System) -> None:
    pausing(system)
    record = system.record()
    ran = {**record["waves"][0], "status": "COMPLETED"}
    system.put(
        EXECUTIONS,
        {
            **record,
            "waves": [ran],
            "executionType": "RECOVERY",
            "accountContext": {"accountId": HUB, "isCurrentAccount": True},
        },
    )
    assert post(system, "resume") == (
        200,
        {
            "executionId": "execution-1",
            "status": "RESUMING",
            "resumedAtWave": 1,
        },
    )
    assert (system.record()["status"], system.record()["resumedBy"]) == ("RESUMING", "me")
    system.world.run()
    resumed = next(s for s in system.recording().steps if s.event.get("action") == "resume_wave")
    assert resumed.event["application"] == {
        "plan_id": "plan-1",
        "execution_id": "execution-1",
        "is_drill": False,
        "waves": [ran, wave(B, waveNumber=1, pauseBeforeWave=True)],
        "current_wave_number": 1,
        "paused_before_wave": 1,
        "all_waves_completed": False,
        "wave_completed": False,
        "current_wave_update_time": 30,
        "current_wave_total_wait_time": 0,
        "current_wave_max_wait_time": 1800,
        "status": "running",
        "wave_results": [ran],
        "job_id": None,
        "region": None,
        "server_ids": [],
        "error": None,
        "accountContext": {"accountId": HUB, "isCurrentAccount": True},
    }
    [run] = system.recording().executions
    assert (run.status, run.output["completed_waves"]) == ("SUCCEEDED", 2)
    assert system.record()["status"] == "COMPLETED"
    assert system.drs().jobs[run.output["job_id"]].params["isDrill"] is False


def resume_state(system: System, record: dict[str, Any], plan_: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = system.world.call(
        "execution-handler", "build_resume_state", record, plan_
    )
    return state


def test_waves_of_the_new_state_are_recorded_ones_only_if_they_ran(system: System) -> None:
    ran = wave_result(0, "drsjob-1", A, status="FAILED")
    never = {"waveName": "recorded", "status": "PENDING"}
    longer = {"waveName": "not in the plan", "status": "COMPLETED"}
    record = execution("PAUSED", waves=[ran, never, longer])
    state = resume_state(system, record, plan(wave(A), wave(B)))
    assert state["waves"] == [ran, wave(B, waveNumber=1), longer]
    assert state["wave_results"] == [ran, longer]
    assert (state["current_wave_number"], state["paused_before_wave"]) == (0, 0)
    assert (state["is_drill"], state["accountContext"]) == (True, None)
    assert resume_state(system, record, {})["waves"] == [ran, never, longer]
    assert resume_state(system, execution("PAUSED"), plan(wave(A)))["waves"] == [wave(A)]


def test_a_token_that_is_not_valid_leaves_the_execution_paused(system: System) -> None:
    paused = execution("PAUSED", taskToken="wrong", pausedBeforeWave=1)
    system.put(EXECUTIONS, paused)
    refused(post(system, "resume"), 409, "TASK_TOKEN_REJECTED")
    assert system.record() == paused | {"resumedBy": "me"}


def test_any_other_failure_of_the_callback_leaves_it_paused_too(system: System) -> None:
    paused = execution("PAUSED", taskToken="t")
    system.put(EXECUTIONS, paused)
    for name in ("states", "stepfunctions"):
        system.refuse(f"{name}.SendTaskSuccess", message="not yours")
    refused(post(system, "resume"), 500, "INTERNAL_ERROR")
    assert system.record() == paused | {"resumedBy": "me"}
