"""Where the body of a function stands: what runs only if it is entered."""

from __future__ import annotations

import ast
from functools import lru_cache


def body(text: str, first: int, last: int) -> tuple[int, int]:
    """The first and the last line of the body of the top-level function in which these lines of a
    file stand; these lines themselves, outside of one. Raises SyntaxError.
    """
    for whole, begin in _functions(text):
        if first in whole and last in whole:
            return begin, whole.stop - 1
    return first, last


@lru_cache(maxsize=256)
def _functions(text: str) -> tuple[tuple[range, int], ...]:
    """The lines of each, with its decorators, and the first of its body."""
    return tuple(
        (
            range(
                min(one.lineno for one in (node, *node.decorator_list)),
                (node.end_lineno or node.lineno) + 1,
            ),
            node.body[0].lineno,
        )
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
