"""What only the tree after the move has: the routes of the moved actions, and their stubs."""

from copy import deepcopy
from typing import Any

import pytest

from tests.trees.support import (
    GROUPS,
    LAUNCHED_AFTER,
    MIGRATION,
    A,
    FunctionError,
    System,
    changes,
    failed,
    group,
    started,
    state,
    wave,
)

ACTIONS = [(move.destination, move.action) for move in MIGRATION.moves if move.action]


def test_legacy_knows_no_actions_but_the_orchestrations(legacy: System) -> None:
    for function, action in ACTIONS:
        answer = legacy.invoke(function, {"action": action, "state": state(), "wave_number": 0})
        assert "UNKNOWN_EVENT" in str(answer) or answer["error"] == "INVALID_INVOCATION"
    with pytest.raises(FunctionError, match="Unknown action: poll_wave_status"):
        legacy.orchestration({"action": "poll_wave_status"})


def test_the_execution_handler_starts_a_wave(refactored: System) -> None:
    refactored.put(GROUPS, group())
    refactored.add_servers(A)
    answer = refactored.execution_handler(
        {"action": "start_wave_recovery", "state": state(wave(A)), "wave_number": 0}
    )
    assert answer.keys() == {"action", "state", "result"}
    assert (answer["action"], answer["result"]) == ("start_wave_recovery", None)
    assert answer["state"]["job_id"] in refactored.drs().jobs


def test_the_query_handler_polls_a_wave(refactored: System) -> None:
    refactored.add_servers(A)
    running = started(refactored, wave(A))
    answer = refactored.query_handler({"action": "poll_wave_status", "state": running})
    assert answer == {
        "action": "poll_wave_status",
        "state": running | {"current_wave_total_wait_time": 30},
    }


def test_the_query_handler_answers_for_tags(refactored: System) -> None:
    refactored.add_servers(A, tags={"Tier": "web"})
    event = {"action": "query_servers_by_tags", "region": "us-east-1", "tags": {"Tier": "WEB"}}
    assert refactored.query_handler({**event, "account_context": None}) == {
        "action": "query_servers_by_tags",
        "result": [A],
    }


@pytest.mark.parametrize(
    ("function", "event", "type_"),
    [
        (
            "execution-handler",
            {"action": "start_wave_recovery", "state": {}, "wave_number": 0},
            "KeyError",
        ),
        (
            "query-handler",
            {
                "action": "query_servers_by_tags",
                "region": "us-east-1",
                "tags": {},
                "account_context": None,
            },
            "UninitializedAccountException",
        ),
        ("query-handler", {"action": "poll_wave_status"}, "KeyError"),
    ],
)
def test_an_exception_of_a_moved_action_is_an_error_of_the_function(
    refactored: System, function: str, event: dict[str, Any], type_: str
) -> None:
    with pytest.raises(FunctionError) as caught:
        refactored.invoke(function, event)
    assert caught.value.type == type_


def test_the_orchestration_knows_the_new_name_of_the_action(refactored: System) -> None:
    refactored.add_servers(A)
    running = started(refactored, wave(A))
    event = {"action": "poll_wave_status", "application": running}
    assert refactored.orchestration(event)["current_wave_total_wait_time"] == 30


def test_the_orchestration_calls_no_drs_and_the_next_wave_is_one_hop_more(
    refactored: System,
) -> None:
    refactored.add_servers(A)
    running = started(refactored, wave(A), wave(A))
    refactored.wait(LAUNCHED_AFTER + 10)
    refactored.orchestration({"action": "update_wave_status", "application": running})
    made = [(call.function, call.name) for call in refactored.calls("drs.", "lambda.")]
    assert made == [
        ("orchestration", "lambda.Invoke"),
        ("query-handler", "drs.DescribeJobs"),
        ("query-handler", "drs.DescribeJobLogItems"),
        ("query-handler", "lambda.Invoke"),
        ("execution-handler", "drs.StartRecovery"),
    ]


# Invocations that fail.


def through_the_stub(system: System, name: str) -> dict[str, Any]:
    """Call a stub of the orchestration; what it changed in the state."""
    before = state(wave(A), job_id="drsjob-00000000000000000")
    after = deepcopy(before)
    arguments = (after, 0) if name == "start_wave_recovery" else (after,)
    system.world.call("orchestration", name, *arguments)
    return changes(before, after)


@pytest.mark.parametrize("name", ["start_wave_recovery", "poll_wave_status"])
def test_an_invocation_that_is_refused_fails_the_wave(refactored: System, name: str) -> None:
    refactored.refuse("lambda.Invoke", message="not authorized")
    assert through_the_stub(refactored, name) == failed(
        f"{name} could not be invoked: An error occurred (AccessDeniedException) when calling "
        "the Invoke operation (reached max retries: 0): not authorized"
    )
    [call] = refactored.calls("lambda.Invoke")
    assert call.attempts == 1


def test_throttled_invocations_are_repeated(refactored: System) -> None:
    refactored.put(GROUPS, group())
    refactored.add_servers(A)
    refactored.refuse("lambda.Invoke", "TooManyRequestsException", "slow down", times=3)
    assert through_the_stub(refactored, "start_wave_recovery")["server_ids"] == [A]
    assert refactored.names("lambda.", "drs.") == ["lambda.Invoke"] * 4 + ["drs.StartRecovery"]
    assert refactored.recording().elapsed == 1.75


def test_after_six_times_it_is_given_up(refactored: System) -> None:
    refactored.refuse("lambda.Invoke", "TooManyRequestsException", "slow down")
    changed = through_the_stub(refactored, "start_wave_recovery")
    assert changed["status"] == "failed"
    assert changed["error"].endswith("slow down")
    assert len(refactored.calls("lambda.Invoke")) == 6


@pytest.mark.parametrize("error", ["ServiceException", "ResourceNotFoundException"])
def test_nothing_else_is_repeated(refactored: System, error: str) -> None:
    refactored.refuse("lambda.Invoke", error, "sorry", times=1)
    assert through_the_stub(refactored, "start_wave_recovery")["status"] == "failed"
    assert [call.attempts for call in refactored.calls("lambda.Invoke")] == [1]


def test_a_handler_that_is_not_named_fails_the_wave(refactored: System) -> None:
    container = refactored.world.container("orchestration")
    del container.variables["EXECUTION_HANDLER_ARN"]
    assert through_the_stub(refactored, "start_wave_recovery") == failed(
        "environment variable EXECUTION_HANDLER_ARN is not set"
    )


def test_an_answer_that_is_not_the_routes_is_never_taken_for_a_state(
    refactored: System,
) -> None:
    answers = ({"statusCode": 500, "body": "{}"}, {"action": "x", "state": {}}, None, [], "text")
    for answer in answers:
        refactored.world.container("execution-handler")._handler = lambda *_, given=answer: given
        changed = through_the_stub(refactored, "start_wave_recovery")
        assert changed == failed(f"start_wave_recovery was not answered by its route: {answer!r}")


def test_a_handler_that_is_cut_off_fails_the_wave(refactored: System) -> None:
    container = refactored.world.container("execution-handler")
    container._handler = lambda *_: refactored.world.clock.sleep(1000)
    changed = through_the_stub(refactored, "start_wave_recovery")
    assert changed["status"] == "failed"
    assert changed["error"].startswith("start_wave_recovery was cut off: Sandbox.Timedout: ")
    assert refactored.recording().elapsed == 300
    assert len(refactored.calls("lambda.Invoke")) == 1
