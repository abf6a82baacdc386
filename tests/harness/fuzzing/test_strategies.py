from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checked import checked
from harness.faults.points import reads_only
from harness.fuzzing.compact import as_file, compact
from harness.fuzzing.results import Called, Data
from harness.fuzzing.strategies import (
    HISTORY,
    SERVERS,
    Ground,
    apart,
    called_in,
    can_have_plans,
    drawn,
    kept_by,
    prepared,
)
from harness.fuzzing.strikes import faults
from harness.fuzzing.trial import Misfit, check
from harness.fuzzing.work import ground_of
from harness.results import Trees
from harness.scenario import Scenario
from harness.scenario_files import read, shipped
from harness.sides import Sides

HUB = "123456789012"
CALLED: tuple[Called, ...] = (
    ("dynamodb.UpdateItem", HUB, "us-east-1"),
    ("drs.DescribeJobs", "210987654321", "us-east-1"),
)


@cache
def some(trees: Trees) -> list[Data]:
    draw = drawn(ground_of(trees, CALLED))
    return [draw(number) for number in range(80)]


def scenario(data: Data) -> Scenario:
    return checked({**data, "name": "drawn", "shows": "Drawn."})


def test_every_case_is_json_and_a_scenario_file(trees: Trees, sides: Sides, tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    valid = 0
    for data in some(trees):
        case = scenario(data)
        assert checked(json.loads(json.dumps(case.as_case()))) == case
        path.write_text(as_file(case, "Drawn."), encoding="utf-8")
        assert read(path) == [case]
        assert scenario(compact(case)) == case
        try:
            check(sides, case)
            valid += 1
        except Misfit:
            pass
    assert valid > 75


def test_cases_reach_far(trees: Trees) -> None:
    cases = [scenario(data) for data in some(trees)]
    text = json.dumps([case.as_case() for case in cases])
    assert {i.function for case in cases for i in case.invoke} == {
        "orchestration",
        "execution-handler",
        "query-handler",
    }
    # Several executions in one world, for several accounts.
    workers = [
        [i for i in case.invoke if isinstance(i.event, dict) and i.event.get("worker")]
        for case in cases
    ]
    assert any(
        len(found) + (case.start is not None) > 1
        for found, case in zip(workers, cases, strict=True)
    )
    assert sum(bool(case.faults) for case in cases) > 5
    for part in (
        "345678901234",
        "pauseBeforeWave",
        "/cancel",
        "/resume",
        "launchConfig",
        "eu-west-1",
    ):
        assert part in text


def test_a_seed_gives_its_case_whatever_was_drawn_before(trees: Trees) -> None:
    draw = drawn(ground_of(trees, CALLED))
    assert [draw(7), draw(3)] == [some(trees)[7], some(trees)[3]]
    assert some(trees)[3] != some(trees)[7]


def test_nothing_happens_at_one_instant(trees: Trees) -> None:
    for data in some(trees):
        case = scenario(data)
        starts = [case.start.seconds] if case.start else []
        thousandths = [round(s * 1000) % 500 for s in (*starts, *(i.seconds for i in case.invoke))]
        assert len(set(thousandths)) == len(thousandths)


def test_apart_is_itself_again() -> None:
    data = {"start": None, "invoke": [{"seconds": 61.0}, {"seconds": 61.0}, {}]}
    once = apart(data)
    assert [one.get("seconds") for one in once["invoke"]] == [61.0, 61.001, 0.002]
    assert apart(once) == once
    assert [one["seconds"] for one in apart({**once, "start": {}})["invoke"]] == [
        61.001,
        61.002,
        0.003,
    ]


def test_a_tree_for_which_no_plans_can_be_drawn_has_its_own_scenarios_changed(
    sides: Sides,
) -> None:
    assert can_have_plans(sides.legacy)
    strange = replace(sides.legacy, machines=())
    assert not can_have_plans(strange)
    one = prepared(json.loads(json.dumps(next(s for s in shipped()).as_case())))
    draw = drawn(Ground((one,), (), kept_by(strange), has_plans=False))
    cases = [draw(number) for number in range(40)]
    assert all(len(case["servers"]) == len(one["servers"]) for case in cases)
    different = {json.dumps(case) for case in cases}
    assert len(different) > 20


def test_large_scenarios_are_made_small() -> None:
    large = next(s for s in shipped() if s.name == "hundred-servers")
    small = prepared(json.loads(json.dumps(large.as_case())))
    assert [server["count"] for server in small["servers"]] == [SERVERS]
    assert small["history_limit"] == HISTORY


def test_the_attributes_that_items_keep(sides: Sides) -> None:
    kept = kept_by(sides.legacy)
    assert kept["EXECUTION_HISTORY_TABLE"] == {"executionId", "planId", "status"}
    assert "LOG_LEVEL" not in kept


def test_faults_are_drawn_where_a_scenario_can_meet_them() -> None:
    data = {"servers": [{"account": HUB}]}
    assert called_in(data, CALLED) == [CALLED[0]]
    assert called_in({"servers": [{"account": "210987654321"}]}, CALLED) == list(CALLED)


@settings(max_examples=60, deadline=None, database=None)
@given(st.data())
def test_a_fault_is_one_that_both_trees_take_alike(data: st.DataObject) -> None:
    found = faults(data.draw, CALLED)
    assert 1 <= len(found) <= 2
    # More time than a function has in legacy may not be too much for the other tree.
    assert sum(fault.get("seconds", 0.0) for fault in found) < 60
    for fault in found:
        assert fault["kind"] != "lost" or not reads_only(fault["operation"])
        assert fault["kind"] != "condition" or fault["operation"].startswith("dynamodb.Update")


@pytest.mark.parametrize("part", ["name", "shows", "source"])
def test_compact_leaves_out_what_is_not_the_scenario(part: str) -> None:
    assert part not in compact(shipped()[0])
