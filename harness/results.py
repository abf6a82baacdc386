"""What a verification found: data only, passed between workers, reports and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.allowances import Allowance
from harness.blame import Suspect
from harness.comparison import Divergence
from harness.elsewhere import Elsewhere
from harness.reached import Arcs, Reached
from harness.scenario import Scenario
from harness.shares import Shares

CONTROL = "control: legacy against itself"


@dataclass(frozen=True)
class Trees:
    """What a worker needs to read both sides for itself."""

    config: Path
    legacy: Path
    refactored: Path


@dataclass(frozen=True)
class Work:
    """What a worker is told: one scenario, traced if coverage was asked for, sampled if the shares
    of the time were, and on moto as it is if `plain`.
    """

    trees: Trees
    scenario: Scenario
    coverage: bool = False
    shares: bool = False
    plain: bool = False


@dataclass(frozen=True)
class Finding:
    """A divergence; `containers` says whether it came up with warm ones or only with cold ones."""

    divergence: Divergence
    containers: str


@dataclass(frozen=True)
class ScenarioResult:
    """One scenario's verdict: identical, divergent, or invalid where it shows nothing.

    `findings` are in order, the first cause first; `suspects` are where to look for it. `problem`
    says why there is no verdict, where a worker was lost; `observations` what looks wrong in
    legacy. `retries` are the ways of the refactored tree's clients with failures, by function and
    service.
    """

    name: str
    shows: str
    verdict: str
    findings: tuple[Finding, ...]
    explanation: tuple[str, ...]
    allowances: tuple[Allowance, ...]
    steps: int
    calls: int
    virtual_seconds: float
    seconds: float
    scenario: Scenario
    arcs: Arcs = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()
    problem: str = ""
    observations: tuple[str, ...] = ()
    retries: frozenset[tuple[str, str, str]] = frozenset()
    shares: Shares = field(default_factory=Shares)


@dataclass(frozen=True)
class Verification:
    """All results in the order of the scenarios; of `asked` ones fewer, if it was interrupted.

    `unchecked` are functions whose role is in no template, with that role: what they may do is not
    known, so their calls were not checked. `elsewhere` is of the templates in other deployments.
    """

    verdict: str
    results: tuple[ScenarioResult, ...]
    allowances: tuple[Allowance, ...]
    control: str
    seconds: float
    asked: int
    reached: tuple[Reached, ...] = ()
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    runtimes: Mapping[str, str] = field(default_factory=dict)
    retries: tuple[tuple[str, str, str], ...] = ()
    unchecked: tuple[tuple[str, str], ...] = ()
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    @property
    def interrupted(self) -> bool:
        return len(self.results) < self.asked
