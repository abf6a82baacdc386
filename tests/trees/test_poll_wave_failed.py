"""update_wave_status alias poll_wave_status: waves whose servers fail to launch."""

from copy import deepcopy
from typing import Any

from tests.trees.support import (
    LAUNCHED_AFTER,
    START,
    A,
    B,
    System,
    changes,
    failed,
    started,
    wave,
)


def poll(system: System, before: dict[str, Any]) -> dict[str, Any]:
    """Poll; what it changed in the state."""
    after = deepcopy(before)
    assert system.call("update_wave_status", {"application": after}) is after
    return changes(before, after)


def waited(seconds: int = 30, **more: Any) -> dict[str, Any]:
    """What a poll of a job that goes on changes."""
    return {"current_wave_total_wait_time": seconds, **more}


def test_a_failed_server_fails_the_wave_and_nothing_is_written(moved: System) -> None:
    moved.add_servers(A, B)
    moved.plan_launch(B, outcome="FAILED", launch_seconds=100)
    running = started(moved, wave(A, B), wave(A))
    before = moved.record()
    moved.wait(200)
    assert poll(moved, running) == waited(
        **failed("1 servers failed to launch"),
        failed_waves=1,
        error_code="WAVE_LAUNCH_FAILED",
        status_reason="Wave 0 failed: 1 servers failed to launch",
        end_time=START + 200,
        duration_seconds=200,
    )
    assert moved.record() == before
    assert len(moved.drs().jobs) == 1


def test_terminated_servers_count_as_failed(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(A, outcome="FAILED")
    system.plan_launch(B, outcome="TERMINATED")
    running = started(system, wave(A, B), failed_waves=4, current_wave_number=3)
    system.wait(LAUNCHED_AFTER)
    assert poll(system, running)["error"] == "2 servers failed to launch"
    assert poll(system, running)["failed_waves"] == 1


def test_one_launched_server_does_not_save_the_wave(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(B, outcome="FAILED")
    running = started(system, wave(A, B))
    system.wait(LAUNCHED_AFTER + 5)
    assert poll(system, running)["error"] == "1 servers failed to launch"


def test_without_a_start_time_a_failure_has_no_duration(system: System) -> None:
    system.add_servers(A)
    system.plan_launch(A, outcome="FAILED")
    running = started(system, wave(A))
    del running["start_time"], running["failed_waves"]
    system.wait(LAUNCHED_AFTER)
    changed = poll(system, running)
    assert (changed["failed_waves"], changed["end_time"]) == (1, START + LAUNCHED_AFTER)
    assert "duration_seconds" not in changed


def test_a_job_that_ends_with_nothing_launched_fails_in_its_own_words(moved: System) -> None:
    moved.add_servers(A)
    moved.plan_launch(A, outcome="FAILED")
    running = started(moved, wave(A))
    moved.wait(LAUNCHED_AFTER + 5)
    assert poll(moved, running) == waited(
        **failed("DRS job completed but no recovery instances created")
    )
