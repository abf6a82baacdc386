"""update_wave_status alias poll_wave_status: cancellation, time-out, and what DRS says of a job."""

from copy import deepcopy
from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    LAUNCHED_AFTER,
    OTHER,
    START,
    A,
    B,
    System,
    changes,
    execution,
    failed,
    other_account,
    raised,
    started,
    state,
    wave,
)

SIX = [f"s-2222222222222222{digit}" for digit in "123456"]


def poll(system: System, before: dict[str, Any]) -> dict[str, Any]:
    """Poll; what it changed in the state."""
    after = deepcopy(before)
    assert system.call("update_wave_status", {"application": after}) is after
    return changes(before, after)


def waited(seconds: int = 30, **more: Any) -> dict[str, Any]:
    """What a poll of a job that goes on changes."""
    return {"current_wave_total_wait_time": seconds, **more}


def test_the_state_stands_under_application_or_at_the_root(moved: System) -> None:
    for event in (state(), {"application": state()}):
        inner = event.get("application", event)
        assert moved.call("update_wave_status", event) is inner
        assert inner["wave_completed"] is True


# Cancelled meanwhile.


def test_a_cancelled_execution_is_over_at_once(moved: System) -> None:
    moved.wait(100)
    for job_id in ("drsjob-00000000000000000", None):
        moved.put(EXECUTIONS, execution("CANCELLING", extra="kept"))
        assert poll(moved, state(wave(A), job_id=job_id)) == {
            "all_waves_completed": True,
            "wave_completed": True,
            "status": "cancelled",
        }
        assert moved.record() == execution("CANCELLED", endTime=START + 100, extra="kept")
    assert moved.names("drs.") == []


def test_without_both_ids_nobody_asks_for_the_record(system: System) -> None:
    system.put(EXECUTIONS, execution("CANCELLING"))
    for missing in ({"execution_id": None}, {"execution_id": ""}, {"plan_id": None}):
        assert poll(system, state(wave(A), **missing)) == {"wave_completed": True}
    assert system.names("dynamodb.") == []


@pytest.mark.parametrize("records", [[], [execution("PAUSED")]], ids=["none", "paused"])
def test_any_other_record_does_not_stop_the_poll(
    system: System, records: list[dict[str, Any]]
) -> None:
    system.put(EXECUTIONS, *records)
    assert poll(system, state(wave(A))) == {"wave_completed": True}
    assert system.rows(EXECUTIONS) == records


