from __future__ import annotations

from dataclasses import replace

from harness.aws.faults import Fault
from harness.faults.points import (
    A_MOMENT,
    OFTEN,
    asked_by,
    faults_at,
    faults_of_invocation,
    points,
    told,
)
from harness.recording import RecordedCall


def call(name: str, place: str, region: str = "eu", payload: str | None = None) -> RecordedCall:
    parameters = {"Payload": payload} if payload else {}
    return RecordedCall(1, 0.0, "f", name, "1", region, parameters, 1, None, place=place)


def test_the_first_and_the_last_of_each_line_are_numbered_by_what_they_do() -> None:
    found = points(
        [
            call("dynamodb.GetItem", "a:1"),
            call("dynamodb.GetItem", "a:1"),
            call("dynamodb.GetItem", "b:7"),
            call("dynamodb.GetItem", "a:1", region="us"),
            call("dynamodb.GetItem", "a:1"),
            call("drs.StartRecovery", "a:1"),
        ]
    )
    assert [(p.site, p.operation, p.region, p.number) for p in found] == [
        ("a:1", "dynamodb.GetItem", "eu", 1),
        ("a:1", "dynamodb.GetItem", "eu", 4),
        ("b:7", "dynamodb.GetItem", "eu", 3),
        ("a:1", "drs.StartRecovery", "eu", 1),
    ]


def test_invocations_are_numbered_by_their_action() -> None:
    invoke = [call("lambda.Invoke", "a:1", payload=f'{{"action": "{a}"}}') for a in "xyx"]
    found = points([*invoke, call("lambda.Invoke", "a:1", payload="no json")])
    assert [(p.what, p.number) for p in found] == [
        ("invocation of x", 1),
        ("invocation of x", 2),
        ("invocation of y", 1),
        ("lambda.Invoke", 1),
    ]


def test_what_can_become_of_a_call() -> None:
    (read,) = points([call("drs.DescribeJobs", "a:1")])
    (write,) = points([call("dynamodb.PutItem", "a:1")])
    kinds = {fault.kind: fault for fault in faults_at(read, 100)}
    assert {"throttled", "denied", "failed", "cut", "slow", "too slow"} == set(kinds)
    assert (kinds["slow"].seconds, kinds["too slow"].seconds) == (80, 125)
    assert {f.kind for f in faults_at(write, 100)} - set(kinds) == {"lost", "condition"}


def test_what_can_become_of_an_invocation() -> None:
    (point,) = points([call("lambda.Invoke", "a:1", payload='{"action": "x"}')])
    found = list(faults_of_invocation(point, 60))
    often = {f.kind for f in found if f.times == OFTEN}
    assert often == {"throttled", "unreachable", "no connection"}
    assert {f.seconds for f in found if f.kind == "timed out"} == {60}
    moment = [f for f in found if f.seconds == A_MOMENT]
    assert {f.kind for f in moment} == often
    assert len(found) == 18
    assert told(moment[0]) == "throttled: invocation of x no. 1 for 1 s in 1/eu"


def test_calls_within_an_invocation_are_told_by_it() -> None:
    invoke = call("lambda.Invoke", "a:1", payload='{"action": "x"}')
    inner = replace(call("drs.StartRecovery", "b:1"), function="owner")
    outside = call("drs.StartRecovery", "c:1")
    later = replace(inner, step=2)
    asked = asked_by([outside, invoke, inner, outside, later], lambda one: one is invoke)
    assert asked == {("drs.StartRecovery", "", "1", "eu", 2): "a:1"}


def test_a_fault_in_words() -> None:
    fault = Fault("lambda.Invoke", "lost", 2, OFTEN, "x", "1", "eu")
    assert told(fault) == "lost: invocation of x no. 2 and all after it in 1/eu"
    assert told(Fault("drs.DescribeJobs", "cut", 1, account="1", region="eu")) == (
        "cut: drs.DescribeJobs no. 1 in 1/eu"
    )
