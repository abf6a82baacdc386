"""Trials on the shipped trees."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from harness.results import Trees
from harness.rollout import trials
from harness.rollout.results import Batch, Course, Switch
from harness.rollout.trials import look, mixture_of, try_all, try_one
from harness.scenario import Scenario
from harness.scenario_files import shipped
from harness.sides import Sides
from harness.switches import Moment

BY_NAME = {scenario.name: scenario for scenario in shipped()}
NOTHING = frozenset[str]()


def scenario(name: str) -> Scenario:
    return BY_NAME[name]


def test_a_look_notes_what_legacy_reaches(trees: Trees) -> None:
    found = look(trees, scenario("cancel-while-paused"))
    assert (found.executions, found.paused, found.steps, found.problem) == (1, 1, 7, "")
    assert {
        ("state", "WaitForResume"),
        ("end", "FAILED"),
        ("route", "execution-handler", "POST executions cancel"),
        ("route", "orchestration", "store_task_token"),
    } < found.points
    assert any(point[0] == "call" and point[3] == "drs.StartRecovery" for point in found.points)


def test_a_combination_that_is_not_safe_is_told_by_its_effects(sides: Sides) -> None:
    course = Course(frozenset({"code:orchestration"}))
    trial, entered = try_one(sides, scenario("recovery-one-wave"), course)
    assert trial.verdict == "divergent"
    assert trial.first is not None
    assert trial.first.path == "result.error"
    assert trial.first.refactored == "environment variable EXECUTION_HANDLER_ARN is not set"
    assert "execution-1 SUCCEEDED → FAILED" in trial.effects
    assert "drs.StartRecovery 1 → 0 times" in trial.effects
    assert entered == {"orchestration"}


def test_the_trees_themselves_are_identical(sides: Sides) -> None:
    everything = mixture_of(sides).everything
    for new in (NOTHING, everything):
        trial, _ = try_one(sides, scenario("recovery-one-wave"), Course(new))
        assert (trial.verdict, trial.effects) == ("identical", ())
    assert trial.inside > 0


def test_a_switch_back_while_a_function_waits_for_another(sides: Sides) -> None:
    everything = mixture_of(sides).everything
    course = Course(everything, (Switch(Moment(1, inside=True), NOTHING),))
    trial, _ = try_one(sides, scenario("recovery-one-wave"), course)
    assert trial.verdict == "divergent"
    orchestration = frozenset({"code:orchestration"})
    course = Course(everything, (Switch(Moment(1, inside=True), everything - orchestration),))
    trial, _ = try_one(sides, scenario("recovery-one-wave"), course)
    assert trial.verdict == "identical"


def test_a_switch_that_is_not_met_shows_nothing(sides: Sides) -> None:
    course = Course(NOTHING, (Switch(Moment(99), mixture_of(sides).everything),))
    trial, _ = try_one(sides, scenario("recovery-one-wave"), course)
    assert (trial.verdict, trial.problem) == ("invalid", "a switch was not met")


@pytest.mark.parametrize("name", ["preview-of-a-plan", "recovery-one-wave"])
def test_a_combination_that_is_alike_in_all_that_a_run_enters_needs_no_run(
    trees: Trees, sides: Sides, name: str
) -> None:
    parts = mixture_of(sides).parts
    courses = tuple(
        Course(frozenset(some)) for n in (0, 1, len(parts) - 1) for some in combinations(parts, n)
    )
    made = try_all(Batch(trees, scenario(name), courses, "x"))
    assert [trial.course for trial in made] == list(courses)
    copied = [trial for trial in made if not trial.ran]
    assert len(copied) > 2
    for trial in copied:
        again, _ = try_one(sides, scenario(name), trial.course)
        assert replace(again, ran=False) == trial


def test_machines_bear_their_old_names_in_what_is_compared() -> None:
    arn = "arn:aws:states:us-east-1:1:{}:{}:x"
    given = {"a": [arn.format("execution", "new")], "b": (arn.format("stateMachine", "new"), 1)}
    assert trials._renamed(given, {"new": "old"}) == {
        "a": [arn.format("execution", "old")],
        "b": (arn.format("stateMachine", "old"), 1),
    }
