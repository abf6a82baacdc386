"""Destinations of odd shapes: their handlers are routed, and their own names stay what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codemods.odd_tree import (
    CALLER,
    WORK,
    WORKER,
    WORKER_PATH,
    OddTree,
    answer,
    same_as_before,
)

WRAP = (
    "import functools\n\n\ndef wrap(f):\n    @functools.wraps(f)\n    def inner(event, context):\n"
    "        return {'wrapped': f({'body': event}, context)}\n    return inner\n\n\n"
)
HANDLERS = {
    "a decorator that rewrites event and answer": (
        f"{WRAP}@wrap\ndef lambda_handler(event, context):\n    return event['body']\n"
    ),
    "a wrapper around it further down": (
        f"{WRAP}def lambda_handler(event, context):\n    return event['body']\n"
        "lambda_handler = wrap(lambda_handler)"
    ),
    "a lambda": "lambda_handler = lambda e, c: [e, c]\n",
    "a method": (
        "class App:\n    def handler(self, event, context):\n        return event\n"
        "app = App()\nlambda_handler = app.handler\n"
    ),
    "an import": "from operator import or_ as lambda_handler\nimport json\n",
    "a def under if": "if True:\n    def lambda_handler(e, c):\n        return 1\n",
    "*args": "def lambda_handler(*args):\n    return len(args)\n",
    "an event and *args": "def lambda_handler(event, *rest, **named):\n    return [rest, named]\n",
    "a context by keyword only": "def lambda_handler(event, *, context=None):\n    return 1\n",
    "one line": "def lambda_handler(event, context): return event\n",
    "a docstring with code behind it": "def lambda_handler(e, c):\n    'doc'; return 1\n",
    "a variable named as the routes are": (
        "def lambda_handler(event, context):\n    str = _MOVED_ACTIONS = 3\n"
        "    return [str, _MOVED_ACTIONS]\n"
    ),
    "a signature and a first statement with comments": (
        "def lambda_handler(\n    event,  # the event\n    context,\n):  # pragma: no cover\n"
        "    # one\n\n    # two\n    @staticmethod\n    def inner():\n        return 1\n"
        "    return inner()\n"
    ),
    "a loop variable that takes the event's place": (
        "def lambda_handler(event, context):\n    for event in [1, 2]:\n        pass\n"
        "    return event\n"
    ),
}


@pytest.mark.parametrize("shape", HANDLERS)
def test_a_handler_of_this_shape(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_as_before(OddTree(tmp_path, WORK + CALLER, HANDLERS[shape]), monkeypatch)


def test_an_async_handler_is_awaited_by_whom_it_was(tmp_path: Path) -> None:
    handler = "async def lambda_handler(event, context):\n    return event\n"
    new = OddTree(tmp_path, WORK + CALLER, handler).migrated()[WORKER_PATH]
    assert answer(new, {"action": "work", "x": 1})[0] == {"action": "work", "result": 2}
    coroutine, event = answer(new, {"job": 1})
    with pytest.raises(StopIteration) as caught:
        coroutine.send(None)
    assert caught.value.value == event


NEEDS_N = "N = 1\n\n\ndef work(x):\n    return N + x\n"
OWN = {
    "a local variable of the function's name": (
        "def lambda_handler(event, context):\n    work = 5\n    def inner(work=3):\n"
        "        return work\n    return [work, inner(), [work for work in (1, 2)], dict(work=7)]\n"
    ),
    "a nested def and a class attribute of the function's name": (
        "class K:\n    work = 3\n    def m(self):\n        return self.work\n"
        "def lambda_handler(event, context):\n    def work(a):\n        return a\n"
        "    return [work(1), K().m(), K.work]\n"
    ),
    "another function of that name": (
        "def work(job):\n    return [job, work.__name__ != '']\n"
        "def lambda_handler(event, context):\n    return [work(job=event['job']), f'{work(1)}']\n"
    ),
    "every scope but its own": (
        "N = 10\nclass K:\n    N = 3\n    M = N\n    def m(self):\n        return N + self.N\n"
        "class L:\n    N = N + 1\ndef f(N=N):\n    return N\ndef g():\n    N = 4\n    return N\n"
        "def h(*, N):\n    return N\ndef lambda_handler(event, context):\n"
        "    return [N, f(), f(N=2), g(), h(N=N), K.N, K().m(), K.M, L.N, (lambda N=N: N)(),\n"
        "            [N for N in (1,)], [N for _ in (1,)], {'N': N}, f'{N}', str({N: N})]\n"
    ),
    "a variable that is read above its assignment": (
        "N = 10\ndef lambda_handler(event, context):\n    found = []\n    for i in (1, 2):\n"
        "        if i > 1:\n            found.append(N)\n        N = i\n    return [found, N]\n"
    ),
    "global, with a parameter of that name within": (
        "N = 10\ndef lambda_handler(event, context):\n    global N\n    N += 1\n"
        "    for N in range(5):\n        pass\n    def inner():\n        return N\n"
        "    def shadow(N):\n        return N\n    return [N, inner(), shadow(3), shadow(N=2)]\n"
    ),
    "global in a nested function only": (
        "N = 10\ndef lambda_handler(event, context):\n    N = 3\n    def inner():\n"
        "        global N\n        N = 7\n        return N\n    return [N, inner()]\n"
    ),
    "nonlocal": (
        "N = 10\ndef lambda_handler(event, context):\n    N = 3\n    def inner():\n"
        "        nonlocal N\n        N = 7\n    inner()\n    return N\n"
    ),
    "global that an import, a with and an except bind": (
        "import contextlib\nN = None\ndef lambda_handler(event, context):\n    global N\n"
        "    import json as N\n    found = [N.dumps(1)]\n    with contextlib.nullcontext(3) as N:\n"
        "        found.append(N)\n    try:\n        1 / 0\n    except ZeroDivisionError as N:\n"
        "        found.append(str(N))\n    return found\n"
    ),
    "loops, with, except, match and := at the top of the module": (
        "import contextlib\ntry:\n    1 / 0\nexcept ZeroDivisionError as N:\n    SAID = str(N)\n"
        "for N in (5, 6):\n    pass\nwith contextlib.nullcontext(9) as N:\n    pass\n"
        "match 3:\n    case N:\n        SAID += str(N)\nif (N := 8) > 3:\n    pass\n"
        "def lambda_handler(event, context):\n    return [SAID, N]\n"
    ),
    "a walrus in a comprehension at the top of the module": (
        "N = 10\nM = [N := i for i in range(4) if N]\n"
        "def f():\n    return [N := i for i in range(3)], N\n"
        "def lambda_handler(event, context):\n    return [f(), M, N]\n"
    ),
    "del at the top of the module": (
        "N = 10\nM = N\ndel N\ndef lambda_handler(event, context):\n    return M\n"
    ),
    "del of a global": (
        "N = 10\ndef lambda_handler(event, context):\n    global N\n    M = N\n    del N\n"
        "    return M\n"
    ),
    "quoted annotations and Literal": (
        "from typing import Literal\nclass N:\n    own = 1\n"
        "def f(a: 'N', b: \"list['N']\" = None, c: Literal['N'] = 'N') -> 'N':\n    return N.own\n"
        "def lambda_handler(event, context):\n"
        "    return [f(1), str(f.__annotations__['c']), f.__annotations__['return'][-1:]]\n"
    ),
    "imports of that name within functions": (
        "N = 10\ndef f():\n    try:\n        import json as N\n    except ImportError:\n"
        "        N = None\n    return N.dumps(1)\ndef lambda_handler(event, context):\n"
        "    return [f(), N]\n"
    ),
    "an import beside other statements": (
        "from operator import add, sub as N; X = 1\ndef lambda_handler(event, context):\n"
        "    return [N(3, X), add(1, X)]\n"
    ),
    "state of its own under that name": (
        "N = 1\ndef lambda_handler(event, context):\n    global N\n    N = 100\n    return N\n"
    ),
}


@pytest.mark.parametrize("shape", OWN)
def test_what_the_destination_means_by_the_name(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_as_before(OddTree(tmp_path, NEEDS_N + CALLER, OWN[shape]), monkeypatch)


def test_state_of_its_own_is_not_shared(tmp_path: Path) -> None:
    new = OddTree(tmp_path, NEEDS_N + CALLER, OWN["state of its own under that name"]).migrated()
    assert "global WORKER_N\n" in new[WORKER_PATH]
    assert "N = 1\n\n\ndef work" in new[WORKER_PATH]


def test_an_attribute_that_is_set_later_is_on_the_shared_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = "import json\ndef work(x):\n    return json.dumps(x)\n" + CALLER
    new = same_as_before(OddTree(tmp_path, planner, f"{WORKER}\n\njson.note = 1\n"), monkeypatch)
    assert new[WORKER_PATH].count("import json") == 1
