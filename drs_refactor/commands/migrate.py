"""`migrate`: write the refactored tree, check one, or show the move as a diff."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codemods import migrate as codemod
from codemods import tree_files
from codemods.migrate import Migrated
from codemods.proofs.proof import NOT_TOLD
from codemods.suites import patched_names
from codemods.suites.file_sets import replaced
from drs_refactor.documents import relative, write_json
from drs_refactor.errors import InputError
from drs_refactor.migrated_document import document
from drs_refactor.migration import load
from drs_refactor.sarif import sarif

NAME = "migrate"
HELP = "write the refactored tree from the legacy tree, as migration.toml says"
EXAMPLE = "drs-refactor migrate --diff | less"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("migration.toml"), metavar="FILE")
    parser.add_argument("--source", type=Path, metavar="DIR", help="the tree before")
    parser.add_argument("--output", type=Path, metavar="DIR", help="the tree after")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--check", action="store_true", help="name where the output is not as written"
    )
    mode.add_argument(
        "--diff", action="store_true", help="print the plan and what would change; write nothing"
    )
    parser.add_argument(
        "--tests",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="unit tests, which follow what they patch and call: rewritten where they stand, "
        "or in the output if DIR is part of the source; what is not certain is listed. Repeatable",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the plan and its proof")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write what a reviewer must see")


def run(options: argparse.Namespace) -> int:
    migration = load(options.config)
    source = options.source or migration.legacy
    output = options.output or migration.refactored
    for name in ("json", "sarif"):
        path = getattr(options, name)
        if path and output.resolve() in path.resolve().parents:
            setattr(options, name, None)
            raise InputError(
                "this document would be part of the output", path=path, mend="Name another"
            )
    result = codemod.migrate(source, migration)
    result, tests = patched_names.with_tests(options.tests, result, migration, output)
    difference = None
    if options.check:
        difference = tree_files.first_difference(output, result.wanted) or tests.difference()
    # Before the tree, so that nothing has changed if it cannot be written; and before a pager ends.
    write_json(options.json, document(result, source, output, difference))
    write_json(options.sarif, sarif(result, output))
    if options.diff:
        _report(result, source, output)
        sys.stdout.writelines(codemod.diff(result))
        sys.stdout.writelines(tests.diff())
        sys.stderr.writelines(tests.look_at())
    elif options.check:
        same = f"{relative(output)} is what a fresh run writes"
        print(f"{relative(output)} differs from a fresh run: {difference}" if difference else same)
    else:
        with replaced(tests.after):
            tree_files.replace_tree(source, output, result.wanted)
        _report(result, source, output)
        sys.stdout.writelines(tests.report())
    return 1 if difference else 0


def _report(result: Migrated, source: Path, output: Path) -> None:
    print(f"{relative(source)} → {relative(output)}")
    for moved in result.moved:
        name = (
            moved.function if moved.name == moved.function else f"{moved.function} → {moved.name}"
        )
        kind = "copied" if moved.copy else "moved"
        print(f"  {kind} verbatim  {name} ({moved.lines} lines) to {moved.destination}")
        if moved.compiled == NOT_TOLD:
            print("    its text is the same; not compiled: its syntax is newer than this Python")
    for resolution in result.plan.resolutions:
        if resolution.outcome == "aliased":
            print(f"  clash resolved in {resolution.destination}: {resolution.detail}")
    for key, names in result.plan.removed.items():
        print(f"  taken out of {key}: {', '.join(names)}")
    for change in result.plan.template_changes:
        print(f"  {change}")
    for mention in result.plan.mentions:
        print(f"  look at {mention}")
    for line in (*result.proof.differing, *result.proof.doubts, *result.proof.split):
        print(f"  look at {line}")
    for left in result.service_calls_left:
        print(f"  left behind: {left}")
    if not result.service_calls_left:
        print("  no call of the moved services is left where the functions came from")
