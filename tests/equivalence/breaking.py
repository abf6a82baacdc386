"""Refactored trees that are wrong on purpose, as data: `breakages/*.yaml`, one for each scenario.

Each names a file of the refactored tree and the text to replace, which must stand there once.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from drs_refactor.migration import load
from harness.comparison import compare
from harness.recording import Recording
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.scenario_files import shipped
from harness.sides import Sides, read_sides
from harness.tree import read_tree

FOLDER = Path(__file__).parent / "breakages"


@dataclass(frozen=True)
class Breakage:
    """What is wrong, and where. `scenario` is the one that finds it."""

    scenario: str
    wrong: str
    file: str
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Found:
    """The scenarios that found a breakage, of those that ran what it changes."""

    breakage: Breakage
    ran: tuple[str, ...]
    by: tuple[str, ...]


def breakages() -> list[Breakage]:
    """All of them, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for scenario, given in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            edits = given.get("edits") or [{"old": given["old"], "new": given["new"]}]
            pairs = tuple((edit["old"], edit["new"]) for edit in edits)
            found.append(Breakage(scenario, given["wrong"], given["file"], pairs))
    return found


def find(root: Path, folder: Path, breakage: Breakage) -> Found:
    """Run a breakage, written to `folder`, in every scenario that runs what it changes."""
    changed = write(root, folder, breakage)
    migration = load(root / "migration.toml")
    sides = _sides(root)
    tree = read_tree(folder, migration, "refactored")
    broken = Sides(sides.legacy, tree, sides.rules)
    ran, by = [], []
    for scenario in shipped():
        if changed is not None and not changed & _statements(root)[scenario.name]:
            continue
        ran.append(scenario.name)
        here = _legacy(root, scenario.name)
        if compare(here, run(broken.refactored, scenario), sides.rules).divergences:
            by.append(scenario.name)
    return Found(breakage, tuple(ran), tuple(by))


def write(root: Path, folder: Path, breakage: Breakage) -> frozenset[tuple[str, int]] | None:
    """Write the broken tree. Gives the statements that it changes, None if it changes more."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "refactored", folder)
    path = folder / breakage.file
    text = before = path.read_text(encoding="utf-8")
    lines: set[int] = set()
    for old, new in breakage.edits:
        assert before.count(old) == 1, (
            f"{breakage.scenario}: {old!r} stands {before.count(old)} times in {breakage.file}"
        )
        first = before[: before.index(old)].count("\n") + 1
        lines |= set(range(first, first + old.rstrip("\n").count("\n") + 1))
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    if path.suffix != ".py":
        return None
    return _touched(before, lines, breakage.file)


def _touched(text: str, lines: set[int], file: str) -> frozenset[tuple[str, int]] | None:
    """The innermost statements of functions on these lines; None if one is of the module."""
    innermost: dict[int, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.stmt) and inner is not node:
                    assert inner.end_lineno is not None
                    for line in range(inner.lineno, inner.end_lineno + 1):
                        # Walked from the outside in, so the innermost comes last.
                        innermost[line] = max(innermost.get(line, 0), inner.lineno)
    filled = {line for line in lines if text.splitlines()[line - 1].strip()}
    if not filled <= innermost.keys():
        return None
    return frozenset((file, innermost[line]) for line in filled)


@cache
def _sides(root: Path) -> Sides:
    return read_sides(Trees(root / "migration.toml", root / "legacy", root / "refactored"))


@cache
def _scenario(name: str) -> Scenario:
    return next(scenario for scenario in shipped() if scenario.name == name)


@cache
def _legacy(root: Path, name: str) -> Recording:
    return run(_sides(root).legacy, _scenario(name))


@cache
def _statements(root: Path) -> Mapping[str, frozenset[tuple[str, int]]]:
    """The statements of the refactored tree that each scenario runs."""
    return {scenario.name: _ran(root, scenario) for scenario in shipped()}


def _ran(root: Path, scenario: Scenario) -> frozenset[tuple[str, int]]:
    ran: set[tuple[str, int]] = set()
    tree = _sides(root).refactored

    def note(path: Path, _function: str, line: int) -> None:
        if path.is_relative_to(tree.root):
            ran.add((path.relative_to(tree.root).as_posix(), line))

    run(tree, scenario, on_run=note)
    return frozenset(ran)
