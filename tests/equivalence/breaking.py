"""Refactored trees that are wrong on purpose, as data: `breakages/*.yaml`, one for each scenario.

Each names a file of the refactored tree and the text to replace, which must stand there once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
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
from harness.tree import Tree, read_tree

FOLDER = Path(__file__).parent / "breakages"


@dataclass(frozen=True)
class Breakage:
    """What is wrong, and where. `scenario` is the one that finds it."""

    scenario: str
    wrong: str
    file: str
    edits: tuple[tuple[str, str], ...]


def breakages() -> list[Breakage]:
    """All of them, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for scenario, given in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            edits = given.get("edits") or [{"old": given["old"], "new": given["new"]}]
            pairs = tuple((edit["old"], edit["new"]) for edit in edits)
            found.append(Breakage(scenario, given["wrong"], given["file"], pairs))
    return found


def batches(root: Path, known: Iterable[Breakage]) -> list[list[Breakage]]:
    """The breakages in few lots, in each of which no two touch the same line."""
    lots: list[tuple[set[tuple[str, int]], list[Breakage]]] = []
    for breakage in known:
        lines = _lines(root, breakage)
        lot = next((lot for lot in lots if not lot[0] & lines), None)
        if lot is None:
            lot = (set(), [])
            lots.append(lot)
        lot[0].update(lines)
        lot[1].append(breakage)
    return [lot for _, lot in lots]


def broken_tree(root: Path, folder: Path, chosen: Iterable[Breakage]) -> Tree:
    """The refactored tree with these breakages in it, written to `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "refactored", folder)
    for breakage in chosen:
        path = folder / breakage.file
        text = path.read_text(encoding="utf-8")
        for old, new in breakage.edits:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return read_tree(folder, load(root / "migration.toml"), "refactored")


def finds(root: Path, scenario: str, broken: Tree) -> bool:
    """True if the scenario's comparison with legacy diverges."""
    legacy = _legacy(root, scenario)
    recording = run(broken, _scenario(scenario))
    return bool(compare(legacy, recording, _sides(root).rules).divergences)


def found_alone(
    root: Path, scenario: str, folder: Path, lot: Sequence[Breakage]
) -> Iterator[Breakage]:
    """Those of a lot that diverges which the scenario finds by themselves, by halving."""
    if len(lot) == 1:
        yield lot[0]
        return
    middle = len(lot) // 2
    for part in (lot[:middle], lot[middle:]):
        if finds(root, scenario, broken_tree(root, folder, part)):
            yield from found_alone(root, scenario, folder, part)


def _lines(root: Path, breakage: Breakage) -> set[tuple[str, int]]:
    """The lines that it replaces. Fails where a text does not stand in its file exactly once."""
    text = (root / "refactored" / breakage.file).read_text(encoding="utf-8")
    lines: set[tuple[str, int]] = set()
    for old, _ in breakage.edits:
        count = text.count(old)
        assert count == 1, f"{breakage.scenario}: {old!r} stands {count} times in {breakage.file}"
        first = text[: text.index(old)].count("\n")
        lines |= {(breakage.file, first + n) for n in range(old.count("\n") + 1)}
    return lines


@cache
def _sides(root: Path) -> Sides:
    return read_sides(Trees(root / "migration.toml", root / "legacy", root / "refactored"))


@cache
def _scenario(name: str) -> Scenario:
    return next(scenario for scenario in shipped() if scenario.name == name)


@cache
def _legacy(root: Path, name: str) -> Recording:
    return run(_sides(root).legacy, _scenario(name))
