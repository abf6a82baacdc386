from __future__ import annotations

import json
import pickle
from dataclasses import replace

import pytest
from botocore.client import BaseClient

from drs_refactor.errors import InputError
from harness.aws.faults import INVOKE
from harness.compute.results import EXECUTION, Play, Tape
from harness.compute.tape import record
from harness.run import run
from harness.scenario import FunctionCall, Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides


def test_every_step_and_every_call_of_it(
    sides: Sides, drill: Scenario, tapes: dict[str, Tape]
) -> None:
    for tree in (sides.legacy, sides.refactored):
        recording, tape = run(tree, drill), tapes[tree.side]
        assert [(s.at, s.function, json.loads(s.event), s.result) for s in tape.steps] == [
            (s.at, s.function, s.event, s.result) for s in recording.steps
        ]
        for number, step in enumerate(tape.steps, 1):
            calls = [call for call in recording.calls if call.step == number]
            assert [(e.function, e.name) for e in step.exchanges] == [
                (call.function, call.name) for call in calls
            ]
        assert sum(len(step.exchanges) for step in tape.steps) == len(recording.calls)


def test_states_are_the_labels(tapes: dict[str, Tape]) -> None:
    assert tapes["legacy"].labels == ("InitiateWavePlan", "UpdateWaveStatus")
    assert tapes["legacy"].invocations(EXECUTION) == 15
    assert tapes["legacy"].invocations("UpdateWaveStatus") == 14


def test_seconds_of_a_level(tapes: dict[str, Tape]) -> None:
    play = Play((1.0, *[0.5] * 14), (), 0.0, 0, 0)
    found = {
        level: tapes["legacy"].seconds(level, play) for level in (EXECUTION, "InitiateWavePlan")
    }
    assert found == {EXECUTION: 8.0, "InitiateWavePlan": 1.0}


def test_answers_as_the_caller_saw_them(tapes: dict[str, Tape]) -> None:
    first = tapes["legacy"].steps[1].exchanges[0]
    assert (first.name, first.kind) == ("dynamodb.GetItem", "answer")
    assert pickle.loads(first.outcome)["Item"]["executionId"] == "execution-1"  # not {"S": …}


def test_the_trees_own_invocations_are_nested(tapes: dict[str, Tape]) -> None:
    invoked = [e for s in tapes["refactored"].steps for e in s.exchanges if e.name == INVOKE]
    assert {e.nested for e in invoked} == {"execution-handler", "query-handler"}
    one = invoked[0]
    assert json.loads(one.payload)["action"] == "start_wave_recovery"
    assert json.loads(dict(one.streams)["Payload"])["action"] == "start_wave_recovery"
    assert not any(e.nested for s in tapes["legacy"].steps for e in s.exchanges)


def test_refusals_and_the_time_that_calls_take(sides: Sides) -> None:
    refused = record(sides.legacy, select(shipped(), ["record-missing"])[0])
    assert "client error" in {e.kind for step in refused.steps for e in step.exchanges}
    throttled = record(sides.legacy, select(shipped(), ["start-recovery-throttled"])[0])
    waited = {e.name for step in throttled.steps for e in step.exchanges if e.seconds}
    assert waited == {"drs.StartRecovery"}


def test_botocore_is_as_it_was(sides: Sides, drill: Scenario) -> None:
    before = BaseClient._make_api_call
    record(sides.legacy, drill)
    assert BaseClient._make_api_call is before


def test_what_cannot_be_played(sides: Sides, drill: Scenario) -> None:
    alone = replace(drill, call=(FunctionCall("start_wave_recovery"),))
    with pytest.raises(InputError, match=r"calls functions by themselves: .* whole execution"):
        record(sides.legacy, alone)
    with pytest.raises(InputError, match="drill-three-waves invokes no function of legacy"):
        record(sides.legacy, replace(drill, start=None))
