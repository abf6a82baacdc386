from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from codemods.syntax.scopes import StatementScope
from codemods.syntax.source import parse
from codemods.syntax.symbols import names_read, places_read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A = B + len(C)", {"B", "C", "len"}),
        ("def f(x, y=D):\n    z = x\n    return z + E", {"D", "E"}),
        ("def f():\n    global G\n    G = 1", {"G"}),
        ("def f():\n    return f()", {"f"}),
        ("def f():\n    H = 1\n    return [H for _ in I], {J: J for J in K}", {"I", "K"}),
        ("def f():\n    n = 1\n    def g():\n        return n, m\n    return g", {"m"}),
        ("class A(B):\n    x = C\n    def f(self):\n        return x", {"B", "C", "x"}),
        ("try:\n    import a\nexcept ImportError:\n    a = None", {"ImportError"}),
        ("def f(x):\n    match x:\n        case [y, *z]:\n            return y, z, w", {"w"}),
        ("@decorated(A)\ndef f(x: T) -> U:\n    pass", {"A", "T", "U", "decorated"}),
        ("x: Final = y", {"Final", "y"}),
        ("f'{a!r:>{b}} {c=}'", {"a", "b", "c"}),
    ],
)
def test_names_that_are_read(text: str, names: set[str]) -> None:
    assert names_read(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: 'T'): pass",
        "x: List['T'] = []",
        "y = cast('T', x)",
        "class A:\n    LIMIT = LIMIT",
        "del a",
        "def f(",
    ],
)
def test_what_needs_a_closer_look(text: str) -> None:
    assert names_read(text) is None


@pytest.mark.parametrize("folder", ["legacy", "codemods"])
def test_scopes_tell_no_name_that_is_missed_here(root: Path, folder: str) -> None:
    """LibCST's scopes tell all of these, and some variables of comprehensions besides."""
    checked = 0
    for path in sorted((root / folder).rglob("*.py"))[:12]:
        for statement in parse(path.read_bytes(), path.name).statements:
            quick = names_read(statement.bare_text)
            if quick is not None:
                checked += 1
                assert quick <= statement.scope.references_by_scope
    assert checked > 100


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("x = LIMIT + limit\n", ["LIMIT"]),
        ("def f(a):\n    é = 'é'; return LIMIT.x, LIMIT\n", ["LIMIT", "LIMIT"]),
        ("f(LIMIT=LIMIT, a='LIMIT')  # LIMIT\n", ["LIMIT"]),
        ("x = 1\r\ny = LIMIT\r\n", ["LIMIT"]),
        ("def f(LIMIT):\n    return LIMIT\n", None),
        ("def f():\n    global LIMIT\n    LIMIT = 1\n", None),
        ("x = f'{LIMIT}'\n", None),
        ("LIMIT = 1\n", None),
        ("for LIMIT in x: pass\n", None),
        ("def f(x: 'LIMIT'): pass\n", None),
        ("from a import LIMIT\n", None),
    ],
)
def test_where_a_name_is_read(text: str, places: list[str] | None) -> None:
    found = places_read(text, "LIMIT")
    assert (found and [text[start:end] for start, end in found]) == places
    if found is not None:
        assert found == StatementScope(cst.parse_module(text)).places_by_scope("LIMIT")
