"""Copies of a tree that are written otherwise and mean the same."""

from __future__ import annotations

import ast
import shutil
import symtable
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path


def copied(tree: Path, folder: Path, change: Callable[[str], str]) -> tuple[Path, int]:
    """A copy with every Python file changed so, and how many of them did change."""
    shutil.copytree(tree, folder, ignore=shutil.ignore_patterns("__pycache__"))
    count = 0
    for path in folder.rglob("*.py"):
        before = path.read_text(encoding="utf-8")
        after = change(before)
        compile(after, str(path), "exec")
        path.write_text(after, encoding="utf-8")
        count += after != before
    return folder, count


def reformatted(text: str) -> str:
    """As `ast` writes it: no comments, other lines, other quotes."""
    return ast.unparse(ast.parse(text)) + "\n"


def renamed(text: str) -> str:
    """Every local variable of a function by another name; parameters keep theirs."""
    tree = ast.parse(text)
    tables = {
        (table.get_name(), table.get_lineno()): table
        for table in _functions(symtable.symtable(text, "x", "exec"))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not _has_inner(node):
            table = tables.get((node.name, node.lineno))
            if table is not None:
                _Renamed({s.get_name() for s in table.get_symbols() if _is_own(s)}).visit(node)
    return ast.unparse(tree) + "\n"


def reordered(text: str) -> str:
    """Neighbouring assignments of names that do not depend on each other, the other way round."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                setattr(node, block, _swapped(statements))
    return ast.unparse(tree) + "\n"


def _functions(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        if child.get_type() == "function":
            yield child
        yield from _functions(child)


def _has_inner(node: ast.FunctionDef) -> bool:
    kinds = ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.Import | ast.ImportFrom
    return any(isinstance(inner, kinds) for inner in ast.walk(node) if inner is not node)


def _is_own(symbol: symtable.Symbol) -> bool:
    return symbol.is_local() and not symbol.is_parameter() and not symbol.is_declared_global()


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self._names:
            node.id = f"{node.id}_otherwise"
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.name in self._names:
            node.name = f"{node.name}_otherwise"
        self.generic_visit(node)
        return node


def _swapped(statements: list[ast.stmt]) -> list[ast.stmt]:
    found = list(statements)
    number = 0
    for number, (one, other) in enumerate(pairwise(statements)):
        if found[number] is one and _is_pure(one) and _is_pure(other) and _apart(one, other):
            found[number], found[number + 1] = other, one
    return found


def _is_pure(statement: ast.stmt) -> bool:
    """A name is set to something that asks nobody: constants, names, an item that may be there."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    return all(_asks_nobody(node) for node in ast.walk(statement.value))


def _asks_nobody(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get" and bool(node.args)
    plain = ast.Constant | ast.Name | ast.Attribute | ast.expr_context
    return isinstance(node, plain | ast.List | ast.Dict)


def _apart(one: ast.stmt, other: ast.stmt) -> bool:
    names = [{n.id for n in ast.walk(s) if isinstance(n, ast.Name)} for s in (one, other)]
    sets = [{t.id for t in s.targets} for s in (one, other)]  # type: ignore[attr-defined]
    return not (sets[0] & names[1]) and not (sets[1] & names[0])
