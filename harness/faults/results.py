"""What a fault run found: data only, passed between workers, reports and commands."""

from __future__ import annotations

from dataclasses import dataclass

from harness.aws.faults import Fault
from harness.comparison import Divergence
from harness.races.results import Raced
from harness.results import Trees
from harness.scenario import Scenario


@dataclass(frozen=True)
class Strike:
    """A place in a scenario and what becomes of it: one fault, or a pair. `site` is the line of the
    tree, `within` that of the invocation in whose course it is reached, `what` the operation or the
    moved action whose invocation it is; `in_execution` says that a state machine runs in the
    scenario, which goes on from what a fault leads to.
    """

    faults: tuple[Fault, ...]
    site: str
    within: str
    what: str
    on_invocation: bool = False
    in_execution: bool = False

    @property
    def novelty(self) -> tuple[str, ...]:
        """What it tries, wherever: strikes of which it is the same differ in their scenario."""
        often = " ".join(f"{fault.times} {fault.seconds > 0}" for fault in self.faults)
        where = "execution" if self.in_execution else "action"
        kinds = (fault.kind for fault in self.faults)
        return (self.site, self.within, self.what, where, often, *kinds)


@dataclass(frozen=True)
class Look:
    """A first look at a scenario: where it can be struck. `problem` says why it is not; `fails`
    that legacy raises in it, or its execution does not succeed: a strike changes little then.
    """

    scenario: Scenario
    strikes: tuple[Strike, ...]
    calls: int
    problem: str = ""
    diverges: bool = False
    fails: bool = False


@dataclass(frozen=True)
class Batch:
    """What a worker is told: a scenario and its strikes."""

    trees: Trees
    scenario: Scenario
    strikes: tuple[Strike, ...]


@dataclass(frozen=True)
class Struck:
    """What became of one strike, on `scenario` with its faults in it. `verdict` is identical (or as
    declared), divergent, or invalid where the fault was not met or legacy differs from itself;
    `failed` says whether executions failed by it that succeed undisturbed; None where none does.
    """

    scenario: Scenario
    strike: Strike
    verdict: str
    divergences: tuple[Divergence, ...]
    failed: bool | None


@dataclass(frozen=True)
class Campaign:
    """A fault run. `asked` strikes were to be made, `tried` of `things` different ones were, and
    `raced` of `races` races were run.
    """

    verdict: str
    looks: tuple[Look, ...]
    struck: tuple[Struck, ...]
    asked: int
    things: int
    tried: int
    seconds: float
    raced: tuple[Raced, ...] = ()
    races: int = 0
    problems: tuple[str, ...] = ()

    @property
    def divergent(self) -> list[Struck]:
        """Strikes that the two sides take differently, or that show nothing."""
        return [struck for struck in self.struck if struck.verdict != "identical"]

    def lost_answers(self, *, on_invocation: bool) -> tuple[int, int]:
        """Runs whose execution failed since one answer was lost, of how many."""
        lost = [
            struck
            for struck in self.struck
            if struck.strike.on_invocation == on_invocation
            and struck.failed is not None
            and [fault.kind for fault in struck.strike.faults] == ["lost"]
        ]
        return sum(struck.failed is True for struck in lost), len(lost)