def test_a_record_that_cannot_be_read_does_not_stop_the_poll(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    system.refuse("dynamodb.GetItem")
    assert poll(system, running) == waited()
    assert system.said("ERROR", "Cancellation check of execution-1 failed: ")


def test_when_cancelled_cannot_be_written_polling_goes_on_with_a_changed_state(
    moved: System,
) -> None:
    moved.add_servers(A)
    running = started(moved, wave(A))
    moved.put(EXECUTIONS, execution("CANCELLING"))
    moved.refuse("dynamodb.UpdateItem")
    assert poll(moved, running) == waited(all_waves_completed=True, status="cancelled")
    assert moved.record() == execution("CANCELLING")
    assert "drs.DescribeJobs" in moved.names("drs.")


# No job, or for too long.


def test_without_a_job_the_wave_is_over(moved: System) -> None:
    assert poll(moved, state(wave(A))) == {"wave_completed": True}
    assert moved.names("drs.") == []


def test_the_wait_adds_up(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    for total_before, update, maximum, total in (
        (0, 30, 31536000, 30),
        (90, 30, 31536000, 120),
        (1, 7, 31536000, 8),
        (59, 30, 90, 89),
    ):
        times = {
            "current_wave_total_wait_time": total_before,
            "current_wave_update_time": update,
            "current_wave_max_wait_time": maximum,
        }
        assert poll(system, running | times) == waited(total)


def test_a_wave_that_takes_too_long_times_out_and_writes_nothing(moved: System) -> None:
    moved.put(EXECUTIONS, execution("POLLING"))
    for before in (60, 61):
        waiting = state(
            wave(A),
            job_id="drsjob-00000000000000000",
            current_wave_total_wait_time=before,
            current_wave_max_wait_time=90,
        )
        assert poll(moved, waiting) == waited(
            before + 30,
            wave_completed=True,
            status="timeout",
            error=f"Wave timed out after {before + 30}s",
        )
    assert moved.record() == execution("POLLING")
    assert moved.names("drs.") == []


def test_times_that_the_state_lacks_have_defaults(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    for key in ("update_time", "max_wait_time", "total_wait_time"):
        del running[f"current_wave_{key}"]
    assert poll(system, running) == waited()
    almost = running | {"current_wave_total_wait_time": 31536000 - 31}
    assert "status" not in poll(system, almost)
    late = running | {"current_wave_total_wait_time": 31536000 - 30}
    assert poll(system, late)["status"] == "timeout"


# The job.


def test_a_job_that_drs_does_not_know_fails_the_wave(moved: System) -> None:
    moved.add_servers(A)
    moved.plan_job(vanishes_after_seconds=0)
    running = started(moved, wave(A))
    assert poll(moved, running) == waited(**failed(f"Job {running['job_id']} not found"))
    [call] = moved.calls("drs.DescribeJobs")
    assert call.parameters == {"filters": {"jobIDs": [running["job_id"]]}}


def test_a_job_without_participating_servers(system: System) -> None:
    system.add_servers(A)
    system.plan_job(servers="hidden")
    running = started(system, wave(A), wave(A))
    for status in ("PENDING", "STARTED"):
        assert poll(system, running | {"wave_completed": True}) == waited(wave_completed=False)
        assert system.said("INFO", f"{status}, 0 participating server(s)")
        system.wait(30)
    system.wait(LAUNCHED_AFTER)
    assert poll(system, running) == waited(
        **failed("DRS job completed but no participating servers")
    )


def test_a_job_of_an_unknown_status_without_servers_goes_on(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.add_servers(A)
    system.plan_job(servers="hidden")
    running = started(system, wave(A)) | {"wave_completed": True}
    monkeypatch.setattr(system.drs().jobs[running["job_id"]], "status", lambda _: "RETRYING")
    assert poll(system, running) == waited(wave_completed=False)
    assert system.said("WARNING", f"Job {running['job_id']} has status RETRYING")


def test_the_job_is_looked_for_where_the_state_says(system: System) -> None:
    waiting = state(wave(A), job_id="drsjob-00000000000000000", region="eu-west-1")
    poll(system, waiting)
    poll(system, waiting | {"region": None})
    del waiting["region"]
    poll(system, waiting)
    regions = [call.region for call in system.calls("drs.DescribeJobs")]
    assert regions == ["eu-west-1", "us-east-1", "us-east-1"]


def test_the_job_is_looked_for_in_the_states_account(system: System) -> None:
    system.trust()
    system.add_servers(A, account=OTHER)
    waiting = state(wave(A), job_id="drsjob-00000000000000000", accountContext=None)
    for context in ({"accountContext": other_account()}, {"account_context": other_account()}):
        assert poll(system, waiting | context)["status"] == "failed"
    accounts = [(call.name, call.account) for call in system.calls("drs.")]
    assert accounts == [("drs.DescribeJobs", OTHER)] * 2


def test_a_job_that_cannot_be_read_fails_the_wave(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    system.refuse("drs.DescribeJobs", message="not yours")
    assert poll(system, running) == waited(
        **failed(
            "An error occurred (AccessDeniedException) when calling the DescribeJobs operation: "
            "not yours"
        )
    )
    [error] = system.logs("ERROR")
    assert error.message.startswith("Polling wave 0 of execution-1 failed: ")
    assert raised(error) == "AccessDeniedException"


# Its servers.


def counts(system: System) -> str:
    """What the last poll logged about the servers."""
    return next(
        line.message.partition("→ ")[2]
        for line in reversed(system.logs("INFO"))
        if line.message.startswith("Wave 0 [")
    )


def test_servers_on_their_way_change_nothing_and_are_not_stored(moved: System) -> None:
    moved.add_servers(A, B)
    moved.plan_launch(B, pending_seconds=100)
    running = started(moved, wave(A, B), wave_completed=True)
    before = moved.record()
    running["wave_completed"] = True
    moved.wait(60)
    assert poll(moved, running) == waited(wave_completed=False)
    assert moved.record() == before
    assert counts(moved) == (f"0 launched, 0 failed, 1 in progress, 1 pending of 2: {A}, {B}")


def test_the_wave_waits_for_its_last_server(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(B, launch_seconds=900)
    running = started(system, wave(A, B))
    system.wait(LAUNCHED_AFTER)
    assert poll(system, running) == waited()
    assert counts(system).startswith("1 launched, 0 failed, 1 in progress, 0 pending of 2")


def test_a_launch_status_that_nobody_knows_is_none_of_the_four(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.add_servers(A, B)
    running = started(system, wave(A, B))
    system.wait(LAUNCHED_AFTER)
    server = system.drs().jobs[running["job_id"]].participants[1]
    monkeypatch.setattr(server, "status", lambda _: "THINKING")
    assert poll(system, running) == waited()
    assert counts(system).startswith("1 launched, 0 failed, 0 in progress, 0 pending of 2")


def test_the_log_decides_a_phase_that_is_only_logged(system: System) -> None:
    """A conversion shows as SNAPSHOTTING: DRS never logs the CONVERSION_STARTED that is sought."""
    system.add_servers(A)
    running = started(system, wave(A))
    for seconds in (0, 15, 25, 110, 150):  # pending, started, snapshot, conversion, launch
        system.wait(seconds)
        assert poll(system, running) == waited()
    phases = [
        line.message.partition("]")[0]
        for line in system.logs("INFO")
        if line.message.startswith("Wave 0 [")
    ]
    assert phases == [
        "Wave 0 [PENDING",
        "Wave 0 [STARTED",
        "Wave 0 [SNAPSHOTTING",
        "Wave 0 [SNAPSHOTTING",
        "Wave 0 [LAUNCHING",
    ]


def test_an_old_instance_is_cleaned_up_first(system: System) -> None:
    system.add_servers(A)
    started(system, wave(A))
    system.wait(1000)
    again = started(system, wave(A))
    system.wait(31)
    poll(system, again)
    assert system.said("INFO", "Wave 0 [CLEANING UP] → ")


def test_only_the_newest_ten_items_decide(system: System) -> None:
    """Twelve items are newer than the six starts of a snapshot, and none of them has a phase."""
    system.add_servers(*SIX)
    running = started(system, wave(*SIX))
    system.wait(150)
    poll(system, running)
    assert system.said("INFO", "Wave 0 [STARTED] → ")


def test_a_log_that_cannot_be_read_is_a_warning(system: System) -> None:
    system.add_servers(A)
    running = started(system, wave(A))
    system.wait(60)
    system.refuse("drs.DescribeJobLogItems")
    assert poll(system, running) == waited()
    assert system.said("WARNING", f"Log items of job {running['job_id']} not available: ")
    assert system.said("INFO", "Wave 0 [STARTED] → ")
