"""`proof`: prove a move once more, from the two trees alone."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from codemods.proofs.recheck import Proved, Recheck, recheck
from drs_refactor.documents import relative, write_json
from drs_refactor.migration import load
from drs_refactor.options import add_trees, trees_of

NAME = "proof"
HELP = "prove from the two trees that each function is what it was and its names mean the same"
EXAMPLE = "drs-refactor proof"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write every name and its meaning"
    )


def run(options: argparse.Namespace) -> int:
    migration = load(options.config)
    trees = trees_of(options, migration)
    before, after = trees.legacy, trees.refactored
    found = recheck(before, after, migration)
    problems = found.problems()
    for proved in found.proved:
        print(_line(proved))
    for state in found.split:
        print(f"split: {state}")
    for problem in problems:
        print(f"differs: {problem}")
    verdict = "divergent" if problems else "identical"
    print(f"{verdict}: {len(found.proved)} functions, {relative(before)} → {relative(after)}")
    write_json(options.json, _document(found, verdict))
    return 1 if problems else 0


def _line(proved: Proved) -> str:
    moved = proved.moved
    text = "verbatim" if moved.verbatim else "CHANGED"
    told = Counter(bound.how or "OTHERWISE" for bound in proved.names)
    names = ", ".join(f"{count} {how}" for how, count in sorted(told.items()))
    return (
        f"{moved.name} in {moved.destination}: text {text}, code {moved.compiled}; "
        f"{len(proved.names)} names: {names}"
    )


def _document(found: Recheck, verdict: str) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "differences": found.problems(),
        "split_state": [str(state) for state in found.split],
        "functions": [
            {
                "function": p.moved.function,
                "name": p.moved.name,
                "destination": p.moved.destination,
                "verbatim": p.moved.verbatim,
                "code": p.moved.compiled,
                "names": [
                    {"name": b.name, "bound": b.how, "legacy": b.before, "refactored": b.after}
                    for b in p.names
                ],
            }
            for p in found.proved
        ],
    }
