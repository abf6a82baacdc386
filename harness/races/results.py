"""What races found: data only, passed between workers, reports and commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.results import Trees
from harness.scenario import Scenario


@dataclass(frozen=True)
class Race:
    """A scenario, and which of its invocations (its place in `invoke`) is moved about."""

    trees: Trees
    scenario: Scenario
    moved: int


@dataclass(frozen=True)
class New:
    """An outcome that legacy cannot have: the scenario with the invocation where it leads to it,
    and in what it differs from legacy's nearest, as (path, legacy, refactored).
    """

    scenario: Scenario
    after: str
    differences: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class Raced:
    """One race: so many moments on either side, and so many different outcomes. `problem` says why
    there is no verdict.
    """

    scenario: Scenario
    moved: int
    moments: tuple[int, int]
    outcomes: tuple[int, int]
    new: tuple[New, ...]
    problem: str = ""

    @property
    def what(self) -> str:
        """The invocation in words."""
        invocation = self.scenario.invoke[self.moved]
        return f"{invocation.by}'s {invocation.function} no. {self.moved + 1}"
