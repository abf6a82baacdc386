"""What is wrong with a run whose invocations met faults, told from recordings made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from drs_refactor.declared_allowances import KINDS
from harness.allowances import MovedInvocations
from harness.aws.faults import Fault, Kind
from harness.aws.function import LogLine
from harness.comparison import Rules
from harness.faults.judge import compared, is_of_invocation, judge
from harness.recording import Error, Execution, RecordedCall, Recording, Step

FAILURE = {"wave_completed": True, "status": "failed", "error": "{error}"}
RULES = Rules(MovedInvocations({"exec-dev": frozenset({"start"})}), failures={"start": FAILURE})
STATE = {"status": "running", "wave_completed": False, "error": None, "start_time": 1767603600}
FAILED = {**STATE, "status": "failed", "wave_completed": True, "error": "not answered"}
START = RecordedCall(1, 0.0, "exec", "drs.StartRecovery", "1", "eu", {"servers": ["a"]}, 1, None)
INVOKE = RecordedCall(
    1,
    0.0,
    "orchestration",
    "lambda.Invoke",
    "1",
    "eu",
    {"FunctionName": "arn:exec-dev", "Payload": json.dumps({"action": "start"})},
    1,
    None,
)
LEGACY = Recording(
    scenario="case",
    side="legacy",
    elapsed=30.0,
    steps=(Step(0.0, "states: Begin", "orchestration", {}, STATE, None),),
    calls=(START,),
    executions=(Execution("e1", "SUCCEEDED", None, None, STATE, (("Begin", 0.0),)),),
    tables={},
    drs={},
    ec2={},
    logs=(),
    network_attempts=(),
)
LOGGED = LogLine(
    "orchestration", "start", "ERROR", "start could not be invoked", "E: not answered", 1
)
REFACTORED = replace(LEGACY, side="refactored", calls=(INVOKE, START), logs=(LOGGED,))
ENDED = (replace(LEGACY.executions[0], status="FAILED", output=None),)


def fault(kind: Kind = "crashed", times: int = 1) -> Fault:
    return Fault("lambda.Invoke", kind, times=times, action="start")


def step(result: Any = None, **changes: Any) -> tuple[Step, ...]:
    return (replace(LEGACY.steps[0], result=result, **changes),)


def wrong(kind: Kind = "crashed", times: int = 1, **changes: Any) -> list[str]:
    after = replace(REFACTORED, **changes)
    found = judge((fault(kind, times),), LEGACY, after, RULES)
    assert {d.kind for d in found} <= set(KINDS)
    return [d.path for d in found]


def test_nothing_is_wrong_where_nothing_changed_but_the_time() -> None:
    later = {**STATE, "start_time": 1767603608}
    assert wrong("throttled", steps=step(later), elapsed=38.0) == []


@pytest.mark.parametrize("kind", ["throttled", "unreachable"])
def test_what_can_be_repeated_must_change_nothing(kind: Kind) -> None:
    assert wrong(kind, steps=step(FAILED), executions=ENDED) != []
    assert wrong(kind, times=1000, steps=step(FAILED), executions=ENDED) == []


def test_a_failure_as_it_is_declared() -> None:
    assert wrong(steps=step(FAILED), executions=ENDED) == []
    assert wrong(steps=step(error=Error("MovedActionError", "x")), executions=ENDED)[0] == "error"


@pytest.mark.parametrize(
    ("result", "paths"),
    [
        ({**FAILED, "statusCode": 500}, ["result.statusCode"]),
        ({"statusCode": 500, "body": "{}"}, ["result.body", "result.statusCode"]),
        ({**STATE, "wave_completed": True}, ["result.wave_completed"]),
        ({**STATE, "status": "completed"}, ["result.status"]),
        ({**FAILED, "error": ""}, ["result.error"]),
    ],
)
def test_other_states(result: dict[str, Any], paths: list[str]) -> None:
    assert set(paths) <= set(wrong(steps=step(result), executions=ENDED))


def test_what_is_declared_to_be_raised_must_leave_its_words() -> None:
    rules = replace(RULES, failures={"start": {}})
    for result, fine in ((FAILED, True), ({**STATE, "wave_completed": True}, False)):
        after = replace(REFACTORED, steps=step(result), executions=ENDED)
        assert (judge((fault(),), LEGACY, after, rules) == []) == fine
    after = replace(REFACTORED, steps=step(error=Error("MovedActionError", "x")), executions=ENDED)
    assert judge((fault(),), LEGACY, after, rules) == []


def test_an_error_may_become_another_one() -> None:
    before, after = Error("AttributeError", "x"), Error("TypeError", "y")
    legacy = replace(LEGACY, steps=step(error=before), executions=())
    refactored = replace(REFACTORED, steps=step(error=after), executions=())
    assert judge((fault(),), legacy, refactored, RULES) == []


@pytest.mark.parametrize("kind", ["throttled", "unreachable"])
def test_what_is_over_in_a_moment_must_change_nothing(kind: Kind) -> None:
    short = (replace(fault(kind, times=1000), seconds=1.0),)
    failed = replace(REFACTORED, steps=step(FAILED), executions=ENDED)
    assert judge(short, LEGACY, failed, RULES) != []


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "INFO"},
        {"step": 2},
        {"message": "it could not be invoked"},
        {"exception": None},
        {"exception": "E: another error"},
    ],
)
def test_a_failure_is_logged_as_an_error_with_the_words_of_the_state(
    changes: dict[str, Any],
) -> None:
    quiet = (replace(LOGGED, **changes),)
    assert wrong(steps=step(FAILED), executions=ENDED, logs=quiet) == ["logs of orchestration"]
    assert wrong(steps=step(FAILED), executions=ENDED, logs=(*quiet, LOGGED)) == []


def test_only_the_failure_of_what_was_struck_counts() -> None:
    """Another action that is declared to raise would excuse every answer with new words in it."""
    rules = replace(RULES, failures={"start": FAILURE, "query": {}})
    after = replace(REFACTORED, steps=step({**FAILED, "wave_completed": False}), executions=ENDED)
    assert [d.path for d in judge((fault(),), LEGACY, after, rules)][:1] == ["result.error"]


def test_executions_that_are_lost_or_succeed_otherwise() -> None:
    lost = (replace(LEGACY.executions[0], status="RUNNING", output=None),)
    assert wrong(steps=step(FAILED), executions=lost) == ["e1 status"]
    other = (replace(LEGACY.executions[0], output={**STATE, "n": 1}),)
    assert wrong(steps=step(FAILED), executions=other) == ["e1 output.n"]


def test_what_is_done_twice() -> None:
    twice = (INVOKE, START, replace(START, at=3.0))
    assert wrong(steps=step(FAILED), executions=ENDED, calls=twice) == [
        'drs.StartRecovery {"servers": ["a"]}'
    ]
    resent = (INVOKE, replace(START, acted=2))
    assert len(wrong(steps=step(FAILED), executions=ENDED, calls=resent)) == 1
    reads = (INVOKE, START, *[replace(START, name="drs.DescribeJobs")] * 2)
    assert wrong(steps=step(FAILED), executions=ENDED, calls=reads) == []


def test_what_people_do_after_a_failure_is_theirs() -> None:
    user = Step(9.0, "user", "exec", {}, STATE, None)
    legacy = replace(LEGACY, steps=(*LEGACY.steps, user))
    calls = (INVOKE, START, replace(START, step=2, parameters={"servers": ["b"]}))
    after = replace(REFACTORED, steps=(*step(FAILED), user), executions=ENDED, calls=calls)
    assert judge((fault(),), legacy, after, RULES) == []


@pytest.mark.parametrize(
    "calls",
    [
        (replace(INVOKE, fault="lost", acted=2, attempts=2), START),
        (replace(INVOKE, fault="lost"), INVOKE, START),
    ],
)
def test_an_action_whose_answer_was_lost_is_not_run_again(calls: Any) -> None:
    assert wrong("lost", steps=step(FAILED), executions=ENDED, calls=calls) == [
        "invocation of start"
    ]


@pytest.mark.parametrize("kind", ["lost", "cut", "failed"])
def test_not_even_where_the_second_answer_makes_all_well(kind: Kind) -> None:
    unsure = replace(INVOKE, fault=kind, acted=0 if kind == "failed" else 1)
    assert wrong(kind, calls=(unsure, INVOKE, START)) == ["invocation of start"]


def test_nothing_goes_on_when_its_caller_has_given_up() -> None:
    late = (INVOKE, replace(START, late=True))
    assert wrong(steps=step(FAILED), executions=ENDED, calls=late) == ["exec drs.StartRecovery"]
    assert wrong(calls=late) == ["exec drs.StartRecovery"]
    assert wrong("throttled", calls=late) == ["exec drs.StartRecovery"]
    slow = replace(REFACTORED, calls=late)
    for kind in ("slow", "too slow"):
        of_a_call = (Fault("drs.StartRecovery", kind),)  # type: ignore[arg-type]
        found = compared(LEGACY, slow, RULES, of_a_call).divergences
        assert "late" in {d.kind for d in found}


def test_at_a_call_that_both_trees_make_both_do_the_same() -> None:
    same = Fault("drs.StartRecovery", "denied")
    assert not is_of_invocation(same)
    after = replace(REFACTORED, steps=step(FAILED), executions=ENDED)
    assert compared(LEGACY, after, RULES, (same,)).divergences
    assert not compared(LEGACY, after, RULES, (fault(),)).divergences
    too_slow = (replace(same, kind="too slow"),)
    assert not compared(LEGACY, after, RULES, too_slow).divergences


def test_the_keys_of_a_state_are_also_those_that_it_was_given() -> None:
    raised = replace(LEGACY.steps[0], result=None, error=Error("TypeError", "no"))
    given = replace(raised, event={"application": STATE, "action": "poll"})
    after = replace(REFACTORED, steps=step(FAILED), executions=ENDED)
    for old, paths in ((given, set()), (raised, set(STATE) - set(FAILURE))):
        found = judge((fault(),), replace(LEGACY, steps=(old,)), after, RULES)
        assert {d.path for d in found} == {f"result.{key}" for key in paths}
