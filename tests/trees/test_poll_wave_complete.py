"""update_wave_status alias poll_wave_status: a wave that is complete, and what comes next."""

from copy import deepcopy
from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    GROUPS,
    LAUNCHED_AFTER,
    START,
    A,
    B,
    System,
    changes,
    execution,
    failed,
    group,
    started,
    state,
    wave,
)

END = START + LAUNCHED_AFTER
CANCELLED = {
    "all_waves_completed": True,
    "status": "cancelled",
    "status_reason": "Execution cancelled by user",
    "end_time": END,
    "duration_seconds": LAUNCHED_AFTER,
}
FINISHED = {
    "all_waves_completed": True,
    "status": "completed",
    "status_reason": "All waves completed successfully",
    "end_time": END,
    "duration_seconds": LAUNCHED_AFTER,
}


def launched(system: System, *waves: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A state whose first wave has launched, its job still at work."""
    system.add_servers(A, B)
    running = started(system, *waves, **more)
    system.wait(LAUNCHED_AFTER)
    return running


def poll(system: System, before: dict[str, Any]) -> dict[str, Any]:
    """Poll; what it changed in the state, but for the wait."""
    after = deepcopy(before)
    assert system.call("update_wave_status", {"application": after}) is after
    changed = changes(before, after)
    assert changed.pop("current_wave_total_wait_time", 0) in (0, 30)
    return changed


def completed(running: dict[str, Any]) -> list[dict[str, Any]]:
    """The wave results with the first one completed."""
    first, *others = running["wave_results"]
    return [{**first, "status": "COMPLETED", "endTime": END}, *others]


def cancel_during_the_poll(system: System) -> None:
    """Mark the record while a throttled call makes the poll wait, after its first look at it."""
    system.refuse("drs.DescribeJobLogItems", "ThrottlingException", "slow down", times=1)
    system.world.clock.spawn(
        lambda: system.put(EXECUTIONS, execution("CANCELLING")), delay=0.000001
    )


def end_of(system: System) -> int:
    """The current time in whole epoch seconds."""
    return int(system.world.clock.now())


def test_the_last_wave_completes_the_execution(moved: System) -> None:
    running = launched(moved, wave(A))
    before = moved.record()
    assert poll(moved, running) == FINISHED | {
        "wave_completed": True,
        "completed_waves": 1,
        "wave_results": completed(running),
    }
    assert moved.record() == before | {"status": "COMPLETED", "endTime": END}


def test_the_wave_is_complete_when_the_job_is_too(system: System) -> None:
    running = launched(system, wave(A))
    system.wait(600)
    assert poll(system, running)["status"] == "completed"


def test_all_servers_have_to_be_launched(system: System) -> None:
    running = launched(system, wave(A, B))
    assert poll(system, running)["completed_waves"] == 1


def test_at_the_end_all_waves_count_as_completed(system: System) -> None:
    running = launched(system, wave(A), wave(B), wave(B))
    running |= {"current_wave_number": 2, "completed_waves": 0}
    assert poll(system, running)["completed_waves"] == 3


def test_only_the_result_of_this_wave_is_completed(system: System) -> None:
    running = launched(system, wave(A), wave(B))
    other = {"waveNumber": 7, "status": "STARTED"}
    running["wave_results"] += [other, {"status": "STARTED"}]
    results = poll(system, running)["wave_results"]
    assert [result["status"] for result in results[:3]] == ["COMPLETED", "STARTED", "STARTED"]
    assert results[1] == other


def test_after_a_resume_keys_are_missing_and_it_works(system: System) -> None:
    running = launched(system, wave(A))
    for key in ("completed_waves", "start_time", "total_waves", "status_reason", "plan_name"):
        del running[key]
    changed = poll(system, running)
    assert changed == {
        key: value for key, value in FINISHED.items() if key != "duration_seconds"
    } | {"wave_completed": True, "completed_waves": 1, "wave_results": completed(running)}


def test_a_state_without_results_completes_as_well(system: System) -> None:
    running = launched(system, wave(A))
    del running["wave_results"]
    assert poll(system, running) == FINISHED | {"wave_completed": True, "completed_waves": 1}


def test_a_final_write_that_fails_fails_the_execution(moved: System) -> None:
    running = launched(moved, wave(A))
    before = moved.record()
    moved.refuse("dynamodb.UpdateItem", message="not yours")
    changed = poll(moved, running)
    assert changed == FINISHED | {
        "wave_completed": True,
        "completed_waves": 1,
        "wave_results": completed(running),
        "status": "failed",
        "error": "An error occurred (AccessDeniedException) when calling the UpdateItem "
        "operation: not yours",
    }
    assert moved.record() == before


def test_the_final_write_needs_a_record(system: System) -> None:
    running = launched(system, wave(A)) | {"execution_id": "execution-2"}
    changed = poll(system, running)
    assert changed["all_waves_completed"] is True
    assert changed["status"] == "failed"
    assert "ConditionalCheckFailedException" in changed["error"]
    assert [row["executionId"] for row in system.rows(EXECUTIONS)] == ["execution-1"]


# The next wave.


def test_the_next_wave_is_started(moved: System) -> None:
    running = launched(moved, wave(A), wave(B, waveName="Db"))
    running["current_wave_total_wait_time"] = 60
    before = moved.record()
    changed = poll(moved, running)
    _, second = moved.drs().jobs
    assert changed["wave_results"][0] == completed(running)[0]
    new = changed["wave_results"][1]
    assert (new["waveNumber"], new["waveName"], new["serverIds"]) == (1, "Db", [B])
    assert changed == {
        "completed_waves": 1,
        "current_wave_number": 1,
        "job_id": second,
        "server_ids": [B],
        "wave_results": changed["wave_results"],
    }
    assert moved.record() == before | {
        "waves": [before["waves"][0], new],
        "drsJobId": second,
        "status": "POLLING",
    }
    assert moved.names("drs.")[-3:] == [
        "drs.DescribeJobs",
        "drs.DescribeJobLogItems",
        "drs.StartRecovery",
    ]


def test_a_next_wave_that_cannot_be_started_fails(moved: System) -> None:
    running = launched(moved, wave(A), wave(B, group="pg-lost"))
    changed = poll(moved, running)
    assert changed == failed("Protection Group pg-lost not found") | {
        "completed_waves": 1,
        "wave_results": completed(running),
    }


def test_a_next_wave_without_servers_leaves_the_wave_completed(system: System) -> None:
    system.put(GROUPS, group("pg-none", serverSelectionTags={"Tier": "mainframe"}))
    running = launched(system, wave(A), wave(group="pg-none"))
    assert poll(system, running) == {
        "wave_completed": True,
        "completed_waves": 1,
        "wave_results": completed(running),
    }


def test_what_starting_the_next_wave_raises_fails_the_wave(moved: System) -> None:
    running = launched(moved, wave(A), wave(B))
    del running["is_drill"]
    assert poll(moved, running) == failed("'is_drill'") | {
        "completed_waves": 1,
        "wave_results": completed(running),
    }
    assert moved.said("ERROR", "Polling wave 0 of execution-1 failed: 'is_drill'")


# A pause before it.


def test_a_pause_before_the_next_wave(moved: System) -> None:
    running = launched(moved, wave(A), wave(B, pauseBeforeWave=True))
    before = moved.record()
    assert poll(moved, running) == {
        "wave_completed": True,
        "completed_waves": 1,
        "wave_results": completed(running),
        "status": "paused",
        "paused_before_wave": 1,
    }
    assert moved.record() == before | {"status": "PAUSED", "pausedBeforeWave": 1}
    assert len(moved.drs().jobs) == 1


def test_a_pause_that_is_false_is_none(system: System) -> None:
    running = launched(system, wave(A), wave(B, pauseBeforeWave=False))
    assert poll(system, running)["current_wave_number"] == 1


def test_a_pause_that_cannot_be_written_is_one_all_the_same(system: System) -> None:
    running = launched(system, wave(A), wave(B, pauseBeforeWave=True))
    before = system.record()
    system.refuse("dynamodb.UpdateItem")
    assert poll(system, running)["status"] == "paused"
    assert system.record() == before
    assert system.said("ERROR", "Could not mark execution-1 PAUSED: ")


# Cancelled after the wave.


@pytest.mark.parametrize("waves", [[wave(A)], [wave(A), wave(B)]], ids=["last", "not last"])
def test_a_cancellation_during_the_poll_ends_the_execution(
    moved: System, waves: list[dict[str, Any]]
) -> None:
    running = launched(moved, *waves)
    cancel_during_the_poll(moved)
    changed = poll(moved, running)
    end = end_of(moved)
    assert changed["wave_results"][0]["status"] == "COMPLETED"
    assert changed == CANCELLED | {
        "wave_completed": True,
        "completed_waves": 1,
        "end_time": end,
        "duration_seconds": end - START,
        "wave_results": changed["wave_results"],
    }
    assert moved.record() == execution("CANCELLED", endTime=end)
    assert len(moved.drs().jobs) == 1


def test_without_a_start_time_a_cancellation_has_no_duration(system: System) -> None:
    running = launched(system, wave(A), start_time=None)
    cancel_during_the_poll(system)
    changed = poll(system, running)
    assert changed["status"] == "cancelled"
    assert "duration_seconds" not in changed


def test_a_second_look_that_fails_does_not_stop_the_execution(system: System) -> None:
    running = launched(system, wave(A), wave(B))
    system.refuse("dynamodb.GetItem", skip=1, times=1)
    assert poll(system, running)["current_wave_number"] == 1
    assert system.said("ERROR", "Cancellation check of execution-1 failed: ")


def test_when_cancelled_cannot_be_written_the_execution_goes_on(system: System) -> None:
    running = launched(system, wave(A))
    cancel_during_the_poll(system)
    system.refuse("dynamodb.UpdateItem", times=1)
    changed = poll(system, running)
    assert (changed["status"], changed["status_reason"]) == (
        "completed",
        "All waves completed successfully",
    )
    assert system.record()["status"] == "COMPLETED"


def test_without_ids_the_second_look_fails_and_the_last_write_too(system: System) -> None:
    running = launched(system, wave(A)) | {"execution_id": None}
    changed = poll(system, running)
    assert changed["all_waves_completed"] is True
    assert changed["status"] == "failed"
    assert system.record()["status"] == "POLLING"


def test_a_wave_that_completes_does_not_look_at_the_status(system: System) -> None:
    """A state that failed before and is polled again completes: the poll asks DRS alone."""
    running = launched(system, wave(A)) | {"status": "failed", "error": "earlier"}
    changed = poll(system, running)
    assert changed["status"] == "completed"
    assert "error" not in changed


def test_polling_a_wave_that_the_plan_does_not_have_ends_the_plan(system: System) -> None:
    running = launched(system, wave(A)) | {"current_wave_number": 5}
    assert poll(system, running)["all_waves_completed"] is True
    assert state()["waves"] == []
