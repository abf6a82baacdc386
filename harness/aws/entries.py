"""A note at the entry of each function of a tree, written into its code before it is compiled.

Lines stay what they are. Only for runs that explain a divergence: their recordings judge nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import CodeType

NOTE = "__entered__"
OnEntry = Callable[[Path, str], None]


def with_notes(path: Path) -> CodeType:
    """The code of a file that calls its builtin `__entered__(path, name)` in every function."""
    module = ast.parse(path.read_bytes(), str(path))
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            note = ast.Expr(
                ast.Call(
                    ast.Name(NOTE, ast.Load()),
                    [ast.Constant(str(path)), ast.Constant(node.name)],
                    keywords=[],
                )
            )
            ast.copy_location(note, first)
            has_docstring = ast.get_docstring(node) is not None
            node.body.insert(1 if has_docstring else 0, note)
    return compile(ast.fix_missing_locations(module), str(path), "exec", dont_inherit=True)
