"""What top-level statements mean beside each other: equal ones, and ones that set others up."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from codemods.source import Statement

_DOCUMENTED = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef


def configures(statement: Statement, name: str) -> bool:
    """True for a bare call or item assignment on the name: `logger.setLevel(…)`, `TABLE[…] = …`."""
    node = statement.node
    if not isinstance(node, cst.SimpleStatementLine) or name not in statement.words:
        return False
    for small in node.body:
        target: Any = None
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            target = small.value.func
        elif isinstance(small, cst.Assign):
            target = small.targets[0].target
        while isinstance(target, cst.Attribute | cst.Subscript):
            target = target.value
            if isinstance(target, cst.Name) and target.value == name:
                return True
    return False


def equal_statements(one: Statement, other: Statement) -> bool:
    if "".join(one.bare_text.split("\r")).strip() == "".join(other.bare_text.split("\r")).strip():
        return True
    try:
        return _meaning(one.bare_text) == _meaning(other.bare_text)
    except SyntaxError:  # newer syntax than this Python's: only equal text counts
        return False


def _meaning(text: str) -> str:
    """The syntax tree without docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.dump(tree)
