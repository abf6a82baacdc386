"""Which lines and branches of what the move touched were reached by scenarios, on each side.

coverage.py traces; what counts are the functions that stand on one side only, or differently:
moved functions, stubs, routes. What was never reached has not been compared.
"""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.tree import Tree

Arcs = Mapping[str, frozenset[tuple[int, int]]]
"""Line to line steps that were taken, by absolute path of the file."""


@dataclass(frozen=True)
class Reached:
    """One function of one side. Branches are (from line, to line); a negative line is the exit."""

    side: str
    path: str
    function: str
    lines: int
    missing_lines: tuple[int, ...]
    branches: int
    missing_branches: tuple[tuple[int, int], ...]


class Tracer:
    """Traces the code of trees, in one process, for as long as it is asked to."""

    def __init__(self, *trees: Tree) -> None:
        import coverage  # here, since results are read without it

        include = sorted({f"{tree.root.resolve()}/*" for tree in trees})
        self._coverage = coverage.Coverage(
            branch=True,
            concurrency=["greenlet"],
            include=include,
            data_file=None,
            config_file=False,
        )

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Trace what runs inside."""
        self._coverage.start()
        try:
            yield
        finally:
            self._coverage.stop()

    def take(self) -> Arcs:
        """What was traced since the last call."""
        data = self._coverage.get_data()
        arcs = {path: frozenset(data.arcs(path) or ()) for path in data.measured_files()}
        self._coverage.erase()
        return arcs


def merged(all_arcs: list[Arcs]) -> Arcs:
    """The arcs of many runs together."""
    found: dict[str, set[tuple[int, int]]] = {}
    for arcs in all_arcs:
        for path, taken in arcs.items():
            found.setdefault(path, set()).update(taken)
    return {path: frozenset(taken) for path, taken in found.items()}


def reached(legacy: Tree, refactored: Tree, arcs: Arcs) -> list[Reached]:
    """Every function that the move touched, with what was never reached in it."""
    found = []
    for key in legacy.functions:
        entries = [tree.functions[key].entry.resolve() for tree in (legacy, refactored)]
        own = [_functions(entry) for entry in entries]
        for tree, entry, mine, other in (
            (legacy, entries[0], own[0], own[1]),
            (refactored, entries[1], own[1], own[0]),
        ):
            touched = [name for name, dump in mine.items() if other.get(name) != dump]
            if touched:
                found += _of_file(tree, entry, touched, arcs.get(str(entry), frozenset()))
    return found


def _functions(path: Path) -> dict[str, str]:
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:  # newer than this Python, so it did not run either
        return {}
    return {
        node.name: ast.dump(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _of_file(
    tree: Tree, entry: Path, names: list[str], arcs: frozenset[tuple[int, int]]
) -> list[Reached]:
    report = _report(entry, arcs)["functions"]
    found = []
    for name in names:
        summary = report[name]["summary"]
        found.append(
            Reached(
                tree.side,
                entry.relative_to(tree.root.resolve()).as_posix(),
                name,
                summary["num_statements"],
                tuple(report[name]["missing_lines"]),
                summary["num_branches"],
                tuple((start, end) for start, end in report[name]["missing_branches"]),
            )
        )
    return found


def _report(path: Path, arcs: frozenset[tuple[int, int]]) -> Any:
    """coverage.py's own analysis of a file, function by function."""
    import coverage

    measured = coverage.Coverage(branch=True, data_file=None, config_file=False)
    measured.get_data().add_arcs({str(path): arcs})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "coverage.json"
        measured.json_report(morfs=[str(path)], outfile=str(out))
        return next(iter(json.loads(out.read_text())["files"].values()))
