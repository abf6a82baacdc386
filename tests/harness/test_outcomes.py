from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.outcomes import facet_of, key_of, nearest, outcome
from harness.recording import Execution, Recording, Step

STEPS = (
    Step(0.0, "states: Begin", "f", {}, {"n": 1}, None),
    Step(5.0, "user", "g", {}, {"statusCode": 200}, None),
)
PATH = (("Begin", 0.0), ("Wait", 0.2), ("Poll", 30.2), ("Wait", 31.0), ("Poll", 61.0))
BASE = Recording(
    "s", "legacy", 99.0, STEPS, (), (Execution("e", "SUCCEEDED", None, None, {}, PATH),),
    {"t": [{"id": "1", "endTime": 1767603700}]}, {"1/eu": {}}, {}, (), (),
)  # fmt: skip


def changed(*, polls: bool = False, **changes: Any) -> bool:
    one, other = BASE, replace(BASE, **changes)
    return key_of(outcome(one, polls=polls)) != key_of(outcome(other, polls=polls))


@pytest.mark.parametrize(
    "changes",
    [
        {"elapsed": 1.0},
        {"tables": {"t": [{"id": "1", "endTime": 1767609999}]}},
        {"steps": (replace(STEPS[0], result={"n": 2}), STEPS[1])},
        {"steps": (*STEPS[:1], *STEPS)},
        {"executions": (replace(BASE.executions[0], path=(*PATH, ("Wait", 70.0))),)},
    ],
)
def test_the_time_and_the_number_of_polls_are_no_outcome(changes: dict[str, Any]) -> None:
    assert not changed(**changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"elapsed": 1.0}, False),
        ({"steps": (replace(STEPS[0], at=3.0), STEPS[1])}, False),
        ({"steps": (replace(STEPS[0], result={"n": 2}), STEPS[1])}, True),
        ({"executions": (replace(BASE.executions[0], path=(*PATH, ("Wait", 70.0))),)}, True),
    ],
)
def test_polls_are_one_if_asked_for(changes: dict[str, Any], told: bool) -> None:
    assert changed(polls=True, **changes) is told


@pytest.mark.parametrize(
    "changes",
    [
        {"tables": {"t": [{"id": "2", "endTime": 1767603700}]}},
        {"tables": {"t": [{"id": "1", "endTime": None}]}},
        {"steps": (STEPS[0], replace(STEPS[1], result={"statusCode": 409}))},
        {"executions": (replace(BASE.executions[0], status="FAILED"),)},
        {"executions": (replace(BASE.executions[0], path=(*PATH, ("Paused", 70.0))),)},
        {"drs": {"1/eu": {"jobs": [1]}}},
        {"ec2": {"1/eu": {"instances": {"i": 1}}}},
    ],
)
def test_what_is_an_outcome(changes: dict[str, Any]) -> None:
    assert changed(**changes)


def test_the_nearest_known_outcome() -> None:
    known = [{"a": 1, "b": "another"}, {"a": 1, "b": {"c": 3}}, {"a": 2, "b": {"c": 3}}]
    assert nearest({"a": 1, "b": {"c": 4}}, known) == [("b.c", 3, 4)]
    assert nearest({"a": 1}, []) == []


@pytest.mark.parametrize(
    ("path", "facet"),
    [
        (".answers", "step"),
        ("answers[2]", "step"),
        (".answers[2][0]", "step"),
        (".answers[2][1].status", "state"),
        ("answers[12][2].type", "exception"),
        (".executions[0].status", "execution"),
        ("tables.history[0]", "table"),
        (".drs.jobs", "drs"),
        ("", ""),
    ],
)
def test_the_facet_of_a_part(path: str, facet: str) -> None:
    assert facet_of(path) == facet
