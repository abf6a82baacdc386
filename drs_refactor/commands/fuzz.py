"""`fuzz`: run scenarios that nobody wrote on both trees, and shrink what differs."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path

from drs_refactor.documents import both_trees, can_be_written, relative, versions, write_json
from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from drs_refactor.fuzz_cases import read_cases, save, write_cases
from drs_refactor.migration import load
from drs_refactor.options import add_trees, trees_of
from drs_refactor.progress import Progress
from harness.fuzzing.campaign import campaign
from harness.reports import fuzz
from harness.scenario import Scenario

NAME = "fuzz"
HELP = "draw scenarios that nobody wrote, run them on both trees, shrink and save what differs"
EXAMPLE = "drs-refactor fuzz --examples 2000 --seed 7 --cases reports/fuzz.jsonl"

EXAMPLES = 500
"""Cases, if nothing else is said: less than a minute on two cores."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, metavar="N", help=f"cases to run; {EXAMPLES}"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws other cases; 0")
    parser.add_argument(
        "--cases",
        type=Path,
        metavar="FILE",
        help="write the cases; if FILE is there, run its cases instead of drawing",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found as JSON")


def run(options: argparse.Namespace) -> int:
    if options.examples < 1:
        raise InputError(
            f"--examples {options.examples}: there is nothing to run", mend="Ask for 1"
        )
    trees = trees_of(options, load(options.config))
    for path in (options.json, options.cases):
        can_be_written(path)
    seed, stored = options.seed, list[Scenario]()
    if options.cases is not None and options.cases.exists():
        seed, stored = read_cases(options.cases)
    progress = Progress(len(stored) or options.examples)
    found = campaign(trees, options.examples, seed, progress.at, stored)
    progress.clear()
    saved = save(trees, found)
    for line in fuzz.text(found, saved):
        print(line)
    if options.cases is not None and not stored:
        write_cases(options.cases, seed, (one.scenario for one in found.ran))
        print(f"cases: {relative(options.cases)}")
    elif stored:
        print(f"cases: {len(stored)} of {relative(options.cases)}, none drawn")
    names = both_trees(trees.legacy, trees.refactored)
    drawn_with = versions() | {"hypothesis": version("hypothesis")}
    write_json(options.json, fuzz.as_json(found, saved, names, drawn_with))
    return EXIT[found.verdict]
