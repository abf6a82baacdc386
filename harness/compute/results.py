"""What computing costs: data only. Light to import, since the process that counts instructions
under valgrind reads tapes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.aws.function import FunctionDefinition

EXECUTION = "execution"
"""The level of all steps of a scenario together; the others are actions, by their names."""


@dataclass(frozen=True)
class Exchange:
    """One AWS call of tree code: the function that made it, its name ("drs.DescribeJobs"), and what
    came of it, pickled. `kind` is "answer", "client error" (response and operation) or "error" (an
    exception); `streams` are the answer's bodies that are read like files; `nested` is the key of
    the tree's own function that the call invoked, `payload` what it was sent; `seconds` are virtual
    ones that any other call took (retries, latencies).
    """

    function: str
    name: str
    kind: str
    outcome: bytes
    streams: tuple[tuple[str, bytes], ...] = ()
    nested: str = ""
    payload: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class TapeStep:
    """An invocation from outside: at virtual second `at`, `label` is the state that made it, or the
    function. `event` is JSON text; `error` is (type, message).
    """

    at: float
    label: str
    function: str
    event: str
    result: Any
    error: tuple[str, str] | None
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Tape:
    """One scenario on one side, with all that AWS said."""

    scenario: str
    side: str
    steps: tuple[TapeStep, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The actions, in the order of their first steps."""
        return tuple(dict.fromkeys(step.label for step in self.steps))

    def seconds(self, level: str, play: Play) -> float:
        """Seconds of tree code of a play at a level: of all steps, or of an action's."""
        pairs = zip(self.steps, play.steps, strict=True)
        return sum(seconds for step, seconds in pairs if level in (EXECUTION, step.label))

    def invocations(self, level: str) -> int:
        """Steps at a level."""
        return sum(level in (EXECUTION, step.label) for step in self.steps)


@dataclass(frozen=True)
class Play:
    """Tree code of one play, in seconds: by step, and by invocation as (function, its own seconds)
    in the order in which they began. `plumbing` are the seconds of everything else; `clients` were
    made, and `calls` of AWS too.
    """

    steps: tuple[float, ...]
    invocations: tuple[tuple[str, float], ...]
    plumbing: float
    clients: int
    calls: int

    @property
    def seconds(self) -> float:
        return sum(self.steps)


@dataclass(frozen=True)
class Paired:
    """Seconds of tree code at one level, round by round: `again` is legacy a second time, `planted`
    legacy with a tenth more to do. `invocations` from outside are in each.
    """

    level: str
    invocations: int
    legacy: tuple[float, ...]
    again: tuple[float, ...]
    refactored: tuple[float, ...]
    planted: tuple[float, ...]


@dataclass(frozen=True)
class Estimate:
    """A ratio with its interval, in which it lies but for alpha at either end."""

    ratio: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class Judged:
    """A level's verdict: within, over, faster, inconclusive, or invalid where a control failed.

    `legacy` and `refactored` are seconds of all its invocations; `again` and `planted` are the
    controls; `floor` is in seconds an invocation; `sentence` is for people.
    """

    level: str
    verdict: str
    sentence: str
    invocations: int
    legacy: float
    refactored: float
    ratio: Estimate
    again: Estimate
    planted: Estimate
    floor: float


@dataclass(frozen=True)
class Instructions:
    """Processor instructions of one play: of tree code, and the few that hand it answers."""

    legacy: int
    refactored: int

    @property
    def ratio(self) -> float:
        return self.refactored / self.legacy


@dataclass(frozen=True)
class Counting:
    """What is played under valgrind: a tree's functions, its tape, and how many plays are counted
    first; twice as many are counted after that.
    """

    functions: Mapping[str, FunctionDefinition]
    tape: Tape
    plays: int


@dataclass(frozen=True)
class PowerPoint:
    """Of `runs` runs, resampled from so many `recorded` pairs with a true effect of so many
    percent, the share of each verdict.
    """

    percent: float
    shares: Mapping[str, float]
    runs: int
    recorded: int


@dataclass(frozen=True)
class Compute:
    """All that was measured on one scenario. `levels` begin with the execution; `clients` are how
    often a side makes a client, `plumbing` seconds that were taken out, per execution, both as
    (legacy, refactored); `seconds` is what measuring took.
    """

    scenario: str
    verdict: str
    levels: tuple[Judged, ...]
    paired: tuple[Paired, ...]
    clients: tuple[int, int]
    calls: tuple[int, int]
    plumbing: tuple[float, float]
    seed: int
    seconds: float
    instructions: Instructions | None = field(default=None)
