"""`replay`: run one case again, as verify wrote it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from harness import scenario_files
from harness.one_scenario import verify_scenario
from harness.races.race import race
from harness.races.results import Race
from harness.reports import races, rollout, text
from harness.results import Trees
from harness.rollout import cases
from harness.rollout.parts import Mixture
from harness.rollout.trials import compared
from harness.scenario import Scenario
from harness.sides import Sides, read_sides

NAME = "replay"
HELP = "run one case again, from the file that verify or rollback wrote for it"
EXAMPLE = "drs-refactor replay reports/cases/drill-one-wave.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE.json")
    parser.add_argument(
        "--all", action="store_true", help="show what followed from the first divergence too"
    )


def run(options: argparse.Namespace) -> int:
    path: Path = options.case
    case = scenario_files.read_case(path)
    scenario = scenario_files.from_case(case["scenario"], path)
    try:
        trees = Trees(*(path.parent / case[key] for key in ("config", "legacy", "refactored")))
    except KeyError as error:
        raise InputError(f"the case has no {error}", path=path) from error
    sides = read_sides(trees)
    if cases.KEY in case:
        return _mixed(sides, scenario, case, options)
    again = f"drs-refactor replay {path.as_posix()}"
    if "race" in case:
        return _race(Race(trees, scenario, case["race"]), again)
    result = verify_scenario(sides, scenario)
    if result.findings:
        for line in text.divergences(result, again, everything=options.all):
            print(line)
    print(f"{result.name}: {result.verdict}")
    return EXIT[result.verdict]


def _race(asked: Race, again: str) -> int:
    """A case of `verify --faults`: an invocation at every moment of the scenario."""
    raced = race(asked)
    for line in (*races.text([raced], [again]), "", *races.summary([raced], 1)):
        print(line)
    verdict = "divergent" if raced.new else "invalid" if raced.problem else "identical"
    print(f"{asked.scenario.name}: {verdict}")
    return EXIT[verdict]


def _mixed(
    sides: Sides, scenario: Scenario, case: dict[str, Any], options: argparse.Namespace
) -> int:
    """A case of `rollback`: some parts of the one tree, others of the other."""
    parts = Mixture(sides.legacy, sides.refactored).parts
    course = cases.from_case(case, parts, options.case)
    comparison, recording, switches = compared(sides, scenario, course)
    print(f"{scenario.name}: {scenario.shows}")
    print(f"  {rollout.course_told(course, parts)}")
    for found in comparison.divergences if options.all else comparison.divergences[:1]:
        for line in rollout.divergence(found):
            print(line)
    more = len(comparison.divergences) - 1
    if more > 0 and not options.all:
        print(f"  {more} more followed: drs-refactor replay {options.case.as_posix()} --all")
    verdict = "divergent" if comparison.divergences else "identical"
    if not recording.steps or not switches.are_met:
        verdict = "invalid"
    print(f"{scenario.name}: {verdict}")
    return EXIT[verdict]
