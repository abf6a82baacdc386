"""Names of both sides that are equal to look at, or that the emitted code has too."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from codemods.migrate import migrate
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from tests.codemods.odd_tree import (
    CALLER,
    CONFIG,
    WORK,
    WORKER,
    WORKER_PATH,
    OddTree,
    module,
    same_as_before,
)

TABLE = "T = {}\n"
OF_TABLE = f"def work(x):\n    return T\n{CALLER}"
OWN = "def lambda_handler(event, context):\n    return T\n"
FILLED = {
    "otherwise": ("T['a'] = 1\n", "T['a'] = 2\n"),
    "in the source alone": ("T['a'] = 1\n", ""),
    "in the destination alone": ("", "T['a'] = 1\n"),
    "by a loop": ("", "for i in 'ab':\n    T[i] = 1\n"),
    "by a function that is given it": ("", "def fill(t):\n    t['a'] = 1\nfill(T)\n"),
    "by a function that knows it": ("def fill():\n    T['a'] = 1\nfill()\n", ""),
    "under another name": ("U = T\nU['a'] = 1\n", ""),
    "in both alike": ("T['a'] = 1\n", "T['a'] = 1\n"),
}


@pytest.mark.parametrize("how", FILLED)
def test_equal_tables_that_are_filled(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = FILLED[how]
    tree = OddTree(tmp_path, TABLE + here + OF_TABLE, TABLE + there + OWN)
    new = same_as_before(tree, monkeypatch)
    assert ("WORKER_T" in new[WORKER_PATH]) == (here != there)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("class C:\n    a = 1\nsetattr(C, 'a', 2)\n", "class C:\n    a = 1\n"),
        ("class C:\n    a = 1\n", "class C:\n    a = 1\nC.a = 5\n"),
    ],
)
def test_equal_classes_that_are_changed(
    here: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, own = OF_TABLE.replace("T\n", "C.a\n"), OWN.replace("T\n", "C.a\n")
    same_as_before(OddTree(tmp_path, here + work, there + own), monkeypatch)


def test_levels_of_a_logger_are_the_lambda_functions_own(tmp_path: Path) -> None:
    logger = "import logging\nlogger = logging.getLogger()\nlogger.setLevel(logging.{})\n"
    planner = f"{logger.format('INFO')}def work(x):\n    logger.info(x)\n{CALLER}"
    new = OddTree(tmp_path, planner, logger.format("ERROR") + WORKER).migrated()
    assert new[WORKER_PATH].count("setLevel") == 1


@pytest.mark.parametrize(
    "handler",
    [
        "    global work\n    work = event['job']\n    return work\n",
        "    put(event)\n    return work\ndef put(e):\n    global work\n    work = [e['job']]\n",
    ],
)
def test_a_name_that_only_functions_set(
    handler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = f"def lambda_handler(event, context):\n{handler}"
    new = same_as_before(OddTree(tmp_path, worker=worker), monkeypatch)
    assert "global worker_work\n" in new[WORKER_PATH]


TWO_HANDLERS = "\n[functions.second]\npath = 'fn/worker/index.py'\nhandler = 'second'\n"
OTHER = "\n[[moves]]\nfunction = 'other'\nfrom = 'planner'\nto = '{}'\n"
BOTH = f"{WORK}{WORK.replace('work', 'other')}{CALLER.rstrip()} + other(1)\n"
SECOND = f"{WORKER}\n\ndef second(event, context):\n    return 2\n"


def test_two_handlers_of_one_file_that_both_take_functions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = OddTree(tmp_path, BOTH, SECOND)
    tree.config.write_text(CONFIG + TWO_HANDLERS + OTHER.format("second"))
    assert "migration.toml:9: functions move to 'worker', and to another handler" in tree.refusal(
        capsys
    )
    tree.config.write_text(CONFIG + TWO_HANDLERS + OTHER.format("worker"))
    assert '"other": _run_other' in tree.migrated()[WORKER_PATH]


REFUSED = {
    "a helper named as a route is": (
        f"def _run_work(x):\n    return x\ndef work(x):\n    return _run_work(x)\n{CALLER}",
        WORKER,
        "fn/planner/index.py:1: the routes need the name _run_work, which would come",
    ),
    "an import named as the routes are": (
        f"import json as _MOVED_ACTIONS\n{WORK.replace('x +', '_MOVED_ACTIONS and')}{CALLER}",
        WORKER,
        "fn/planner/index.py:1: the routes need the name _MOVED_ACTIONS, which would come",
    ),
    "an alias that the destination looks up by its text": (
        f"{TABLE}{OF_TABLE}",
        "T = 5\ndef lambda_handler(event, context):\n    return globals()['T']\n",
        "fn/worker/index.py:2: 'T' must be given an alias, and this code may look it up",
    ),
    "a table that decorators fill": (
        f"{TABLE}def on(f):\n    T[f.__name__] = f\n    return f\n@on\ndef a(): pass\n{OF_TABLE}",
        WORKER,
        "fn/planner/index.py:5: T is filled by on when this is defined, and moved code uses it",
    ),
    "a function that others are registered with": (
        "from functools import singledispatch\n@singledispatch\ndef show(x): return 1\n"
        f"@show.register\ndef _(x: int): return 2\ndef work(x):\n    return show(x)\n{CALLER}",
        WORKER,
        "fn/planner/index.py:4: show is filled by show.register when this is defined",
    ),
    "a name that only global binds, set by what stays": (
        "def put():\n    global N\n    N = 1\ndef work(x):\n    return N\n" + CALLER,
        WORKER,
        "fn/planner/index.py:1: N is bound by `global` alone, and used on both sides",
    ),
    "a name that only global binds, read by what stays": (
        "def work(x):\n    global N\n    N = x\ndef get():\n    return N\n" + CALLER,
        WORKER,
        "fn/planner/index.py:4: N is bound by `global` alone, and used on both sides",
    ),
    "a builtin's name that comes along with another": (
        f"N, max = 1, 2\ndef work(x):\n    return N\n{CALLER}",
        "def lambda_handler(event, context):\n    return max(1, 2)\n",
        "fn/worker/index.py:1: 'max' is used here, and would mean fn/planner/index.py:1",
    ),
    "a use of the handler": (
        f"def work(x):\n    return lambda_handler.__name__\n{CALLER}",
        WORKER,
        "fn/planner/index.py:5: code that moves uses lambda_handler, the name of a handler",
    ),
    "a look into its module": (
        "import sys\nN = 1\ndef work(x):\n    return getattr(sys.modules[__name__], 'N')\n"
        + CALLER,
        WORKER,
        "fn/planner/index.py:3: work would move and looks into its module by text, with sys.mod",
    ),
    "annotations that the destination keeps as texts": (
        f"def work(x: int):\n    return x\n{CALLER}",
        f"from __future__ import annotations\n{WORKER}",
        "fn/planner/index.py:1: fn/worker/index.py has `from __future__ import annotations`",
    ),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_move_with(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planner, worker, told = REFUSED[shape]
    line = OddTree(tmp_path, planner, worker).refusal(capsys)
    assert told in line
    assert line.rpartition(". ")[2]


def test_a_function_named_as_a_variable_of_its_route(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = OddTree(tmp_path, WORK.replace("work", "event"))
    tree.config.write_text(CONFIG.replace('"work"', '"event"'))
    assert "migration.toml:9: event is the name of a variable of its route" in tree.refusal(capsys)


def test_stubs_of_a_destination_use_their_own_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = (
        "from time import time\njson, logging = 5, 6\ndef work(x):\n"
        "    return [time() > 0, json, logging, other(x)]\ndef other(x):\n    return x\n"
    )
    third = "\n[functions.third]\npath = 'fn/third/index.py'\n"
    tree = OddTree(
        tmp_path, planner + CALLER, WORKER, config=CONFIG + third + OTHER.format("third")
    )
    (tree.root / "fn/third").mkdir()
    (tree.root / "fn/third/index.py").write_text(WORKER)
    worker = module(tree.migrated()[WORKER_PATH])

    class Client:
        class exceptions:
            TooManyRequestsException = OSError

        def close(self) -> None: ...

        def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:
            answer = {"action": "other", "result": [FunctionName, json.loads(Payload)["x"]]}
            return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    monkeypatch.setattr(worker["boto3"], "client", lambda *_, **__: Client())
    monkeypatch.setenv("THIRD_ARN", "third")
    answer = worker["lambda_handler"]({"action": "work", "x": 1}, None)
    assert answer["result"] == [True, 5, 6, ["third", 1]]
    assert worker["lambda_handler"]({"job": 1}, None) == {"own": "1"}


def test_newcomers_that_the_destination_finds_by_their_text_are_told(tmp_path: Path) -> None:
    looks = "def lambda_handler(event, context):\n    return globals()[f'wo{event}']\n"
    tree = OddTree(tmp_path, worker=looks)
    plan = migrate(tree.root, load(tree.config)).plan
    told = "fn/worker/index.py:1: looks names up by text, and finds work now"
    assert told in plan.mentions


def test_a_handler_of_another_name_is_not_brought_along(tmp_path: Path) -> None:
    planner = f"def start(event, context):\n    return work(event['x'])\n{WORK}"
    handler = f'{CONFIG.partition("[functions.worker]")[0]}handler = "start"\n'
    config = CONFIG.replace(CONFIG.partition("[functions.worker]")[0], handler)
    use = f"{planner.replace('x + 1', 'start.__name__')}\nN = 1\n"
    tree = OddTree(tmp_path, use.replace("def start", "def helper(): return 1\ndef start"))
    tree.config.write_text(config)
    with pytest.raises(InputError, match="uses start, the name of a handler"):
        tree.migrated()


def test_every_handler_of_the_source_file_calls_the_stubs(tmp_path: Path) -> None:
    second = "\n[functions.second]\npath = 'fn/planner/index.py'\nhandler = 'second'\n"
    tree = OddTree(tmp_path, WORK + CALLER + CALLER.replace("lambda_handler", "second"))
    tree.config.write_text(CONFIG + second)
    callers = migrate(tree.root, load(tree.config)).plan.callers
    assert callers == {"worker": set(), "planner": {"work"}, "second": {"work"}}
