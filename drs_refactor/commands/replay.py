"""`replay`: run one case again, as verify wrote it."""

from __future__ import annotations

import argparse
from pathlib import Path

from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from harness import scenario_files
from harness.one_scenario import verify_scenario
from harness.reports import text
from harness.results import Trees
from harness.sides import read_sides

NAME = "replay"
HELP = "run one case again, from the file that verify wrote for it"
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
    result = verify_scenario(read_sides(trees), scenario)
    if result.findings:
        again = f"drs-refactor replay {path.as_posix()}"
        for line in text.divergences(result, again, everything=options.all):
            print(line)
    print(f"{result.name}: {result.verdict}")
    return EXIT[result.verdict]
