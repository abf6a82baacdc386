"""Moved functions called by themselves: in their old home as Python calls them, in the new one by
the action that stands for them. Some have no caller left that a scenario could go through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drs_refactor.model import Migration, Move
from harness.aws.container import Container
from harness.aws.lambda_runtime import Handler


@dataclass(frozen=True)
class MovedFunction:
    """Where a tree has a moved function: the key of its Lambda function, whether that is its new
    home, and its move.
    """

    home: str
    has_moved: bool
    move: Move

    def payload(self, arguments: Mapping[str, Any]) -> Any:
        """What is sent to its home. Raises what the payload's expressions raise."""
        sent = self._payload(arguments)
        return {"action": self.move.action, **sent} if self.has_moved else arguments

    def handler(self, container: Container) -> Handler:
        """What answers there: the Lambda function's handler, or the function itself."""
        if self.has_moved:
            return container.handler()
        called = getattr(container.module, self.move.function)

        def call(arguments: Any, _: object) -> Any:
            sent = self._payload(arguments)
            result = called(**arguments)
            answer = {"result": result} if self.move.returns == "" else {}
            return answer | {key: sent[key] for key in self._given_back}

        return call

    def answer(self, value: Any) -> Any:
        """What it answered, as both sides can say it: an action's route names the action, too."""
        if not self.has_moved:
            return json.loads(json.dumps(value))
        if not isinstance(value, dict) or value.get("action") != self.move.action:
            return {"not from its route": value}
        return {key: item for key, item in value.items() if key != "action"}

    @property
    def _given_back(self) -> set[str]:
        return {key for key in (self.move.mutates, self.move.returns) if key}

    def _payload(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The payload's values, over the parameters, as migration.toml writes them."""
        written = (self.move.payload or {}).items()
        return {key: eval(text, {}, dict(arguments)) for key, text in written}


def moved_functions(migration: Migration, entries: Mapping[str, Path]) -> dict[str, MovedFunction]:
    """Those that an action stands for, by their old name, where the tree with these entry files, by
    function, has them: any tree can be either side of a comparison.
    """
    found = {}
    for move in migration.moves:
        if move.action:
            has_moved = _answers(entries[move.destination], move)
            home = move.destination if has_moved else move.source
            found[move.function] = MovedFunction(home, has_moved, move)
    return found


def _answers(entry: Path, move: Move) -> bool:
    """True if the file has the function, and the name of the action that stands for it."""
    text = entry.read_text(encoding="utf-8")
    defined = re.search(rf"^(async )?def {re.escape(move.name)}\b", text, re.MULTILINE)
    return (
        defined is not None and re.search(rf"[\"']{re.escape(move.action)}[\"']", text) is not None
    )
