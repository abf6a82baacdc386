"""`signoff`: all evidence in one run, and the page that a release manager signs."""

from __future__ import annotations

import argparse
from pathlib import Path

from drs_refactor.documents import can_be_written, relative, write_json
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.options import add_trees, trees_of
from drs_refactor.progress import Progress
from drs_refactor.signoff import manifest
from drs_refactor.signoff.decision import EXIT, decide
from drs_refactor.signoff.documents import as_json
from drs_refactor.signoff.evidence import PARTS
from drs_refactor.signoff.gather import Asked, gather
from drs_refactor.signoff.held import held
from drs_refactor.signoff.reports import FIRST, reports, write_all
from drs_refactor.signoff.sections import title

NAME = "signoff"
HELP = "gather all evidence, say whether it may be released, and write the page to sign"
EXAMPLE = "drs-refactor signoff; drs-refactor signoff --verify reports/manifest.json"

OUTPUT = Path("reports")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where to write; {OUTPUT}"
    )
    parser.add_argument(
        "--verify", type=Path, metavar="MANIFEST",
        help="only tell whether the trees are those that were signed, and which file differs",
    )  # fmt: skip
    parser.add_argument(
        "--part", action="append", default=[], choices=PARTS, metavar="NAME",
        help=f"only this part of {', '.join(PARTS)}: such a run cannot say yes. Repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--mutants", type=Path, metavar="FILE",
        help="the results of mutants --json for these trees; mutants.json in the output",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="a shorter bench, as for each commit")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all draws; 0")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it here as well")


def run(options: argparse.Namespace) -> int:
    if options.verify:
        return _verify(options)
    migration = load(options.config)
    trees = trees_of(options, migration)
    for tree in (trees.legacy, trees.refactored):
        if options.output.resolve().is_relative_to(tree.resolve()):
            raise InputError(
                "the reports would be written into a tree that they are about",
                path=options.output,
                mend="Name another folder with --output",
            )
    if options.mutants and not options.mutants.is_file():
        raise InputError("there is no such file", path=options.mutants, mend="See --mutants")
    for path in (options.output / FIRST, options.json):
        can_be_written(path)
    asked = Asked(
        options.mutants or options.output / "mutants.json",
        tuple(options.part) or PARTS,
        options.quick,
        options.seed,
        options.output / "cases",
    )
    progress = Progress(1)
    evidence = gather(
        migration, trees, asked, lambda part, n, of, what: progress.at(n, of, f"{part}: {what}")
    )
    progress.clear()
    decision = decide(evidence)
    write_all(options.output, reports(evidence, decision, options.output))
    write_json(options.json, as_json(evidence, decision, title(evidence)))
    print(f"{title(evidence)}")
    for reason in decision.reasons:
        print(f"  {reason.verdict:<12} {reason.part}: {reason.words}")
    print("not checked:")
    for one in decision.not_checked:
        print(f"  {one}")
    print(f"written: {relative(options.output / FIRST)}, and what else stands in that folder")
    print(decision.line)
    return EXIT[decision.answer]


def _verify(options: argparse.Namespace) -> int:
    for name in ("part", "quick", "mutants"):
        if getattr(options, name):
            raise InputError(f"--{name} does not go with --verify", mend="Take one of the two")
    found = manifest.read(options.verify)
    folder = options.verify.parent
    answer = held(found, folder, options.config, options.legacy, options.refactored)
    for line in answer.lines:
        print(line)
    write_json(options.json, answer.as_json())
    return 1 if answer.differs else 0
