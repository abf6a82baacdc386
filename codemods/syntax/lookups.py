"""The module's names that a statement may reach by their text: `globals()[f"do_{action}"]`,
`getattr(sys.modules[__name__], name)`, `eval(…)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from codemods.syntax.names import words_of
from codemods.syntax.source import Statement

ANY = ".*"
_OF_MODULE = frozenset({"eval", "exec", "globals"})
_AT_TOP = frozenset({"locals", "vars", "dir"})
_BY_NAME = frozenset({"import_module", "__import__"})
_TRIGGERS = _OF_MODULE | _AT_TOP | _BY_NAME | {"modules"}
_ATTRIBUTE = frozenset({"getattr", "hasattr", "setattr", "delattr"})
_ITEM = frozenset({"get", "pop", "setdefault"})
_WHOLE = frozenset({"items", "keys", "values", "copy", "update"})


def reached_by_text(statement: Statement) -> frozenset[str]:
    """Patterns of the names that it may reach: `ANY` where that cannot be told."""
    if not _TRIGGERS & statement.words:
        return frozenset()
    shadowed = (_OF_MODULE | _AT_TOP) & statement.words - statement.references
    found = _patterns(statement.bare_text, shadowed)
    if found is not None:
        return found
    # Newer syntax than this Python's.
    return frozenset({ANY} if _OF_MODULE & statement.references else ())


def reaches(statement: Statement, name: str) -> bool:
    """True if it may reach the module's `name` by its text."""
    return any(re.fullmatch(pattern, name) for pattern in reached_by_text(statement))


@lru_cache(maxsize=4096)
def _patterns(text: str, shadowed: frozenset[str]) -> frozenset[str] | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return frozenset(_Reader(tree, shadowed).found())


class _Reader:
    def __init__(self, tree: ast.Module, shadowed: frozenset[str]) -> None:
        self._tree, self._shadowed = tree, shadowed
        self._parents = {
            id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
        }
        self._modules: set[str] = set()

    def found(self) -> Iterator[str]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and self._is_module(node.value):
                self._modules |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and self._name(node.func) in ("eval", "exec"):
                yield from _words(node)
            elif isinstance(node, ast.expr) and self._is_module(node):
                yield from self._use(node)

    def _name(self, node: ast.expr) -> str:
        name = node.id if isinstance(node, ast.Name) else ""
        return "" if name in self._shadowed else name

    def _is_module(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._modules and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Attribute):
            return node.attr == "__dict__" and self._is_module(node.value)
        if isinstance(node, ast.Subscript):
            return _is_modules(node.value) and not isinstance(node.slice, ast.Constant)
        if not isinstance(node, ast.Call):
            return False
        name, first = self._name(node.func), node.args[0] if node.args else None
        if first is None:
            return name == "globals" or (name in _AT_TOP and not self._within_function(node))
        if name == "vars":
            return self._is_module(first)
        func = node.func
        called = func.attr if isinstance(func, ast.Attribute) else name
        if called == "get" and isinstance(func, ast.Attribute) and _is_modules(func.value):
            return not isinstance(first, ast.Constant)
        return called in _BY_NAME and isinstance(first, ast.Name) and first.id == "__name__"

    def _within_function(self, node: ast.AST) -> bool:
        parent: ast.AST | None = node
        while parent is not None:
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return True
            parent = self._parents.get(id(parent))
        return False

    def _use(self, node: ast.expr) -> Iterator[str]:
        """What is asked of the module that an expression stands for."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.expr) and self._is_module(parent):
            return
        if isinstance(parent, ast.Expr):
            return
        if isinstance(parent, ast.Assign) and self._within_function(parent):
            return
        if isinstance(parent, ast.Call) and self._name(parent.func) in _ATTRIBUTE:
            yield _pattern(parent.args[1]) if len(parent.args) > 1 else ANY
        elif isinstance(parent, ast.Subscript):
            yield _pattern(parent.slice)
        elif isinstance(parent, ast.Attribute):
            call = self._parents.get(id(parent))
            if parent.attr in _ITEM and isinstance(call, ast.Call) and call.args:
                yield _pattern(call.args[0])
            else:
                yield ANY if parent.attr in _WHOLE else re.escape(parent.attr)
        elif isinstance(parent, ast.Compare) and node is not parent.left:
            yield _pattern(parent.left)
        else:
            yield ANY


def _is_modules(node: ast.expr) -> bool:
    """True for `sys.modules`."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "modules"


def _words(call: ast.Call) -> Iterator[str]:
    code = call.args[0] if call.args else None
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        yield from map(re.escape, words_of(code.value))
    else:
        yield ANY


def _pattern(node: ast.expr) -> str:
    """What a name that is put together may be."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value) if isinstance(node.value, str) else ANY
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(value) for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left) + _pattern(node.right)
    return ANY
