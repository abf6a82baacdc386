"""A moved function called by itself, where only the query-handler's own copy can answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.errors import InputError
from harness.one_scenario import verify_scenario
from harness.run import run
from harness.scenario import FunctionCall, Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides

BY_TAGS = select(shipped(), ["servers-by-tags"])[0]
STATE = {"waves": [{"waveName": "Web"}], "is_drill": True, "execution_id": "e"}


def test_both_sides_record_the_same_step(sides: Sides) -> None:
    steps = [run(tree, BY_TAGS).steps for tree in (sides.legacy, sides.refactored)]
    assert steps[0] == steps[1]
    assert [(step.source, step.function) for step in steps[0]] == [
        ("call", "query_drs_servers_by_tags")
    ]
    assert steps[0][0].result == {"result": ["s-2222222222222222b", "s-1111111111111111a"]}


def test_what_it_changes_in_place_is_part_of_the_answer(sides: Sides) -> None:
    call = FunctionCall("start_wave_recovery", {"state": STATE, "wave_number": 0})
    scenario = Scenario("x", "x", call=(call,))
    answer = run(sides.legacy, scenario).steps[0].result
    assert answer["state"]["error"] == "No protectionGroupId in wave"
    assert answer["result"] is None
    assert verify_scenario(sides, scenario).verdict == "identical"


def test_a_result_that_is_the_changed_argument_is_there_once(sides: Sides) -> None:
    call = FunctionCall("update_wave_status", {"event": {"job_id": None}})
    scenario = Scenario("x", "x", call=(call,))
    assert run(sides.legacy, scenario).steps[0].result == {
        "state": {"job_id": None, "wave_completed": True}
    }
    assert verify_scenario(sides, scenario).verdict == "identical"


def test_what_it_raises_is_an_error_on_both_sides(sides: Sides) -> None:
    call = FunctionCall("start_wave_recovery", {"state": {}, "wave_number": 0})
    scenario = Scenario("x", "x", call=(call,))
    for tree in (sides.legacy, sides.refactored):
        error = run(tree, scenario).steps[0].error
        assert error is not None
        assert (error.type, error.message) == ("KeyError", "'waves'")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (FunctionCall("apply_launch_config_before_recovery"), "no action stands for"),
        (FunctionCall("start_wave_recovery", {"state": {}}), "give no payload: NameError"),
    ],
)
def test_what_cannot_be_called(sides: Sides, call: FunctionCall, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(sides.legacy, replace(BY_TAGS, call=(call,)))
