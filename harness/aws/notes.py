"""Notes of what a tree runs, written into its code before it is compiled.

Lines stay what they are. Only for runs that explain: their recordings judge nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import CodeType

NOTE = "__ran__"
OnRun = Callable[[Path, str, int], None]
"""Told the file, the top-level function and the line of each statement before it runs."""


def with_notes(path: Path) -> CodeType:
    """The code of a file that calls its builtin `__ran__(path, function, line)` before every
    statement of every function.
    """
    module = ast.parse(path.read_bytes(), str(path))
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _note_blocks(node, path, node.name)
    return compile(ast.fix_missing_locations(module), str(path), "exec", dont_inherit=True)


def _note_blocks(node: ast.AST, path: Path, function: str) -> None:
    for child in ast.iter_child_nodes(node):
        _note_blocks(child, path, function)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            # A docstring stays first; a note before it would take its place.
            noted = block[:1] if name == "body" and _is_text(block[0]) else []
            for statement in block[len(noted) :]:
                noted += [_note(path, function, statement), statement]
            setattr(node, name, noted)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _note(path: Path, function: str, statement: ast.stmt) -> ast.stmt:
    facts = [ast.Constant(str(path)), ast.Constant(function), ast.Constant(statement.lineno)]
    note = ast.Expr(ast.Call(ast.Name(NOTE, ast.Load()), facts, keywords=[]))  # type: ignore[arg-type]
    return ast.copy_location(note, statement)
