"""Results by content: of the trees, the scenarios, the harness itself, and the mutant."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.mutants.model import Killed, Tried
from harness.mutants.trial import Task
from harness.results import Trees
from harness.scenario import Scenario

_HARNESS = Path(__file__).parent.parent

UNUSED = ("bench", "compute", "reports")
"""Rooms of the harness that no mutant runs through."""

KEPT = 4
"""How many different bases (trees, scenarios and harness together) a file keeps results of."""


class Cache:
    """Results in a file of JSON lines; nothing is kept without one."""

    def __init__(self, path: Path | None, base: str) -> None:
        self._path, self._base = path, base
        self._known: dict[str, dict[str, Any]] = {}
        self._others: dict[str, list[str]] = {}
        self.hits = 0
        if path is not None and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                if entry["base"] == base:
                    self._known[entry["key"]] = entry
                else:
                    self._others.setdefault(entry["base"], []).append(line)

    def get(self, task: Task) -> Tried | None:
        """What became of a task before."""
        entry = self._known.get(self._key(task))
        if entry is None:
            return None
        self.hits += 1
        killed = entry["killed"]
        return Tried(
            task.mutant,
            Killed(killed["stage"], killed["scenario"], tuple(killed["facets"]), killed["path"])
            if killed
            else None,
            entry["reaching"],
            entry["runs"],
            entry["seconds"],
            (task.stage,),
        )

    def put(self, task: Task, tried: Tried) -> None:
        """Keep what became of a task."""
        entry: dict[str, Any] = {
            "base": self._base,
            "key": self._key(task),
            "killed": asdict(tried.killed) if tried.killed else None,
            "reaching": tried.reaching,
            "runs": tried.runs,
            "seconds": round(tried.seconds, 3),
        }
        self._known[entry["key"]] = entry

    def write(self) -> None:
        """Keep all that is known, and what is known of the last few other bases."""
        if self._path is not None and self._known:
            others = list(self._others.values())[-KEPT + 1 :]
            lines = [line for some in others for line in some]
            lines += map(json.dumps, self._known.values())
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
            beside.replace(self._path)

    def _key(self, task: Task) -> str:
        told = [task.mutant.edits, task.cases, task.stage, sorted(task.without)]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def digest(trees: Trees, scenarios: Iterable[Scenario]) -> str:
    """What results depend on: every file of both trees, the configuration, the scenarios, and the
    harness's own code.
    """
    found = hashlib.sha256(trees.config.read_bytes())
    for folder in (trees.legacy, trees.refactored, _HARNESS):
        for path in sorted(folder.rglob("*")):
            room = path.relative_to(folder).parts[0]
            if folder == _HARNESS and room in UNUSED:
                continue
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(folder).as_posix().encode() + b"\0")
                found.update(path.read_bytes())
    for scenario in scenarios:
        found.update(json.dumps(scenario.as_case(), sort_keys=True).encode())
    return found.hexdigest()
