"""`verify`: run every scenario on both trees and show the difference."""

from __future__ import annotations

import argparse
from pathlib import Path

from drs_refactor import fault_run
from drs_refactor.cases import write_case
from drs_refactor.documents import both_trees, can_be_written, versions, write, write_json
from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from drs_refactor.migration import load
from drs_refactor.options import add_scenarios, add_trees, trees_of
from drs_refactor.progress import Progress
from harness import scenario_files
from harness.reports import documents, markdown, text
from harness.results import Verification
from harness.verify import Options, verify

NAME = "verify"
HELP = "run scenarios on both trees in the fake account and compare everything they do"
EXAMPLE = "drs-refactor verify --scenario 'pause-*' --json verify.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    add_scenarios(parser)
    parser.add_argument(
        "--faults", action="store_true", help="let every AWS call fail, in every way, on both trees"
    )
    parser.add_argument(
        "--budget", type=float, metavar="S", help="seconds that --faults may take; 240"
    )
    parser.add_argument("--list", action="store_true", help="list the scenarios and what they show")
    parser.add_argument(
        "--coverage", action="store_true", help="list lines and branches that no scenario reached"
    )
    parser.add_argument(
        "--speed", action="store_true", help="print what a run costs and whose code it goes to"
    )
    parser.add_argument(
        "--plain", action="store_true", help="run moto and botocore without shortcuts: slow"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every divergence as JSON")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a report in Markdown")


def run(options: argparse.Namespace) -> int:
    migration = load(options.config)
    scenarios = scenario_files.select(scenario_files.of(migration), options.scenario)
    if options.list:
        width = max(len(scenario.name) for scenario in scenarios)
        for scenario in scenarios:
            print(f"{scenario.name:<{width}}  {' '.join(scenario.shows.split())}")
        return 0
    trees = trees_of(options, migration)
    for path in (options.json, options.junit, options.report):
        can_be_written(path)
    if options.faults:
        return fault_run.run(trees, scenarios, options)
    if options.budget is not None:
        raise InputError("--budget is for --faults", mend="Add it, or take out --budget")
    progress = Progress(len(scenarios))
    asked = Options(options.coverage, options.speed, options.plain)
    verification = verify(
        trees, scenarios, lambda r: progress.done(r.name, r.verdict == "identical"), asked
    )
    progress.clear()
    replays = {
        r.name: write_case(trees, r.scenario, r.name) for r in verification.results if r.findings
    }
    _print(verification, replays, options)
    names = both_trees(trees.legacy, trees.refactored)
    write_json(options.json, documents.as_json(verification, names, versions()))
    if options.junit:
        write(options.junit, documents.as_junit(verification, replays))
    if options.report:
        write(options.report, markdown.report(verification, names, versions(), replays))
    return EXIT[verification.verdict]


def _print(
    verification: Verification, replays: dict[str, str], options: argparse.Namespace
) -> None:
    for line in text.table(list(verification.results)):
        print(line)
    for result in verification.results:
        if result.findings or result.problem:
            for line in text.divergences(result, replays.get(result.name, "")):
                print(line)
    for line in text.coverage(verification.reached):
        print(line)
    for line in text.summary(verification):
        print(line)
    if options.speed:
        for line in text.speed(verification):
            print(line)
