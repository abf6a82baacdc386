"""`rollback`: in which orders to deploy and to go back, also under executions in flight."""

from __future__ import annotations

import argparse
from pathlib import Path

from drs_refactor.cases import write_case
from drs_refactor.documents import both_trees, can_be_written, versions, write_json
from drs_refactor.exits import EXIT
from drs_refactor.migration import load
from drs_refactor.options import add_scenarios, add_trees, trees_of
from drs_refactor.progress import Progress
from harness import scenario_files
from harness.reports import rollout as report
from harness.reports.rollout_document import as_json
from harness.results import Trees
from harness.rollout.campaign import BUDGET, rollout
from harness.rollout.cases import as_case
from harness.rollout.results import Rollout, Trial

NAME = "rollback"
HELP = "tell the safe ways to deploy and to go back, with executions in flight, and what is unsafe"
EXAMPLE = "drs-refactor rollback --json rollback.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    add_scenarios(parser)
    parser.add_argument(
        "--budget", type=float, default=BUDGET, metavar="S", help=f"seconds in all; {BUDGET:g}"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")


def run(options: argparse.Namespace) -> int:
    migration = load(options.config)
    scenarios = scenario_files.select(scenario_files.of(migration), options.scenario)
    trees = trees_of(options, migration)
    can_be_written(options.json)
    progress = Progress(len(scenarios))
    found = rollout(trees, scenarios, progress.at, options.budget)
    progress.clear()
    replays = _cases(trees, found)
    for line in report.text(found, replays):
        print(line)
    names = both_trees(trees.legacy, trees.refactored)
    write_json(options.json, as_json(found, replays, names, versions()))
    return EXIT[found.verdict]


def _cases(trees: Trees, found: Rollout) -> dict[Trial, str]:
    """A case for each trial that is shown."""
    scenarios = {look.scenario.name: look.scenario for look in found.looks}
    return {
        trial: write_case(
            trees,
            scenarios[trial.scenario],
            f"rollback-{number}-{trial.scenario}",
            **as_case(trial.course),
        )
        for number, trial in enumerate(report.shown(found), 1)
    }
