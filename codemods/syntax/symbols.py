"""The names that a statement takes from its module, as Python's own compiler tells them. LibCST's
scopes know more (where, and what quoted types name) and take fifty times as long.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator

_NEWLINE = re.compile(r"\r\n?|\n")
_TYPES_IN_TEXT = re.compile(r"\b(?:cast|TypeVar|NewType|TypedDict|NamedTuple|ParamSpec)\b")


def names_read(text: str) -> frozenset[str] | None:
    """Names of the module and of builtins that it reads or declares global; None where that needs
    a closer look: types in quotes, `del`, classes that read what they bind, newer syntax.
    """
    if _TYPES_IN_TEXT.search(text):
        return None
    try:
        tree = ast.parse(text)
        table = symtable.symtable(text, "statement", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Delete):
            return None
        if any(_is_quoted(annotation) for annotation in _annotations(node)):
            return None
    if any(_reads_its_own(child) for child in _tables(table)):
        return None
    top = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    inner = {
        symbol.get_name()
        for child in _tables(table)
        for symbol in child.get_symbols()
        if symbol.is_global() and (symbol.is_referenced() or symbol.is_declared_global())
    }
    return frozenset(top | inner) - {"__debug__"}


def places_read(text: str, name: str) -> list[tuple[int, int]] | None:
    """Where a statement reads the module's `name`; None where that needs a closer look: the name is
    bound or declared global in it, or spelt in an f-string.
    """
    if names_read(text) is None:
        return None
    tree, table = ast.parse(text), symtable.symtable(text, "statement", "exec")
    for scope in (table, *_tables(table)):
        try:
            symbol = scope.lookup(name)
        except KeyError:
            continue
        binds = (symbol.is_assigned(), symbol.is_parameter(), symbol.is_imported())
        if any(binds) or symbol.is_declared_global():
            return None
    places = []
    starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(n, ast.Name) and n.id == name for n in ast.walk(node)
        ):
            return None  # before 3.12 Python does not know where in it
        if isinstance(node, ast.Name) and node.id == name:
            line = text[starts[node.lineno - 1] :]
            start = starts[node.lineno - 1] + len(line.encode()[: node.col_offset].decode())
            places.append((start, start + len(name)))
    return sorted(places)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """All scopes within."""
    for child in table.get_children():
        yield child
        yield from _tables(child)


def _reads_its_own(table: symtable.SymbolTable) -> bool:
    """True for a class that reads a name which it binds: `LIMIT = LIMIT` reads the module's."""
    return table.get_type() == "class" and any(
        symbol.is_local() and symbol.is_referenced() for symbol in table.get_symbols()
    )


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return (annotation for annotation in found if isinstance(annotation, ast.expr))


def _is_quoted(annotation: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str)
        for node in ast.walk(annotation)
    )
