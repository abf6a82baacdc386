from __future__ import annotations

import pytest

from codemods.syntax.names import Binding, bindings_of, words_of
from tests.codemods.support import parsed, statement


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("def f(a):\n    return a + LIMIT\n", {"LIMIT"}),
        ("def f(a=LIMIT): pass\n", {"LIMIT"}),
        ("@wraps(g)\ndef f(): pass\n", {"wraps", "g"}),
        ("def f():\n    LIMIT = 1\n    return LIMIT\n", set()),
        ("def f():\n    global cache\n    cache = 1\n", {"cache"}),
        ("def f():\n    def g():\n        return LIMIT\n    return g\n", {"LIMIT"}),
        ("def f(xs):\n    return [x for x in xs if x in KNOWN]\n", {"KNOWN"}),
        ("def f(x: 'Plan') -> 'list[Step]': pass\n", {"Plan", "list", "Step"}),
        ("def f(a):\n    return f'{a} {LIMIT:>{WIDTH}}'\n", {"LIMIT", "WIDTH"}),
        ("def f():\n    import json\n    return json.dumps(x)\n", {"x"}),
        (
            "class C(Base):\n    size = LIMIT\n    def m(self): return size\n",
            {"Base", "LIMIT", "size"},
        ),
        ("def f(a):\n    return lambda b, c=D: a + b + E\n", {"D", "E"}),
        (
            "def f():\n    try:\n        g()\n    except Lost as e:\n        return e\n",
            {"g", "Lost"},
        ),
        ("def f():\n    if (n := g()):\n        return n\n", {"g"}),
    ],
)
def test_what_a_statement_takes_from_its_module(text: str, references: set[str]) -> None:
    assert statement(text).references == references


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("import a", [Binding("a", "import", ("a", ""), module="a")]),
        ("import a.b", [Binding("a", "import", ("a", ""), module="a.b")]),
        ("import a as c", [Binding("c", "import", ("a", ""))]),
        ("import a.b as c", [Binding("c", "import", ("a.b".rpartition(".")[0], "b"))]),
        ("from a import b as c", [Binding("c", "import", ("a", "b"))]),
        ("from ..a import b", [Binding("b", "import", ("..a", "b"))]),
        ("from a import *", []),
        ("a, (b, *c) = x", [Binding(n, "assign") for n in "abc"]),
        ("a: int = 1; b = 2", [Binding("a", "assign"), Binding("b", "assign")]),
        ("x.a = 1; x[0] = 2", []),
        (
            "with x as a: b = 1",
            [Binding("a", "assign", None, True), Binding("b", "assign", None, True)],
        ),
        ("for a in x: pass", [Binding("a", "assign", None, True)]),
        ("type A = int", [Binding("A", "assign")]),
        (
            "try:\n    from a import b\nexcept ImportError:\n    def b(): pass\n",
            [Binding("b", "import", ("a", "b"), True), Binding("b", "def", None, True)],
        ),
    ],
)
def test_what_a_statement_binds(text: str, bindings: list[Binding]) -> None:
    assert list(bindings_of(statement(text + "\n").node)) == bindings


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def f():\n    return g(g=g.g)\n", 2),
        ("def f(g):\n    return g\n", 0),
        ("g = 1\n", 1),
        ("def g():\n    return g()\n", 2),
        ("def f():\n    global g\n    g = g + 1\n", 3),
        ("def f(x: 'g') -> 'list[g]':\n    return 'g'\n", 2),
        ("def f():\n    s = 'a\u2028b\x0cc'\n    return g\n", 1),
    ],
)
def test_every_place_of_a_name_and_no_other(text: str, count: int) -> None:
    file = parsed(text)
    places = file.statements[0].places_of("g")
    assert len(places) == count
    assert {file.text[start:end] for start, end in places} <= {"g"}


def test_words_are_a_superset_of_names() -> None:
    assert words_of("a.b = 'c'  # d1 2e") == {"a", "b", "c", "d1", "e"}
