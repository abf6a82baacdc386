"""Sources of odd shapes that are valid: the move keeps what they do."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import libcst as cst
import pytest

from tests.codemods.odd_tree import (
    CALLER,
    PLANNER_PATH,
    WORK,
    WORKER,
    WORKER_PATH,
    OddTree,
    same_as_before,
)

DOCSTRING = '"""Prose.\n' + "import lost\n\n\ndef work(x):\n    return 'prose'\n\n" * 50 + '"""\n'

SOURCES = {
    "a decorator of the same file that passes on what it is given": (
        "import functools\n\n\ndef doubled(function):\n    @functools.wraps(function)\n"
        "    def inner(*args, **kwargs):\n        return function(*args, **kwargs) * 2\n\n"
        f"    return inner\n\n\n@doubled\n{WORK}"
    ),
    "a decorator that is made, of one plain parameter": (
        "def times(n):\n    def decorate(f):\n        def inner(x):\n            return f(x) * n\n"
        f"        return inner\n    return decorate\n\n\n@times(3)\n{WORK}"
    ),
    "a generator within": (
        "def work(x):\n    def parts():\n        yield x\n"
        "    return [*parts(), *(i for i in (x,))]\n"
    ),
    "a star import that gives nothing to it": f"from os.path import *\n{WORK}",
    "an __all__ that names it": f'__all__ = ["work", "lambda_handler"]\n{WORK}',
    "a walrus at the top of the module": (
        "if (N := 5) > 3:\n    pass\ndef work(x):\n    return N + x\n"
    ),
    "a walrus in a comprehension at the top of the module": (
        "LAST = [y := n for n in (1, 2)]\ndef work(x):\n    return y + x\n"
    ),
    "a while at the top of the module": (
        "n = 3\nwhile n:\n    n -= 1\nelse:\n    END = True\ndef work(x):\n    return [n, END, x]\n"
    ),
    "a name that is bound again beside another": (
        "A = 1\nB = [A]\nA, C = 2, A\ndef work(x):\n    return [C, B, x]\n"
    ),
    "a global that only it binds": ("def work(x):\n    global N\n    N = x\n    return N\n"),
    "a match at the top of the module": (
        "match {'a': 1, 'b': 2}:\n    case {'a': N, **rest}:\n        pass\n"
        "def work(x):\n    return [N, rest, x]\n"
    ),
    "f-strings with quotes in quotes": (
        "K = 'a'\ndef work(x):\n    d = {'a': x}\n"
        "    return f\"{d['a']} {K!r:>{3 + len(K)}} {{K}} {x=}\"\n"
    ),
    "backslashes": "A = 1 + \\\n    2\ndef \\\n  work(x):\n    return A + \\\n        x\n",
    "semicolons": (
        "import os; A = 1; B = os.sep\ndef work(x):\n    a = A; b = B; return [a, b, x]\n"
    ),
    "a body on the line of its def": "def work(x): y = x; return y\n",
    "comments and noqa in a signature": (
        "D = 1\ndef work(  # noqa: C901\n    x,  # the thing\n    # another\n    y=D,  # why\n"
        "):  # end\n    return x + y\n"
    ),
    "a docstring of hundreds of lines that looks like code": (
        f"{DOCSTRING}import json\ndef work(x):\n    return json.dumps(x)\n"
    ),
    "a lazy singleton": (
        "_table = None\ndef table():\n    global _table\n    if _table is None:\n"
        "        _table = ['t']\n    return _table\ndef work(x):\n    return [*table(), x]\n"
    ),
    "a fallback that is bound in except ImportError": (
        "try:\n    from not_there import dumps\n    FAST = True\nexcept ImportError as error:\n"
        "    FAST, WHY = False, str(error)\n    def dumps(x):\n        return repr(x)\n"
        "def work(x):\n    return [FAST, WHY, dumps(x)]\n"
    ),
    "defaults of lambdas": "N = 1\ndef work(x):\n    return (lambda a=N, *b, c=N: a + c + x)()\n",
    "string annotations and type comments": (
        "from typing import Literal, Optional\nclass Plan: pass\n"
        "def work(x: 'Optional[Plan]', how: Literal['Lost'] = 'Lost') -> 'Plan | None':\n"
        "    # type: (...) -> Lost\n    y = [x, how]  # type: list[Lost]\n    return y\n"
    ),
    "a table that a loop fills at import": (
        "T = {}\nfor i in range(3):\n    T[i] = i\nT[0] += 7\ndel T[2]\n"
        "def work(x):\n    return [*T, *T.values()]\n"
    ),
    "a table that a function fills at import": (
        "T = {}\ndef fill(table):\n    table['k'] = 1\nfill(T)\ndef work(x):\n    return list(T)\n"
    ),
    "a name that is deleted again": "N = 1\nM = N\ndel N\ndef work(x):\n    return M\n",
    "a parameter with the function's own name": "def work(work):\n    return [work]\n",
    "parameters with the names of the stub's modules": (
        "def work(x, json=1, os=2, boto3=3):\n    return [x, json, os, boto3]\n"
    ),
    "a variable that is called globals": "def work(x):\n    globals = [x]\n    return globals\n",
    "a coroutine within": (
        "import asyncio\ndef work(x):\n    async def go():\n        return x\n"
        "    return asyncio.run(go())\n"
    ),
    "tabs": "LIMIT = 3\ndef work(x):\n\tif x > LIMIT:\n\t    return 0\n\treturn x\n",
    "form feeds on lines of their own": (
        "LIMIT = 3\n\x0c\n# note\x0c\ndef work(x):\n    a = 1\n\x0c\n    return a + x\n"
    ),
    "regions": f"# region work\n\n{WORK}\n# endregion\n",
}


@pytest.mark.parametrize("shape", SOURCES)
def test_a_source_of_this_shape(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_as_before(OddTree(tmp_path, SOURCES[shape] + CALLER), monkeypatch)


def test_patterns_of_match_bind_names_of_the_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "def work(x):\n    match x:\n        case {'a': 1, **rest}:\n            return rest\n"
        "        case [1, *more] | (2, more):\n            return more\n"
        "        case int(n) if n > 0:\n            return n\n"
        "        case str() as text:\n            return text\n"
    )
    worker = (
        "rest, more, n, text = 1, 2, 3, 4\n\n\ndef lambda_handler(event, context):\n"
        "    match event:\n        case {'job': n}:\n            return [n, more]\n"
    )
    tree = OddTree(tmp_path, source + CALLER, worker)
    new = same_as_before(tree, monkeypatch, (1, [1, 2], {"a": 1, "b": 2}, "s"))
    assert "worker_" not in new[WORKER_PATH]


DISPATCHERS = {
    "globals()": 'return globals()[event.get("name", "work")](event["x"])',
    "eval": "return eval(\"work(event['x'])\")",
    "a default": 'return (lambda f=work: f(event["x"]))()',
    "a table": 'return {"work": work}["work"](event["x"])',
}


@pytest.mark.parametrize("how", DISPATCHERS)
def test_a_caller_that_finds_it_in_this_way_finds_the_stub(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = f"\n\ndef lambda_handler(event, context):\n    {DISPATCHERS[how]}\n"
    same_as_before(OddTree(tmp_path, WORK + caller), monkeypatch)


def test_what_all_names_stays_there_though_nothing_calls_it(tmp_path: Path) -> None:
    handler = "\n\ndef lambda_handler(event, context):\n    return 1\n"
    new = OddTree(tmp_path, f'__all__ = ["work"]\nN = 1\n{WORK}{handler}').migrated()
    assert "_invoke_moved_action(\n" in new[PLANNER_PATH]


NEWER = {
    "type parameters": "type Ids = list[str]\n\n\ndef work[T](x: T) -> T:\n    return x\n",
    "quotes within quotes": "def work(x):\n    d = {'a': x}\n    return f'{d['a']!r:{'>9'}}'\n",
}


@pytest.mark.parametrize("what", NEWER)
def test_syntax_that_this_python_may_not_know(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = OddTree(tmp_path, NEWER[what] + CALLER)
    if sys.version_info >= (3, 12):
        same_as_before(tree, monkeypatch)
        return
    new = tree.migrated()
    with pytest.raises(SyntaxError):
        ast.parse(new[WORKER_PATH])
    cst.parse_module(new[WORKER_PATH])
    assert NEWER[what].partition("def ")[2] in new[WORKER_PATH]
    assert 'answer = _invoke_moved_action(\n        "WORKER_ARN"' in new[PLANNER_PATH]


def test_twelve_thousand_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filler = "\n".join(f"def f{i}(a):\n    b = a + {i}\n    return b\n" for i in range(3000))
    source = f"LIMIT = 3\n{filler}\ndef work(x):\n    return f7(x) + LIMIT\n{CALLER}"
    assert source.count("\n") > 12_000
    new = same_as_before(OddTree(tmp_path, source, f"LIMIT = 4\n{WORKER}"), monkeypatch)
    assert new[WORKER_PATH].count("\ndef f") == 1
