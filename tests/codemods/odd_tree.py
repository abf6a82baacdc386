"""Small odd trees: a planner whose `work` moves to a worker, run before and after, or refused."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from codemods.migrate import migrate
from codemods.tree_files import replace_tree
from drs_refactor.__main__ import main
from drs_refactor.exits import BAD_INPUT
from drs_refactor.migration import load
from tests.codemods.fake_lambda import Lambda, run

CONFIG = """\
[functions.planner]
path = "fn/planner/index.py"
resource = "PlannerFunction"

[functions.worker]
path = "fn/worker/index.py"
resource = "WorkerFunction"

[[moves]]
function = "work"
from = "planner"
to = "worker"
"""
TEMPLATES = '\n[templates]\nfiles = ["main.yaml"]\nrole = "Role"\n'

WORK = "def work(x):\n    return x + 1\n"
CALLER = '\n\ndef lambda_handler(event, context):\n    return work(event["x"])\n'
WORKER = """\
import json


def lambda_handler(event, context):
    return {"own": json.dumps(event["job"])}
"""
PLANNER_PATH, WORKER_PATH, TEMPLATE_PATH = "fn/planner/index.py", "fn/worker/index.py", "main.yaml"


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _state_of(root: Path) -> list[tuple[str, int, int]]:
    """Every path of a tree, with the time of its last change and its size."""
    found = ((str(path), path.lstat()) for path in sorted(root.rglob("*")))
    return [(path, state.st_mtime_ns, state.st_size) for path, state in found]


class OddTree:
    """A tree of a planner and a worker on disk, with a template if one is given."""

    def __init__(
        self,
        folder: Path,
        planner: str | bytes = WORK + CALLER,
        worker: str | bytes = WORKER,
        template: str | bytes | None = None,
        config: str = CONFIG,
    ) -> None:
        self.root, self.output = folder / "legacy", folder / "refactored"
        self.config = folder / "migration.toml"
        folder.mkdir(exist_ok=True)
        self.config.write_text(config + ("" if template is None else TEMPLATES))
        files = {PLANNER_PATH: planner, WORKER_PATH: worker}
        for path, text in (files | ({} if template is None else {TEMPLATE_PATH: template})).items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(_bytes(text))
        self.old = {path: _bytes(text) for path, text in files.items()}

    def migrated(self) -> dict[str, str]:
        """The new texts, from disk; a second run writes the same."""
        result = migrate(self.root, load(self.config))
        assert all(moved.verbatim for moved in result.moved)
        replace_tree(self.root, self.output, result.wanted)
        assert migrate(self.root, load(self.config)).wanted == result.wanted
        return {
            path: (self.output / path).read_bytes().decode()
            for path in result.wanted
            if path.endswith((".py", ".yaml"))
        }

    def refusal(self, capsys: pytest.CaptureFixture[str]) -> str:
        """The one line that the command line says, without the folder; nothing is written."""
        before = _state_of(self.root)
        assert main(["migrate", "--config", str(self.config)]) == BAD_INPUT
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert not self.output.exists()
        assert _state_of(self.root) == before
        return told.err.replace(f"{self.root}/", "").replace(f"{self.config.parent}/", "").strip()


def module(text: str | bytes) -> dict[str, Any]:
    """A module as Lambda imports it: each handler is called index."""
    return run(_bytes(text).decode().removeprefix("\ufeff"), "index")


def answer(text: str | bytes, event: Any) -> Any:
    """What the handler of a fresh module returns or raises, and the event afterwards."""
    return _answer(module(text), event)


def _answer(index: dict[str, Any], event: Any) -> Any:
    given = copy.deepcopy(event)
    try:
        result = index["lambda_handler"](given, None)
    except Exception as error:
        result = (type(error).__name__, str(error))
    return result, given


def same_as_before(
    tree: OddTree, environment: pytest.MonkeyPatch, xs: Any = (1,), own: Any = ({"job": 1},)
) -> dict[str, str]:
    """Both handlers answer as they did, the planner by invoking the worker."""
    new = tree.migrated()
    environment.setenv("WORKER_ARN", "worker")
    for x in xs:
        planner, worker, lambdas = module(new[PLANNER_PATH]), module(new[WORKER_PATH]), Lambda()
        lambdas.handlers["worker"] = worker["lambda_handler"]
        planner["boto3"] = lambdas
        event = {"x": x}
        assert _answer(planner, event) == answer(tree.old[PLANNER_PATH], event)
        assert [owner for owner, _ in lambdas.requests] == ["worker"]
    for event in own:
        assert answer(new[WORKER_PATH], event) == answer(tree.old[WORKER_PATH], event)
    return new
