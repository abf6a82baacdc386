"""What functions change of their module's state when they are called."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import libcst as cst

from codemods.syntax.reading import changed_in_place
from codemods.syntax.source import Statement


def writes(statement: Statement, name: str) -> bool:
    """True if a function or class sets the module's `name`, or what it stands for, when called."""
    if name not in statement.words or name in {b.name for b in statement.bindings}:
        return False
    if not isinstance(statement.node, cst.FunctionDef | cst.ClassDef):
        return False
    # The quick answer first: scopes of a whole handler take seconds.
    return _may_change(statement.bare_text, name) and statement.refers_to(name)


def only_fills(statement: Statement, name: str) -> bool:
    """True if a function binds the name only where it finds it empty: a lazy handle."""
    try:
        tree = ast.parse(statement.bare_text)
    except SyntaxError:  # newer than the Python that runs
        return False
    if name in set(changed_in_place(tree)):
        return False
    filled = {
        id(inner)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test) in (f"{name} is None", f"not {name}")
        for child in test.body
        for inner in ast.walk(child)
    }
    stores = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return bool(stores) and all(id(store) in filled for store in stores)


def _may_change(text: str, name: str) -> bool:
    changed = _changed(text)
    if changed is not None:
        return name in changed
    # Newer than the Python that runs: anything but a plain read counts.
    return re.search(rf"\bglobal\b.*\b{name}\b|\b{name}\s*[.\[]", text) is not None


@lru_cache(maxsize=4096)
def _changed(text: str) -> frozenset[str] | None:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    declared = {n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
    return frozenset(declared | set(changed_in_place(tree)))
