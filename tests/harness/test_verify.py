from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from drs_refactor.migration import Migration
from harness import verify as room
from harness.clock import EPOCH
from harness.executor import Done
from harness.one_scenario import verify_one, verify_scenario
from harness.reached import reached
from harness.results import CONTROL, ScenarioResult, Trees, Work
from harness.scenario import Invocation, Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import read_tree
from harness.verify import verify

NO_WAVES = select(shipped(), ["no-waves"])[0]


def verdicts(monkeypatch: pytest.MonkeyPatch, trees: Trees, *given: str) -> str:
    """The verdict over a control and scenarios of these verdicts, the work itself left out."""
    queue = list(given)

    def result(work: Work) -> ScenarioResult:
        return ScenarioResult(
            work.scenario.name, "", queue.pop(0), (), (), (), 1, 0, 0.0, 0.0, work.scenario
        )

    def run(_: object, tasks: list[Work], told: object) -> Done[ScenarioResult]:
        return Done([result(task) for task in tasks], interrupted=False)

    monkeypatch.setattr(room.Workers, "run", run)
    monkeypatch.setattr(room.Workers, "__enter__", lambda self: self)
    return verify(trees, [NO_WAVES] * (len(given) - 1), lambda _: None).verdict


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (["identical", "identical", "identical"], "identical"),
        (["identical", "identical", "divergent"], "divergent"),
        (["identical", "divergent", "invalid"], "invalid"),
        (["divergent", "identical", "identical"], "invalid"),
    ],
    ids=["all", "one divergent", "one invalid", "control failed"],
)
def test_the_verdict_over_all(
    monkeypatch: pytest.MonkeyPatch, trees: Trees, given: list[str], verdict: str
) -> None:
    assert verdicts(monkeypatch, trees, *given) == verdict


def test_the_control_runs_legacy_twice(sides: Sides) -> None:
    result = verify_scenario(sides, replace(NO_WAVES, name=CONTROL))
    assert (result.verdict, result.allowances[0].hits) == ("identical", 0)


def test_a_scenario_in_which_nothing_happens_shows_nothing(sides: Sides) -> None:
    assert verify_scenario(sides, Scenario("nothing", "Nothing.")).verdict == "invalid"


def test_a_tree_that_differs_only_when_cold_is_found(
    sides: Sides, migration: Migration, root: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "refactored"
    shutil.copytree(root / "refactored", copy)
    with (copy / "lambda/query-handler/index.py").open("a") as file:
        file.write(
            f"\nif time.time() > {EPOCH.timestamp()}:\n    logger.info('a late cold start')\n"
        )
    broken = Sides(sides.legacy, read_tree(copy, migration, "refactored"), sides.rules)
    events = tuple(
        Invocation("query-handler", {"operation": "get_current_account"}, float(n)) for n in (0, 1)
    )
    scenario = Scenario("twice", "Two invocations.", invoke=events)
    result = verify_scenario(broken, scenario)
    assert result.verdict == "divergent"
    assert {finding.containers for finding in result.findings} == {"cold"}
    assert verify_scenario(sides, scenario).verdict == "identical"


def test_coverage_is_of_what_the_move_touched(trees: Trees, sides: Sides) -> None:
    result = verify_one(Work(trees, NO_WAVES, coverage=True))
    found = {
        (item.side, item.function): item
        for item in reached(sides.legacy, sides.refactored, result.arcs)
    }
    assert ("legacy", "update_wave_status") in found
    assert ("refactored", "poll_wave_status") in found
    assert ("refactored", "begin_wave_plan") not in found  # the same on both sides
    poll = found["refactored", "poll_wave_status"]
    assert len(poll.missing_lines) == poll.lines  # a plan without waves polls nothing
    dispatcher = next(
        item
        for item in reached(sides.legacy, sides.refactored, result.arcs)
        if item.side == "legacy"
        and item.path.startswith("lambda/orchestration")
        and item.function == "lambda_handler"
    )
    assert 0 < len(dispatcher.missing_lines) < dispatcher.lines
