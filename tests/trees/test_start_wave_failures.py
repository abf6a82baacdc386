"""start_wave_recovery: what fails a wave, what raises, and what is only logged."""

import shutil
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    GROUPS,
    ROOTS,
    A,
    System,
    changes,
    execution,
    failed,
    group,
    opened,
    raised,
    state,
    wave,
    wave_result,
)


def start(system: System, before: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Start a wave; what it changed in the state."""
    after = deepcopy(before)
    assert system.call("start_wave_recovery", after, number) is None
    return changes(before, after)


def test_a_refused_recovery_fails_the_wave_and_writes_nothing(moved: System) -> None:
    moved.put(GROUPS, group())
    moved.put(EXECUTIONS, execution())
    moved.add_servers(A)
    moved.refuse("drs.StartRecovery", "ConflictException", "server is in a job")
    changed = start(moved, state(wave(A)))
    assert changed == failed(
        "An error occurred (ConflictException) when calling the StartRecovery operation: "
        "server is in a job"
    )
    assert moved.record() == execution()
    assert [raised(line) for line in moved.logs("ERROR")] == ["ConflictException"]


def test_a_group_that_cannot_be_read_fails_the_wave(system: System) -> None:
    system.refuse("dynamodb.GetItem", message="not yours")
    assert start(system, state(wave(A))) == failed(
        "An error occurred (AccessDeniedException) when calling the GetItem operation: not yours"
    )


def test_the_record_is_only_updated_where_it_exists(moved: System) -> None:
    moved.put(GROUPS, group())
    moved.add_servers(A)
    changed = start(moved, state(wave(A)))
    assert changed["job_id"] in moved.drs().jobs
    assert "status" not in changed
    assert moved.rows(EXECUTIONS) == []
    [error] = moved.logs("ERROR")
    assert error.message.startswith("Could not record wave 0 of execution-1: An error occurred ")
    assert "ConditionalCheckFailedException" in error.message


def test_a_record_that_cannot_be_written_does_not_stop_the_wave(system: System) -> None:
    system.put(GROUPS, group())
    system.put(EXECUTIONS, execution())
    system.add_servers(A)
    system.refuse("dynamodb.UpdateItem", message="not yours")
    changed = start(system, state(wave(A)))
    assert changed["job_id"] in system.drs().jobs
    assert "error" not in changed
    assert system.record() == execution()


def test_a_state_that_lacks_a_key_raises(moved: System) -> None:
    for key in ("waves", "is_drill", "execution_id"):
        broken = state(wave(A))
        del broken[key]
        before = deepcopy(broken)
        with pytest.raises(KeyError) as caught:
            moved.call("start_wave_recovery", broken, 0)
        assert str(caught.value) == repr(key)
        assert broken == before
    assert moved.names("drs.", "dynamodb.") == []


def test_a_wave_number_that_does_not_exist_raises(moved: System) -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        moved.call("start_wave_recovery", state(wave(A)), 1)


def test_without_a_plan_id_only_the_record_stays_behind(system: System) -> None:
    system.put(GROUPS, group())
    system.put(EXECUTIONS, execution())
    system.add_servers(A)
    broken = state(wave(A))
    del broken["plan_id"]
    changed = start(system, broken)
    assert changed["job_id"] in system.drs().jobs
    assert "error" not in changed
    assert system.record() == execution()


def test_without_wave_results_the_job_runs_and_the_state_has_failed(moved: System) -> None:
    moved.put(GROUPS, group())
    moved.put(EXECUTIONS, execution())
    moved.add_servers(A)
    broken = state(wave(A))
    del broken["wave_results"]
    changed = start(moved, broken)
    [job_id] = moved.drs().jobs
    assert changed == failed("'wave_results'") | {
        "job_id": job_id,
        "region": "us-east-1",
        "server_ids": [A],
    }
    assert moved.record() == execution()


@pytest.mark.parametrize("side", ["legacy", "refactored"])
def test_with_a_layer_that_lacks_the_helper_statuses_are_the_same(
    side: str, tmp_path: Path
) -> None:
    root = tmp_path / "tree"
    shutil.copytree(ROOTS[side], root)
    layer = root / "lambda" / "shared" / "execution_utils.py"
    text = layer.read_text(encoding="utf-8")
    assert "def build_pending_server_status(" in text
    layer.write_text(
        text.replace("def build_pending_server_status(", "def newer("), encoding="utf-8"
    )
    with ExitStack() as stack:
        system = opened(stack, side, root)
        system.put(GROUPS, group())
        system.add_servers(A)
        [result] = start(system, state(wave(A)))["wave_results"]
        assert result == wave_result(0, result["jobId"], A)
