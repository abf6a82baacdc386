"""A mutant: the refactored tree with one thing wrong in it; data only."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Family = Literal["move", "ordinary", "written"]

PLANTED = "planted"
"""The operator of the mutant that must die, or no verdict stands."""


@dataclass(frozen=True)
class Edit:
    """Text of a file of the tree, from `start` to `end` (in characters), and what stands there
    instead.
    """

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mutant:
    """What an operator made of one place. `lines` are those that a scenario must reach, in the file
    at `path`; none where every scenario does, as with templates. `span` is the first and the last
    line of the body of the function that it stands in, `before` and `after` are the changed lines,
    `number` counts those in which all of that is the same.
    """

    family: Family
    operator: str
    path: str
    function: str
    lines: tuple[int, ...]
    span: tuple[int, int]
    before: str
    after: str
    edits: tuple[Edit, ...]
    number: int = 0

    @property
    def line(self) -> int:
        return self.lines[0] if self.lines else 1

    @property
    def place(self) -> str:
        """Where it stands, for readers: "lambda/x/index.py:12 name"."""
        line = f":{self.line}" if self.lines else ""
        return f"{self.path}{line} {self.function}".rstrip()

    @cached_property
    def key(self) -> str:
        """Names it as long as the changed lines are the same, wherever they stand."""
        told = (self.operator, self.path, self.function, self.before, self.after, str(self.number))
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:12]

    def applied(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The changed files, of a tree's texts by path."""
        found: dict[str, str] = {}
        for edit in sorted(self.edits, key=lambda edit: -edit.start):
            text = found.get(edit.path, texts[edit.path])
            found[edit.path] = text[: edit.start] + edit.text + text[edit.end :]
        return found

    def diff(self, texts: Mapping[str, str]) -> list[str]:
        """The change as a unified diff, without the lines around it."""
        found: list[str] = []
        for path, text in self.applied(texts).items():
            old, new = texts[path].splitlines(), text.splitlines()
            found += [line.rstrip() for line in difflib.unified_diff(old, new, path, path, n=0)]
        return found


UNTOUCHED = Mutant("move", "untouched", "", "", (), (0, 0), "", "", ())
"""The tree as it is, tried like a mutant: if that is found, nothing that is found counts."""


@dataclass(frozen=True)
class Killed:
    """By what a mutant was found: the stage, the scenario, and the facets that differed in it, with
    the first difference's path.
    """

    stage: str
    scenario: str
    facets: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Tried:
    """What became of a mutant. `stillborn` ones do not compile, or change nothing; `runs` are those
    of both trees, `reaching` the scenarios that reach it.
    """

    mutant: Mutant
    killed: Killed | None
    reaching: int = 0
    runs: int = 0
    seconds: float = 0.0
    stages: tuple[str, ...] = ()
    problem: str = ""
