"""What the move wrote: top-level statements of the refactored tree that legacy's file of the same
function does not have, and the changed lines of those that it has otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import libcst as cst

from harness.mutants.operators.registry import Info
from harness.sides import Sides
from harness.tree import Tree


@dataclass(frozen=True)
class Site:
    """A statement by itself, as a module; `start` is its place in the file's text, `first` the
    number of its first line there. Only `changed` lines of the file count, if they are given.
    """

    path: str
    name: str
    module: cst.Module
    start: int
    first: int
    changed: frozenset[int] | None


def sites_of(sides: Sides) -> Iterator[Site]:
    """Every site, by file and place. Files that are the same on both sides have none."""
    for path, other in pairs(sides):
        text = (sides.refactored.root / path).read_text(encoding="utf-8")
        before = other.read_text(encoding="utf-8") if other is not None else ""
        if text != before:
            yield from _of_file(path, text, before)


def pairs(sides: Sides) -> list[tuple[str, Path | None]]:
    """The Python files of the refactored tree, with legacy's for the same function, or of the same
    place.
    """
    entries = {
        function.entry: sides.legacy.functions[key].entry
        for key, function in sides.refactored.functions.items()
    }
    found: list[tuple[str, Path | None]] = []
    for path in _files(sides.refactored):
        relative = path.relative_to(sides.refactored.root)
        other = entries.get(path, sides.legacy.root / relative)
        found.append((relative.as_posix(), other if other.is_file() else None))
    return found


def _files(tree: Tree) -> list[Path]:
    """The files that a function can import."""
    folders = {folder for function in tree.functions.values() for folder in function.folders}
    return sorted({path for folder in folders for path in folder.rglob("*.py")})


def _of_file(path: str, text: str, before: str) -> Iterator[Site]:
    module = cst.parse_module(text)
    old = _texts(cst.parse_module(before))
    known = Counter(code.strip() for codes in old.values() for code in codes)
    at = 0
    for statement in module.body:
        alone = module.with_changes(header=[], footer=[], body=[statement])
        code, name = alone.code, name_of_statement(statement)
        at = text.index(code.rstrip("\n"), at)
        if not known[code.strip()]:
            first = text.count("\n", 0, at) + 1
            same = old.get(name, []) if name else []
            changed = _changed(same[0], code, first) if same else None
            yield Site(path, name, alone, at, first, changed)
        at += len(code)


def _texts(module: cst.Module) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for statement in module.body:
        code = module.with_changes(header=[], footer=[], body=[statement]).code
        found.setdefault(name_of_statement(statement), []).append(code)
    return found


def _changed(before: str, after: str, first: int) -> frozenset[int]:
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return frozenset(
        first + line
        for tag, _, _, begin, end in matcher.get_opcodes()
        if tag != "equal"
        for line in range(begin, end)
    )


def name_of_statement(statement: cst.CSTNode) -> str:
    """The name that a top-level statement binds, "" where it is none or many."""
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return statement.name.value
    if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Assign):
        target = statement.body[0].targets[0].target
        return target.value if isinstance(target, cst.Name) else ""
    return ""


def info_of(sides: Sides, sites: list[Site]) -> Info:
    """What operators know of the move, from the rules and from the sites."""
    moved = sides.refactored.moved.values()
    functions = {name for one in moved for name in (one.move.function, one.move.name)}
    texts = Counter(site.module.code.strip() for site in sites)
    return Info(
        functions=frozenset(functions),
        actions=frozenset(one.move.action for one in moved),
        variables=tuple(sorted(_owners(sides))),
        aliases=dict(pair for site in sites for pair in _aliases(site)),
        copies=frozenset(
            (site.path, site.name)
            for site in sites
            if site.name and texts[site.module.code.strip()] > 1
        ),
    )


def _owners(sides: Sides) -> set[str]:
    """Variables that hold the ARN or the name of one of the tree's own functions."""
    known = {f.arn for f in sides.refactored.functions.values()}
    known |= {f.name for f in sides.refactored.functions.values()}
    return {
        name
        for function in sides.refactored.functions.values()
        for name, value in function.variables.items()
        if value in known and not name.startswith("AWS_")
    }


def _aliases(site: Site) -> Iterator[tuple[str, str]]:
    for node in site.module.body:
        lines = node.body if isinstance(node, cst.SimpleStatementLine) else ()
        nested = node.body.body if isinstance(node, cst.Try) else ()
        smalls = [
            *lines,
            *(s for n in nested if isinstance(n, cst.SimpleStatementLine) for s in n.body),
        ]
        for small in smalls:
            if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
                for alias in small.names:
                    if alias.asname is not None:
                        yield alias.evaluated_alias or "", alias.evaluated_name
