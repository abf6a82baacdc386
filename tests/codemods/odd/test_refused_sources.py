"""Trees that cannot be moved as they are: one line that says what, where and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codemods.odd_tree import CALLER, CONFIG, PLANNER_PATH, WORK, WORKER, WORKER_PATH, OddTree

P, W = PLANNER_PATH, WORKER_PATH
CACHED = "import functools\n\n\n@functools.cache\n"
INJECTED = (
    "def given(f):\n    def inner(*args):\n        return f(1, *args)\n    return inner\n\n\n"
)
STUB = (
    "class MovedActionError(Exception): pass\ndef _invoke_moved_action(v, a, p): pass\n"
    "def work(x):\n    return _invoke_moved_action('W', 'work', {'x': x})['result']\n"
)
LOOK = (
    "def lambda_handler(event, context):\n    if event.get('action') in _MOVED_ACTIONS:\n"
    "        return _MOVED_ACTIONS[event['action']](event)\n"
)
SOURCES = {
    "a syntax error": ("def work(x:\n    return x\n", f"{P}:1: syntax error: '(' was never"),
    "a dedent to nowhere": ("def work(x):\n    if x:\n      a = 1\n   b = 2\n", f"{P}:4: syntax"),
    "two definitions": (f"{WORK}\n\n{WORK}", f"{P}:5: work is defined twice, in lines 1 and 5"),
    "a definition under if": (
        f"if 1:\n    {WORK.replace('  ', '    ')}",
        f"{P}:1: work is no plain",
    ),
    "a definition under try": (
        "X = 1\ntry:\n    def work(x): return x\nexcept NameError:\n    raise\n",
        f"{P}:2: work is no plain function",
    ),
    "a nested function": (
        "\ndef outer():\n    def work(x): return x\n",
        f"{P}:2: work is no plain",
    ),
    "a method": ("class A:\n    def work(x): return x\n", f"{P}:1: work is no plain function"),
    "a lambda": ("work = lambda x: x\n", f"{P}:1: work is no plain function"),
    "another one under if": (
        f"{WORK}if 1:\n    def work(x): pass\n",
        f"{P}:3: work is bound again",
    ),
    "a wrapper around it": (f"{WORK}work = print(work) or work\n", f"{P}:3: work is bound again"),
    "a global that replaces it": (
        f"{WORK}def patch():\n    global work\n    work = None\n",
        f"{P}:3: work is bound again",
    ),
    "attributes of it": (f"{WORK}work.limit = 5\n", f"{P}:3: work is given attributes"),
    "a decorator from elsewhere": (CACHED + WORK, f"{P}:4: work has a decorator"),
    "a decorator that adds an argument": (
        f"{INJECTED}@given\ndef work(n, x):\n    return n + x\n",
        f"{P}:7: work has a decorator, given, which may change how it is called",
    ),
    "a decorator that passes a tuple and a dictionary": (
        "def given(f):\n    def inner(*args, **kwargs):\n        return f(args, kwargs)\n"
        "    return inner\n@given\ndef work(x, y=2):\n    return x\n",
        f"{P}:5: work has a decorator, given",
    ),
    "async": (f"async {WORK}", f"{P}:1: work is async"),
    "a generator": ("def work(x):\n    yield x\n", f"{P}:1: work is a generator"),
    "yield within an expression": (
        "def work(x):\n    y = [(yield x)]\n    return y\n",
        f"{P}:1: work is a generator",
    ),
    "*args": ("def work(*args):\n    return args\n", f"{P}:1: work has *args"),
    "exec": ("A = 1\ndef work(x):\n    exec('y = A')\n", f"{P}:3: work would move and looks"),
    "eval": ("A = 1\ndef work(x):\n    return eval('A')\n", f"{P}:3: work would move and looks"),
    "globals() in what it needs": (
        "def get(n):\n    return globals()[n]\ndef work(x):\n    return get('work')\n",
        f"{P}:2: get would move and looks into its module by text, with globals",
    ),
    "a path beside its file": (
        "import os\nHERE = os.path.dirname(__file__)\ndef work(x):\n    return HERE\n",
        f"{P}:2: HERE would move and looks into its file's folder",
    ),
    "a star import that may give a name": (
        "from os.path import *\ndef work(x):\n    return join('a', x)\n",
        f"{P}:1: 'join' may come from this import",
    ),
    "names of the stub that are taken": (
        f"MovedActionError = _invoke_moved_action = 1\n{WORK}",
        f"{P}:1: stubs need the name",
    ),
    "a builtin of the stub that means something else": (
        f"def isinstance(a, b):\n    return True\n{WORK}",
        f"{P}:1: stubs need the name isinstance",
    ),
    "a stub that is there already": (STUB, f"{P}:3: work has moved already"),
    "a name that is nearly it": (WORK.replace("work", "wrok"), "(is 'wrok' meant?)"),
}


def refused(tree: OddTree, capsys: pytest.CaptureFixture[str], told: str) -> None:
    """One line that begins with the place and ends with the remedy."""
    line = tree.refusal(capsys)
    assert told in line
    assert line.startswith("drs-refactor: ")
    before, _, mend = line.rpartition(". ")
    assert before
    assert mend


@pytest.mark.parametrize("shape", SOURCES)
def test_a_source_with(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, told = SOURCES[shape]
    caller = "" if "lambda_handler" in text else CALLER
    refused(OddTree(tmp_path, text + caller), capsys, told)


OF_WORK = (
    "LIMIT = 1\n\n\ndef work(x):\n    return join(x) + LIMIT\n\n\ndef join(x):\n    return x\n"
)
DESTINATIONS = {
    "a syntax error": ("def f(:\n", f"{W}:1: syntax error"),
    "no handler": ("", f"{W}:1: there is no handler 'lambda_handler'"),
    "a handler in a class": (
        "class A:\n    def lambda_handler(self, e): pass\n",
        f"{W}:1: there is no handler",
    ),
    "two handlers": (
        "def lambda_handler(e, c):\n    pass\n" * 2,
        f"{W}:3: lambda_handler is defined twice",
    ),
    "the action in a match": (
        "def lambda_handler(e, c):\n    match e['action']:\n        case 'work': pass\n",
        f"{W}:1: the action 'work' is answered here already",
    ),
    "the action among others": (
        "\ndef lambda_handler(e, c):\n    return e['action'] in ('work', 'b')\n",
        f"{W}:2: the action 'work' is answered here already",
    ),
    "the action registered": (
        "def on(n):\n    return lambda f: f\n@on('work')\ndef w(): pass\n"
        "def lambda_handler(e, c): pass\n",
        f"{W}:3: the action 'work' is answered here already",
    ),
    "a star import below": (
        "def lambda_handler(e, c):\n    pass\nfrom os.path import *\n",
        f"{W}:3: 'LIMIT' would arrive above this import",
    ),
    "a star import whose name is used": (
        "from os.path import *\ndef lambda_handler(e, c):\n    return join('a', 'b')\n",
        f"{W}:2: 'join' is used here, and would mean",
    ),
    "an f-string that prints the name": (
        "LIMIT = 2\ndef lambda_handler(e, c):\n    return f'{LIMIT=}'\n",
        f"{W}:2: 'LIMIT' must be given an alias, and an f-string here prints",
    ),
    "a global that is imported within": (
        "json = None\ndef LIMIT(): pass\ndef lambda_handler(e, c):\n"
        "    global LIMIT\n    import json, LIMIT\n",
        f"{W}:3: 'LIMIT' is imported in a way that cannot be given an alias",
    ),
    "a package's part of that name": (
        "import LIMIT.part\ndef lambda_handler(e, c):\n    return LIMIT\n",
        f"{W}:1: 'LIMIT' is imported in a way that cannot be given an alias",
    ),
    "a builtin of the routes that means something else": (
        "str = repr\ndef lambda_handler(e, c):\n    return str(e)\n",
        f"{W}:1: the routes need the name str",
    ),
    "something else of the routes' name": (
        "_MOVED_ACTIONS = 5\ndef lambda_handler(e, c):\n    return 1\n",
        f"{W}:1: the routes need the name _MOVED_ACTIONS",
    ),
    "routes below the handler": (
        f"{LOOK}_MOVED_ACTIONS = {{}}\n",
        f"{W}:4: the routes need the name _MOVED_ACTIONS",
    ),
    "a route that is there already": (
        f"def _run_work(event):\n    return 1\n_MOVED_ACTIONS = {{'work': _run_work}}\n{LOOK}",
        f"{W}:1: the routes need the name _run_work",
    ),
}


@pytest.mark.parametrize("shape", DESTINATIONS)
def test_a_destination_with(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worker, told = DESTINATIONS[shape]
    refused(OddTree(tmp_path, OF_WORK + CALLER, worker), capsys, told)


def test_a_tree_that_was_migrated_already(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = OddTree(tmp_path / "first").migrated()
    again = OddTree(tmp_path / "second", new[P], new[W])
    refused(again, capsys, "work has moved already, to fn/worker/index.py:4")
    gone = OddTree(tmp_path / "third", CALLER.replace("work(", "len("), f"{WORK}\n\n{WORKER}")
    refused(gone, capsys, "work has moved already, to fn/worker/index.py:1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"work"', '"wrok"', "fn/planner/index.py:1: there is no function 'wrok' in this file (is"),
        ('to = "worker"', 'to = "wroker"', "migration.toml:12: 'wroker' is not among [functions]"),
        (
            'resource = "WorkerFunction"',
            'resource = "WorkerFunction"\nhandler = "handle"',
            "fn/worker/index.py:1: there is no handler 'handle'",
        ),
        ('"fn/worker/index.py"', '"fn/worker/main.py"', "main.py: cannot be read: No such file"),
    ],
)
def test_a_migration_that_names_what_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    refused(OddTree(tmp_path, config=CONFIG.replace(old, new)), capsys, told)
