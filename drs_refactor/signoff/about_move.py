"""What moved, and what else changed."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from codemods.migrate import Migrated
from drs_refactor.signoff.about import missing
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Block, Code, Fold, Items, Paragraph, Section, Table, Text

CONTEXT = 3
"""Lines around a change."""


def moved(evidence: Evidence) -> Section:
    """Each function, from where to where, and how each clash of names was settled."""
    found = evidence.migrated
    verdict = evidence.verdicts["migrate"]
    if found is None:
        return Section("moved", "What moved", verdict, (missing(evidence, "migrate"),))
    clashes = tuple(r.detail for r in found.plan.resolutions if r.outcome == "aliased")
    blocks: list[Block] = [
        Table(
            ("function", "from", "to", "action", "lines", "how"),
            tuple(_row(evidence, found)),
            frozenset({4}),
        ),
        Paragraph(
            "Clashes of names, each settled by an alias for the older one:"
            if clashes
            else "No name clashed in a destination."
        ),
    ]
    if clashes:
        blocks.append(Items(clashes))
    if evidence.difference:
        blocks.insert(
            0,
            Paragraph(
                (
                    "The refactored tree is NOT what a fresh run writes, first at ",
                    Code(str(evidence.difference)),
                    ". What follows is of a fresh run.",
                )
            ),
        )
    doubts = (*found.proof.differing, *found.proof.doubts, *map(str, found.proof.split))
    if doubts:
        blocks.append(Paragraph("A person must look at:"))
        blocks.append(Items(tuple(doubts)))
    left = found.service_calls_left
    blocks.append(
        Paragraph("Calls of the moved services that are left:")
        if left
        else Paragraph("No call of the moved services is left where the functions came from.")
    )
    if left:
        blocks.append(Items(tuple(left)))
    return Section("moved", "What moved", verdict, tuple(blocks))


def _row(evidence: Evidence, found: Migrated) -> Iterator[tuple[str | Code, ...]]:
    actions = evidence.actions
    for one in found.moved:
        renamed = one.function if one.function == one.name else f"{one.function} → {one.name}"
        how = "verbatim" if one.verbatim else "CHANGED"
        yield (
            Code(renamed),
            Code(one.source),
            Code(one.destination),
            Code(actions.get(one.function, "") if not one.copy else ""),
            f"{one.lines}",
            f"{how}, a copy" if one.copy else how,
        )


def changed(evidence: Evidence) -> Section:
    """Stubs, routes and templates as diffs; what was taken out; what speaks of what is gone."""
    found = evidence.migrated
    if found is None:
        return Section("changed", "What else changed", "", (missing(evidence, "migrate"),))
    blocks: list[Block] = [
        Fold(
            (Code(path), f": {sum(line[:1] in '+-' for line in lines[2:])} lines"),
            (Text(tuple(lines), diff=True),),
        )
        for path, lines in _diffs(evidence)
    ]
    if found.plan.template_changes:
        blocks.append(Paragraph("In the templates:"))
        blocks.append(Items(tuple(map(str, found.plan.template_changes))))
    for key, names in found.plan.removed.items():
        blocks.append(Paragraph(f"Taken out of {key}: {', '.join(names)}."))
    if found.plan.mentions:
        blocks.append(Paragraph("Comments and texts that speak of what moved:"))
        blocks.append(Items(tuple(map(str, found.plan.mentions))))
    return Section("changed", "What else changed", "", tuple(blocks))


def _diffs(evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
    """File by file, the trees as they stand; a function that moved verbatim is one line on either
    side, so that what is left is what a person must read.
    """
    trees, signed = evidence.trees, evidence.signed
    for path in sorted({*signed.legacy, *signed.refactored}):
        if signed.legacy.get(path) == signed.refactored.get(path):
            continue
        # Of a tree that a fresh run does not write, nothing is known to be verbatim.
        proved = evidence.migrated if evidence.difference is None else None
        moved = proved.moved if proved else ()
        left = {m.function: f"to {m.destination}" for m in moved if m.source == path}
        came = {m.name: f"from {m.source}" for m in moved if m.destination == path}
        old = _folded(_lines(trees.legacy / path), left)
        new = _folded(_lines(trees.refactored / path), came)
        names = f"legacy/{path}", f"refactored/{path}"
        yield path, list(difflib.unified_diff(old, new, *names, n=CONTEXT, lineterm=""))


def _folded(lines: list[str], moved: Mapping[str, str]) -> list[str]:
    """The lines, with one line in the place of each of these functions. What this Python cannot
    parse stays as it is.
    """
    try:
        body = ast.parse("\n".join(lines)).body if moved else []
    except SyntaxError:
        return lines
    folded = list(lines)
    for node in reversed(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in moved:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
            end = node.end_lineno or node.lineno
            told = f"def {node.name}: {end - first} lines, verbatim {moved[node.name]}"
            folded[first:end] = [f"… {told} …"]
    return folded


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "replace").splitlines() if path.is_file() else []
