"""What top-level statements mean beside each other: equal ones, and ones that set others up."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import libcst as cst

from codemods.syntax.source import Statement

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


def sets_up(statement: Statement, name: str) -> bool:
    """True if it changes, at import, what the name stands for: as `configures` has it, by `+=` or
    `del` on an item or attribute, or in a loop or another block.
    """
    if name not in statement.words or isinstance(statement.node, cst.FunctionDef | cst.ClassDef):
        return False
    queue: list[cst.CSTNode] = [statement.node]
    while queue:
        node = queue.pop()
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            continue
        if any(is_part_of(target, name) for target in changed_by(node)):
            return True
        queue.extend(child for child in node.children if not isinstance(child, cst.BaseExpression))
    return False


def hands_over(statement: Statement, name: str) -> str:
    """The function that a bare call hands the name to: `fill(TABLE)` gives "fill"."""
    node = statement.node
    for small in node.body if isinstance(node, cst.SimpleStatementLine) else ():
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            function, arguments = small.value.func, small.value.args
            given = [a.value.value for a in arguments if isinstance(a.value, cst.Name)]
            if isinstance(function, cst.Name) and name in given:
                return function.value
    return ""


def changed_by(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """What a small statement calls a method of, or stores into."""
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        return [node.value.func]
    if isinstance(node, cst.Assign):
        return [target.target for target in node.targets]
    if isinstance(node, cst.AugAssign | cst.AnnAssign):
        return [node.target]
    if isinstance(node, cst.Del):
        target = node.target
        return [e.value for e in target.elements] if isinstance(target, cst.Tuple) else [target]
    return []


def is_part_of(target: cst.BaseExpression, name: str) -> bool:
    """True for an attribute or item of what the name stands for, at any depth."""
    inner: cst.BaseExpression = target
    while isinstance(inner, cst.Attribute | cst.Subscript):
        inner = inner.value
    return inner is not target and isinstance(inner, cst.Name) and inner.value == name


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


def first_import(statements: Sequence[Statement], name: str) -> tuple[str, str] | None:
    """What the first import of a name imports: a fallback after it stands in only if it fails. None
    where something else may be meant.
    """
    first, *others = [b for s in statements for b in s.bindings if b.name == name]
    if any(other.target != first.target and not other.guarded for other in others):
        return None
    return first.target
