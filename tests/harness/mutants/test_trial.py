"""One mutant in this process, stage by stage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.aws.faults import Fault
from harness.mutants.model import UNTOUCHED, Edit, Killed, Mutant
from harness.mutants.mutated import texts_of, with_mutant
from harness.mutants.reach import Case, Reach, Ways, reached_by
from harness.mutants.templates import of_templates
from harness.mutants.trial import COLD, FAULTS, MIXED, RACES, SCENARIOS, Task, try_mutant
from harness.results import Trees
from harness.scenario_files import select, shipped
from harness.sides import Sides

STUB = "lambda/orchestration-stepfunctions/index.py"
QUERY = "lambda/query-handler/index.py"
ONE_WAVE = Case("drill-one-wave")
TAGS = Case("validation-of-tags")
LOST = Fault("lambda.Invoke", "lost", action="start_wave_recovery")


def mutant(sides: Sides, path: str, old: str, new: str, nth: int = 0) -> Mutant:
    text = (sides.refactored.root / path).read_text(encoding="utf-8")
    start = -1
    for _ in range(nth + 1):
        start = text.index(old, start + 1)
    line = text.count("\n", 0, start) + 1
    edit = Edit(path, start, start + len(old), new)
    return Mutant("move", "x", path, "", (line,), (line, line), old, new, (edit,))


def test_found_by_what_runs_it(sides: Sides, trees: Trees) -> None:
    wrong = mutant(sides, QUERY, "All waves completed successfully", "All waves completed")
    cases = (Case("poll-without-a-job"), ONE_WAVE)
    found = try_mutant(Task(trees, wrong, SCENARIOS, cases))
    assert found.killed is not None
    assert found.killed.stage == SCENARIOS
    assert found.killed.scenario == "drill-one-wave"
    assert "state" in found.killed.facets
    assert found.runs == 2


def test_what_goes_round_in_circles_comes_to_an_end(sides: Sides, trees: Trees) -> None:
    wrong = mutant(sides, QUERY, "next_wave_number = wave_number + 1", "next_wave_number = 0")
    found = try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,)))
    assert found.killed is not None
    assert found.seconds < 10


@pytest.mark.parametrize("name", ["tags-without-any-server", "empty-wave", "resume-times-out"])
def test_what_legacy_does_too_is_not_stopped_earlier(trees: Trees, name: str) -> None:
    found = try_mutant(Task(trees, UNTOUCHED, SCENARIOS, (Case(name),)))
    assert (found.killed, found.runs) == (None, 1)


def test_facets_that_do_not_count(sides: Sides, trees: Trees) -> None:
    wrong = mutant(sides, QUERY, "✅ Wave {wave_number} complete", "Wave {wave_number} complete")
    assert try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,))).killed is not None
    found = try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,), frozenset({"logs"})))
    assert found.killed is None
    assert found.runs == 1


def test_what_only_a_fault_shows(sides: Sides, trees: Trees) -> None:
    wrong = mutant(sides, STUB, '"total_max_attempts": 1', '"total_max_attempts": 3')
    for stage in (SCENARIOS, COLD):
        assert try_mutant(Task(trees, wrong, stage, (ONE_WAVE,))).killed is None
    struck = Case("drill-one-wave", (LOST,))
    found = try_mutant(Task(trees, wrong, FAULTS, (struck,))).killed
    assert found is not None
    assert "calls" in found.facets
    assert found.scenario == "drill-one-wave, lost"


def found_only_in(stage: str, trees: Trees, wrong: Mutant, case: Case) -> Killed:
    assert try_mutant(Task(trees, wrong, SCENARIOS, (case,))).killed is None
    found = try_mutant(Task(trees, wrong, stage, (case,))).killed
    assert found is not None
    return found


def test_what_only_a_cold_start_shows(sides: Sides, trees: Trees) -> None:
    """A container that did not begin the plan cannot poll, which no warm one is asked to."""
    line = '    action = event.get("action")\n'
    kept = 'vars(lambda_handler).setdefault("begun", [action])'
    wrong = mutant(sides, STUB, line, f"{line}    assert {kept} == ['begin']\n")
    assert "exception" in found_only_in(COLD, trees, wrong, ONE_WAVE).facets


def test_what_only_mixed_versions_show(sides: Sides, trees: Trees) -> None:
    """The new code is deployed before the variable is there, which the safe way allows."""
    line = "_execution_history_table = None"
    eager = 'dynamodb.Table(os.environ["EXECUTION_HISTORY_TABLE"])'
    wrong = mutant(sides, QUERY, line, f"_execution_history_table = {eager}")
    assert found_only_in(MIXED, trees, wrong, TAGS).stage == MIXED
    harmless = mutant(sides, QUERY, line, f"{line}  # lazily")
    assert try_mutant(Task(trees, harmless, MIXED, (TAGS,))).killed is None


def test_nothing_is_found_in_races_without_a_start(sides: Sides, trees: Trees) -> None:
    wrong = mutant(sides, QUERY, '"CANCELLING"', '"CANCELLED"')
    found = try_mutant(Task(trees, wrong, RACES, (Case("poll-without-a-job"),)))
    assert (found.killed, found.runs) == (None, 0)


def test_templates_are_read_again(sides: Sides, trees: Trees) -> None:
    path = "cfn/lambda.yaml"
    line = "          QUERY_HANDLER_ARN: !GetAtt QueryHandlerFunction.Arn\n"
    wrong = replace(mutant(sides, path, line, ""), lines=())
    with with_mutant(trees, sides, wrong) as mutated:
        assert "QUERY_HANDLER_ARN" not in mutated.refactored.functions["orchestration"].variables
    assert try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,))).killed is not None


def test_a_tree_that_cannot_be_read_is_found_by_that(sides: Sides, trees: Trees) -> None:
    wrong = replace(mutant(sides, "cfn/lambda.yaml", "Resources:", "Resources: ["), lines=())
    found = try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,))).killed
    assert found is not None
    assert found.stage == "reading the tree"


def test_what_is_no_python_is_told(sides: Sides, trees: Trees) -> None:
    broken = mutant(sides, QUERY, "next_wave_number = wave_number + 1", "next_wave_number = (")
    found = try_mutant(Task(trees, broken, SCENARIOS, (ONE_WAVE,)))
    assert "never closed" in found.problem or "invalid syntax" in found.problem


def test_the_tree_itself_stays_as_it_is(sides: Sides, trees: Trees) -> None:
    wrong = mutant(
        sides, QUERY, "next_wave_number = wave_number + 1", "next_wave_number = wave_number + 2"
    )
    before = texts_of(sides.refactored.root, wrong)
    try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,)))
    assert texts_of(sides.refactored.root, wrong) == before


def test_what_a_scenario_reaches(sides: Sides, trees: Trees) -> None:
    scenario = select(shipped(), ["poll-without-a-job"])[0]
    found = reached_by(trees, scenario)
    assert not found.diverges
    assert {strike.what for strike in found.strikes} >= {"dynamodb.GetItem"}
    here = mutant(sides, QUERY, "has no DRS job, nothing to poll", "x")
    there = mutant(sides, QUERY, "timed out: {total_wait_time}", "x")
    assert found.reach.reaches(here)
    assert not found.reach.reaches(there)
    assert found.reach.reaches(replace(there, lines=()))


@pytest.mark.parametrize(
    ("lines", "names"), [((5,), ["a", "c", "b"]), ((7,), ["c"]), ((), ["c", "d", "a", "b"])]
)
def test_other_ways_through_the_function_come_first(
    lines: tuple[int, ...], names: list[str]
) -> None:
    ways = {"a": {5}, "b": {5}, "c": {5, 7}, "d": {1}}
    reaches = [
        Reach(Case(name), {"x.py": frozenset(way)}, 20 + cost)
        for cost, (name, way) in enumerate(ways.items())
    ]
    change = Mutant("move", "x", "x.py", "", lines, (4, 9), "", "", ())
    found = [case.scenario for case in Ways(reaches).cases(change)]
    assert found == names


def test_copies_leave_caches_out(sides: Sides, tmp_path: Path) -> None:
    from harness.mutants.mutated import write_copy

    copy = write_copy(sides.refactored.root, tmp_path / "copy", {QUERY: "x = 1\n"})
    assert (copy / QUERY).read_text() == "x = 1\n"
    assert not list(copy.rglob("__pycache__"))


def test_what_only_another_deployment_shows(sides: Sides, trees: Trees) -> None:
    found = [m for m in of_templates(sides) if m.operator == "place written out"]
    assert len(found) == 6
    for wrong in found:
        killed = try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,))).killed
        assert killed is not None
        assert (killed.scenario, killed.facets) == ("other deployments", ("deployment",))
        without = frozenset({"deployment"})
        assert try_mutant(Task(trees, wrong, SCENARIOS, (ONE_WAVE,), without)).killed is None
