"""What a fuzz campaign found: data only, passed between workers, reports and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.allowances import Allowance
from harness.results import ScenarioResult, Trees
from harness.scenario import Scenario

Data = dict[str, Any]
Key = tuple[str, str]
"""What tells divergences apart: the kind, and the path without numbers and ids."""

Called = tuple[str, str, str]
"""An operation that a tree calls, the account and the region."""


@dataclass(frozen=True)
class Look:
    """What a worker is told first: run these seeds on legacy, to see which operations it calls."""

    trees: Trees
    seeds: tuple[Scenario, ...]


@dataclass(frozen=True)
class Batch:
    """What a worker is told: cases to draw by their numbers, or `stored` ones, and to run them.
    `called` are the operations that faults are drawn for, with account and region.
    """

    trees: Trees
    seed: int
    numbers: tuple[int, ...]
    called: tuple[Called, ...] = ()
    stored: tuple[Scenario, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A case that was drawn and not run: what it does not fit."""

    number: int
    why: str


@dataclass(frozen=True)
class Ran:
    """One case on both trees. `key` is its first divergence's; `reached` counts what was asked of
    which function; `control` says whether legacy did the same twice, where that was asked;
    `problem` why there is no verdict.
    """

    number: int
    scenario: Scenario
    steps: int = 0
    calls: int = 0
    executions: tuple[str, ...] = ()
    reached: Mapping[str, int] = field(default_factory=dict)
    faults_met: int = 0
    key: Key | None = None
    control: str = "not run"
    problem: str = ""
    allowances: tuple[Allowance, ...] = ()


@dataclass(frozen=True)
class Tried:
    """A batch that was run, and what was drawn for it in vain."""

    ran: tuple[Ran, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Shrink:
    """What a worker is told last: make a divergent case as small as it gets."""

    trees: Trees
    scenario: Scenario
    key: Key


@dataclass(frozen=True)
class Shrunk:
    """A divergent case, made small: what verify says of it, and how many tries that took."""

    result: ScenarioResult
    tries: int


@dataclass(frozen=True)
class Group:
    """Divergences that are alike, by the smallest case of them. `cases` are their numbers."""

    key: Key
    place: str
    cases: tuple[int, ...]
    shrunk: Shrunk


@dataclass(frozen=True)
class Campaign:
    """A fuzz run. `left` counts kinds of divergences beyond those that were shrunk."""

    verdict: str
    seed: int
    asked: int
    ran: tuple[Ran, ...]
    refused: tuple[Refused, ...]
    groups: tuple[Group, ...]
    left: int
    seconds: float
    shrinking: float
    interrupted: bool = False
    problems: tuple[str, ...] = ()

    @property
    def divergent(self) -> list[Ran]:
        return [one for one in self.ran if one.key is not None]

    @property
    def controls(self) -> list[Ran]:
        """Cases that legacy ran twice."""
        return [one for one in self.ran if one.control != "not run"]
