"""State of a module that is split in two: changed by code on one side of the move, and used on the
other. Each Lambda function then has its own, and neither sees the other's changes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.reading import changed_in_place
from codemods.source import SourceFile, Statement


@dataclass(frozen=True)
class SplitState:
    """A name of the old module, the functions that change it, and those on the other side."""

    path: str
    line: int
    name: str
    changed_by: tuple[str, ...]
    used_by: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: {self.name} is changed by {' and '.join(self.changed_by)}, "
            f"and {' and '.join(self.used_by)} on the other side of the move has its own now"
        )


def split_state(before: SourceFile, gone: Collection[str]) -> list[SplitState]:
    """What the functions that went (moved or carried, by name) share with those that stay.

    A lazy handle, which is only ever filled where it is found empty, is each side's own by nature.
    """
    found = []
    functions = [s for s in before.statements if _function(s) is not None]
    for name, statements in before.bound.items():
        if not any(b.name == name and b.kind == "assign" for s in statements for b in s.bindings):
            continue
        users = [s for s in functions if s.refers_to(name)]
        changers = [s for s in users if name in _changes(s)]
        for went in (True, False):
            here = [_name(s) for s in changers if (_name(s) in gone) is went]
            there = [_name(s) for s in users if (_name(s) in gone) is not went]
            if here and there:
                line = before.line(statements[0].code)
                found.append(SplitState(before.relative, line, name, tuple(here), tuple(there)))
                break
    return found


def _name(statement: Statement) -> str:
    return statement.bindings[0].name


def _function(statement: Statement) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    if not any(b.kind == "def" for b in statement.bindings[:1]):
        return None
    try:
        node = ast.parse(statement.bare_text).body[0]
    except SyntaxError:  # newer than the Python that runs
        return None
    return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _changes(statement: Statement) -> set[str]:
    """Names of the module that a function changes: in place, or bound anew with `global`."""
    node = _function(statement)
    if node is None:
        return set()
    changed = set(changed_in_place(node)) & statement.references
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            changed |= {name for name in inner.names if not _only_filled(node, name)}
    return changed


def _only_filled(node: ast.AST, name: str) -> bool:
    """True if the name is only bound under `if name is None` or `if not name`."""
    filled = {id(n) for test in _empty_tests(node, name) for s in test.body for n in ast.walk(s)}
    stores = [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]
    return bool(stores) and all(id(store) in filled for store in stores)


def _empty_tests(node: ast.AST, name: str) -> Iterator[ast.If]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.If) and ast.unparse(inner.test) in (
            f"{name} is None",
            f"not {name}",
        ):
            yield inner
