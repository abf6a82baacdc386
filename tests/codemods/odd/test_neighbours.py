"""Trees whose handlers have other files beside them, run as Lambda runs them: from a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codemods.odd_tree import (
    CALLER,
    CONFIG,
    PLANNER_PATH,
    WORK,
    WORKER,
    WORKER_PATH,
    OddTree,
)

H = "def h(x):\n    return ['h', x]\n"
USES_H = f"from helpers import h\n\n\ndef work(x):\n    return h(x)\n{CALLER}"
LIMIT = f"LIMIT = 1\n\n\ndef work(x):\n    return x + LIMIT\n{CALLER}"
OWN_LIMIT = (
    "LIMIT = 5\n\n\ndef lambda_handler(event, context):\n    import util\n    return util.f()\n"
)
UTIL = "def f():\n    from index import LIMIT\n    return LIMIT\n"
SAME_NAME = "fn/planner/helpers.py", "fn/worker/helpers.py"
CONFIG = f'layers = ["layer"]\n{CONFIG}'


def tree_of(folder: Path, planner: str, worker: str, files: dict[str, str]) -> OddTree:
    tree = OddTree(folder, planner, worker, config=CONFIG)
    for path, text in {"layer/__init__.py": "", **files}.items():
        (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
        (tree.root / path).write_text(text)
    return tree


REFUSED = {
    "a module beside the source alone": (
        (USES_H, WORKER, {SAME_NAME[0]: H}),
        "fn/planner/index.py:1: helpers is fn/planner/helpers.py, which fn/worker/index.py cannot",
    ),
    "two modules of one name": (
        (USES_H, WORKER, {SAME_NAME[0]: H, SAME_NAME[1]: H.replace("'h'", "'w'")}),
        "fn/planner/index.py:1: helpers is fn/planner/helpers.py, and would be fn/worker/helpers",
    ),
    "two modules of one name that both import": (
        (
            USES_H,
            f"from helpers import h\n{WORKER}",
            {SAME_NAME[0]: H, SAME_NAME[1]: H.replace("'h'", "'w'")},
        ),
        "fn/planner/index.py:1: helpers is fn/planner/helpers.py, and would be",
    ),
    "two equal modules that import two others": (
        (
            USES_H,
            WORKER,
            dict.fromkeys(SAME_NAME, f"from base import B\n{H}")
            | {"fn/planner/base.py": "B = 1\n", "fn/worker/base.py": "B = 2\n"},
        ),
        "fn/planner/index.py:1: helpers is fn/planner/helpers.py, and would be",
    ),
    "an import within the function": (
        (
            f"def work(x):\n    from helpers import h\n    return h(x)\n{CALLER}",
            WORKER,
            {SAME_NAME[0]: H},
        ),
        "fn/planner/index.py:1: helpers is",
    ),
    "an import with a fallback": (
        (
            "try:\n    from helpers import h\nexcept ImportError:\n    h = None\n\n\n"
            f"def work(x):\n    return h\n{CALLER}",
            WORKER,
            {SAME_NAME[0]: H},
        ),
        "fn/planner/index.py:1: helpers is",
    ),
    "a relative import": (
        (
            f"from .helpers import h\n\n\n{WORK.replace('x +', 'h(x) +')}{CALLER}",
            WORKER,
            {SAME_NAME[0]: H},
        ),
        "fn/planner/index.py:1: .helpers is fn/planner/helpers.py, which",
    ),
    "an import from the destination itself": (
        (
            f"from fn.worker.index import OWN\n\n\ndef work(x):\n    return OWN\n{CALLER}",
            f"OWN = 1\n{WORKER}",
            {},
        ),
        "fn.worker.index is imported by code that moves, and is where it moves to",
    ),
    "a file that imports what gets an alias": (
        (LIMIT, OWN_LIMIT, {"fn/worker/util.py": UTIL}),
        "fn/worker/util.py:2: 'LIMIT' of fn/worker/index.py is used here, and would mean",
    ),
    "a file that reads what gets an alias": (
        (
            LIMIT,
            OWN_LIMIT,
            {"fn/worker/util.py": "import index\n\n\ndef f():\n    return index.LIMIT\n"},
        ),
        "fn/worker/util.py:5: 'LIMIT' of fn/worker/index.py is used here",
    ),
    "a destination that imports the function from its old home": (
        (WORK + CALLER, f"from fn.planner.index import work\n{WORKER}", {}),
        "fn/worker/index.py:1: work is imported here from fn/planner/index.py, by worker",
    ),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_tree_with(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (planner, worker, files), told = REFUSED[shape]
    line = tree_of(tmp_path, planner, worker, files).refusal(capsys)
    assert told in line
    assert line.rpartition(". ")[2]


def test_a_helper_that_another_file_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = tree_of(
        tmp_path,
        f"def help_(x):\n    return x\n\n\ndef work(x):\n    return help_(x)\n{CALLER}",
        WORKER,
        {"fn/planner/util.py": "from index import help_\n"},
    )
    helper = '\n[[moves]]\nfunction = "help_"\nfrom = "planner"\nto = "worker"\nhelper = true\n'
    tree.config.write_text(CONFIG + helper)
    told = "fn/planner/util.py:1: help_ is imported here from fn/planner/index.py, and is a helper"
    assert told in tree.refusal(capsys)


RUN = """\
import io, json, os, sys
import boto3
folder, event = sys.argv[1:]
sys.path[:0] = [folder, folder + "/../../layer"]
class Lambda:
    class exceptions:
        class TooManyRequestsException(Exception):
            pass
    def close(self):
        pass
    def invoke(self, FunctionName, Payload):
        return {"Payload": io.BytesIO(json.dumps({"action": "work", "result": "REMOTE"}).encode())}
