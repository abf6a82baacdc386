"""`mutants`: wrong refactors, made on purpose, and what the harness finds of them."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from drs_refactor.documents import both_trees, can_be_written, versions, write, write_json
from drs_refactor.equivalents import NAME as EQUIVALENT
from drs_refactor.equivalents import equivalents, reasons_of
from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from drs_refactor.migration import load
from drs_refactor.options import add_scenarios, add_trees, trees_of
from drs_refactor.progress import Progress
from drs_refactor.signoff.evidence import signed
from drs_refactor.signoff.stored_mutants import identity
from harness import scenario_files
from harness.mutants.cache import Cache, digest
from harness.mutants.campaign import BUDGET, campaign
from harness.mutants.generate import generate
from harness.mutants.model import PLANTED, Mutant
from harness.mutants.operator_names import WRONG
from harness.mutants.results import Judged
from harness.mutants.written import written
from harness.reports import mutants as report
from harness.reports import mutants_markdown
from harness.sides import read_sides

NAME = "mutants"
HELP = "make wrong refactors on purpose and tell which of them the harness finds, and by what"
EXAMPLE = "drs-refactor mutants --sample 60 --json mutants.json"

CACHE = Path(".drs-refactor/mutants.jsonl")
"""Where results are kept, by content."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    add_scenarios(parser)
    parser.add_argument(
        "--operator", action="append", default=[], metavar="GLOB", help="only operators that match"
    )
    parser.add_argument("--list", action="store_true", help="list the operators and what they do")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws another sample; 0")
    parser.add_argument(
        "--written", type=Path, action="append", default=[], metavar="FILE",
        help="mutants that somebody wrote: these alone, or with those of --operator",
    )  # fmt: skip
    parser.add_argument(
        "--facets",
        action="store_true",
        help="also tell for each facet of the comparison which mutant lives without it",
    )
    parser.add_argument(
        "--equivalent", type=Path, metavar="FILE",
        help=f"mutants that change nothing, with reasons; {EQUIVALENT} beside the configuration",
    )  # fmt: skip
    parser.add_argument(
        "--budget", type=float, default=BUDGET, metavar="S", help=f"seconds in all; {BUDGET:g}"
    )
    parser.add_argument(
        "--cache", type=Path, default=CACHE, metavar="FILE",
        help=f"results by content, so that only what changed is run again; {CACHE}",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a report in Markdown")


def run(options: argparse.Namespace) -> int:
    if options.list:
        width = max(map(len, WRONG))
        for name, (family, wrong) in WRONG.items():
            print(f"{family:<8}  {name:<{width}}  {wrong}")
        return 0
    if options.sample is not None and options.sample < 1:
        raise InputError(f"--sample {options.sample}: there is nothing to run", mend="Ask for 1")
    migration = load(options.config)
    scenarios = scenario_files.select(scenario_files.of(migration), options.scenario)
    trees = trees_of(options, migration)
    for path in (options.json, options.report, options.cache):
        can_be_written(path)
    reasons = (
        equivalents(options.equivalent)
        if options.equivalent
        else reasons_of(options.config.parent / EQUIVALENT)
    )
    of = identity(signed(migration, trees))
    sides = read_sides(trees)
    if options.written and not options.operator:
        chosen = generate(sides, lambda name: name == PLANTED)
    else:
        chosen = _chosen(generate(sides, partial(_is_wanted, options.operator)), options)
    chosen += [m for path in options.written for m in written(path, trees.refactored)]
    cache = Cache(options.cache, digest(trees, scenarios))
    progress = Progress(len(chosen))
    found = campaign(
        trees, chosen, scenarios, progress.at, cache, options.budget, frozenset(reasons),
        facets=options.facets,
    )  # fmt: skip
    progress.clear()
    cache.write()
    whole = _is_whole(options)
    asked = {mutant.key for mutant in chosen}
    # Of a part of the mutants nobody can say that a reason has lost its own.
    judged = Judged(found, {k: why for k, why in reasons.items() if whole or k in asked})
    paths = {edit.path for mutant in chosen for edit in mutant.edits}
    texts = {path: (trees.refactored / path).read_text(encoding="utf-8") for path in sorted(paths)}
    for line in report.text(judged, texts):
        print(line)
    names = both_trees(trees.legacy, trees.refactored)
    if options.report:
        write(options.report, mutants_markdown.report(judged, names))
    document = report.as_json(judged, texts, names, versions())
    write_json(options.json, document | {"digests": of, "sampled": not whole})
    return EXIT[judged.verdict]


def _is_whole(options: argparse.Namespace) -> bool:
    """True if every mutant that can be made is tried in every scenario."""
    every = options.operator == ["*"] or not (options.operator or options.written)
    return every and options.sample is None and not options.scenario


def _is_wanted(globs: Sequence[str], operator: str) -> bool:
    return not globs or any(fnmatchcase(operator, glob) for glob in globs)


def _chosen(mutants: Sequence[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """Those that are asked for, and the planted one before them."""
    planted = [m for m in mutants if m.operator == PLANTED]
    others = [m for m in mutants if m.operator != PLANTED]
    if not others:
        raise InputError(
            "there is no mutant to try",
            mend="The trees differ in nothing, or no operator matches: see mutants --list",
        )
    if options.sample is not None and options.sample < len(others):
        drawn = set(random.Random(options.seed).sample(range(len(others)), options.sample))
        others = [m for number, m in enumerate(others) if number in drawn]
    return planted + others
