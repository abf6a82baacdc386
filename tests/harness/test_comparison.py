"""Every facet finds what only it can see."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from harness.allowances import MovedInvocations
from harness.aws.function import LogLine
from harness.comparison import Divergence, Rules, compare
from harness.recording import Error, Execution, RecordedCall, Recording, Step
from harness.values import MISSING

RULES = Rules(
    MovedInvocations({"query-dev": frozenset({"poll"})}), {"poll_status": "update_status"}
)
CALL = RecordedCall(1, 0.0, "orchestration", "drs.StartRecovery", "1", "eu", {"n": 1}, 1, None)
BASE = Recording(
    scenario="case",
    side="legacy",
    elapsed=30.0,
    steps=(Step(0.0, "states: Begin", "orchestration", {"action": "begin"}, {"n": 1}, None),),
    calls=(CALL,),
    executions=(Execution("e1", "SUCCEEDED", None, None, {"n": 1}, (("Begin", 0.0),)),),
    tables={"plans": [{"id": "a", "n": Decimal(1)}]},
    drs={"1/eu": {"jobs": []}},
    ec2={"1/eu": {"instances": {}}},
    logs=(LogLine("orchestration", "update_status", "INFO", "polled", None, 1),),
    network_attempts=(),
)


def found(**changes: Any) -> list[Divergence]:
    return list(compare(BASE, replace(BASE, **changes), RULES).divergences)


def step(**changes: Any) -> tuple[Step, ...]:
    return (replace(BASE.steps[0], **changes),)


def call(**changes: Any) -> tuple[RecordedCall, ...]:
    return (replace(CALL, **changes),)


def test_equal_recordings_do_not_diverge() -> None:
    assert found(side="refactored") == []


@pytest.mark.parametrize(
    ("changes", "kind", "path", "legacy", "refactored"),
    [
        ({"steps": step(result={"n": 1.0})}, "state", "result.n", 1, 1.0),
        (
            {"steps": step(result=None, error=Error("KeyError", "'n'"))},
            "exception",
            "error",
            None,
            Error("KeyError", "'n'"),
        ),
        ({"steps": step(at=1.0)}, "step", "at", 0.0, 1.0),
        ({"steps": step(event={})}, "step", "event.action", "begin", MISSING),
        ({"calls": call(account="2")}, "calls", "calls[0] drs.StartRecovery account", "1", "2"),
        ({"calls": call(region="us")}, "calls", "calls[0] drs.StartRecovery region", "eu", "us"),
        (
            {"calls": call(parameters={"n": 2})},
            "calls",
            "calls[0] drs.StartRecovery parameters.n",
            1,
            2,
        ),
        ({"calls": call(attempts=3)}, "calls", "calls[0] drs.StartRecovery attempts", 1, 3),
        ({"calls": call(at=5.0)}, "calls", "calls[0] drs.StartRecovery at", 0.0, 5.0),
        (
            {"tables": {"plans": [{"id": "a", "n": Decimal(2)}]}},
            "table",
            "plans[0].n",
            Decimal(1),
            Decimal(2),
        ),
        ({"drs": {"1/eu": {"jobs": [1]}}}, "drs", "['1/eu'].jobs[0]", MISSING, 1),
        ({"ec2": {}}, "ec2", "['1/eu']", {"instances": {}}, MISSING),
    ],
)
def test_facets(changes: Any, kind: str, path: str, legacy: Any, refactored: Any) -> None:
    assert Divergence(kind, found(**changes)[0].step, path, legacy, refactored) in found(**changes)


def test_which_lambda_made_a_call_or_logged_is_the_move_itself() -> None:
    moved = call(function="query-handler")
    logs = (LogLine("query-handler", "poll_status", "INFO", "polled", None, 1),)
    assert found(calls=moved, logs=logs) == []


def test_a_lost_log_record_is_found() -> None:
    only = found(logs=())[0]
    assert (only.kind, only.path, only.refactored) == ("logs", "logs poll_status", MISSING)


def test_an_extra_call_does_not_hide_what_follows() -> None:
    extra = replace(CALL, name="dynamodb.GetItem")
    changed = replace(CALL, parameters={"n": 2})
    paths = [divergence.path for divergence in found(calls=(extra, changed))]
    assert paths == ["calls[0] dynamodb.GetItem", "calls[0] drs.StartRecovery parameters.n"]


def test_order_of_calls_counts() -> None:
    other = replace(CALL, name="dynamodb.PutItem")
    one = replace(BASE, calls=(CALL, other))
    two = replace(BASE, calls=(other, CALL))
    assert {d.kind for d in compare(one, two, RULES).divergences} == {"calls"}


def test_the_path_through_the_state_machine_counts() -> None:
    other = replace(BASE.executions[0], path=(("Begin", 1.0),))
    assert found(executions=(other,))[0].path == "executions[0].path[0][1]"


def test_leaving_the_machine_is_a_finding_even_on_both_sides() -> None:
    tried = replace(BASE, network_attempts=("example.org",))
    assert [d.kind for d in compare(tried, tried, RULES).divergences] == ["network"]


def test_causes_come_before_consequences() -> None:
    kinds = [d.kind for d in found(tables={}, steps=step(result={"n": 2}), calls=())]
    assert kinds == ["state", "calls", "table"]


def invoke(**changes: Any) -> RecordedCall:
    parameters = {
        "FunctionName": "arn:aws:lambda:eu:1:function:query-dev",
        "Payload": json.dumps({"action": "poll"}),
        **changes.pop("parameters", {}),
    }
    return replace(CALL, name="lambda.Invoke", parameters=parameters, **changes)


def test_a_declared_invocation_is_allowed_and_counted() -> None:
    comparison = compare(BASE, replace(BASE, calls=(invoke(), CALL)), RULES)
    assert comparison.divergences == ()
    assert comparison.allowances[0].hits == 1


@pytest.mark.parametrize(
    "other",
    [
        invoke(parameters={"FunctionName": "execution-dev"}),
        invoke(parameters={"Payload": json.dumps({"action": "start"})}),
        invoke(parameters={"Payload": "not json"}),
        invoke(error=Error("TooManyRequestsException", "")),
        invoke(attempts=2),
        replace(CALL, name="lambda.InvokeAsync"),
    ],
    ids=["owner", "action", "payload", "failed", "retried", "operation"],
)
def test_an_allowance_hides_nothing_beside_its_scope(other: RecordedCall) -> None:
    comparison = compare(BASE, replace(BASE, calls=(other, CALL)), RULES)
    assert [d.kind for d in comparison.divergences] == ["calls"]
    assert comparison.allowances[0].hits == 0