boto3.client = lambda *_, **__: Lambda()
os.environ["WORKER_ARN"] = "worker"
import index
print(json.dumps(index.lambda_handler(json.loads(event), None)))
"""


def ran(path: Path, event: str) -> str:
    command = [sys.executable, "-c", RUN, str(path.parent), event]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


VALID = {
    "equal modules beside both": (USES_H, WORKER, dict.fromkeys(SAME_NAME, H), ("REMOTE", "own")),
    "a module of the layer": (USES_H, WORKER, {"layer/helpers.py": H}, ("REMOTE", "own")),
    "an import for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers import h\n\n\n"
        f"def work(x: 'h'):\n    return x\n{CALLER}",
        WORKER,
        {SAME_NAME[0]: H},
        ("REMOTE", "own"),
    ),
    "a file that calls the function": (
        f"{WORK}\n\ndef lambda_handler(event, context):\n    import util\n"
        "    return util.f(event['x'])\n",
        WORKER,
        {"fn/planner/util.py": "def f(x):\n    from index import work\n    return work(x)\n"},
        ("REMOTE", "own"),
    ),
    "a file that imports what only the function uses": (
        f"{LIMIT.replace('return work', 'import util; return util.f(), work')}",
        WORKER,
        {"fn/planner/util.py": UTIL},
        ('[1, "REMOTE"]', "own"),
    ),
    "a handler that imports itself": (
        f"{LIMIT.replace('return work', 'import index; return index.LIMIT, work')}",
        WORKER,
        {},
        ('[1, "REMOTE"]', "own"),
    ),
    "a dispatcher that takes functions from its module": (
        "import sys\n\n\ndef work(x):\n    return x\n\n\ndef lambda_handler(event, context):\n"
        "    return getattr(sys.modules[__name__], f'wor{\"k\"}')(event['x'])\n",
        WORKER,
        {},
        ("REMOTE", "own"),
    ),
}


@pytest.mark.parametrize("shape", VALID)
def test_both_handlers_run_in_a_tree_with(shape: str, tmp_path: Path) -> None:
    planner, worker, files, (planned, own) = VALID[shape]
    tree = tree_of(tmp_path, planner, worker, files)
    tree.migrated()
    assert planned in ran(tree.output / PLANNER_PATH, '{"x": 1}')
    assert own in ran(tree.output / WORKER_PATH, '{"job": 1}')
    event = '{"action": "work", "x": 1}'
    assert '"result"' in ran(tree.output / WORKER_PATH, event)
