"""Exceptions that code around a stub can catch: what the moved function raises comes back by its
type name, and must be of the class that its callers have under that name.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator

from codemods.syntax.names import BUILTINS
from codemods.syntax.source import SourceFile, Statement


def exceptions(
    file: SourceFile, around: Iterable[Statement], moved: Iterable[Statement]
) -> dict[str, str]:
    """Expressions by type name: the classes that `around` catches, and those that the `moved`
    raise, which may be below them. Builtins are left out, and what the file does not bind.
    """
    caught = dict(_told(file, around, ast.ExceptHandler))
    own = {name: text for name, text in caught.items() if name != "ClientError"}
    return {**own, **dict(_told(file, moved, ast.Raise))} if own else {}


def _told(
    file: SourceFile, statements: Iterable[Statement], kind: type[ast.ExceptHandler | ast.Raise]
) -> Iterator[tuple[str, str]]:
    word = "except" if kind is ast.ExceptHandler else "raise"
    for statement in statements:
        if word not in statement.text:
            continue
        try:
            tree = ast.parse(textwrap.dedent(statement.bare_text))
        except SyntaxError:
            continue  # newer than this Python: its names cannot be told
        for node in ast.walk(tree):
            if isinstance(node, kind):
                found = node.type if isinstance(node, ast.ExceptHandler) else node.exc
                yield from _classes(file, found)


def _classes(file: SourceFile, node: ast.expr | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Tuple):
        for element in node.elts:
            yield from _classes(file, element)
    elif isinstance(node, ast.Call):
        yield from _classes(file, node.func)
    elif isinstance(node, ast.Name | ast.Attribute):
        text = ast.unparse(node)
        root, _, _ = text.partition(".")
        if root.isidentifier() and root in file.bound and root not in BUILTINS:
            yield text.rpartition(".")[2], text
