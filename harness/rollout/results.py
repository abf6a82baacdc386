"""What a rollout found: data only, passed between workers, reports and commands."""

from __future__ import annotations

from dataclasses import dataclass

from harness.comparison import Divergence
from harness.results import Trees
from harness.rollout.changes import Change
from harness.rollout.movers import Mover, Package
from harness.scenario import Scenario
from harness.switches import Moment

Combination = frozenset[str]
"""The parts that are the refactored tree's; all others are legacy's."""


@dataclass(frozen=True)
class Switch:
    """From this moment on these parts are the refactored tree's, and no others."""

    moment: Moment
    new: Combination


@dataclass(frozen=True)
class Course:
    """Which parts are new in the course of a run: at first, and after each switch."""

    start: Combination
    switches: tuple[Switch, ...] = ()


@dataclass(frozen=True)
class Look:
    """A scenario as legacy runs it: what it reaches, its steps, executions, and how many of these
    wait for a task token. `problem` says why it judges nothing.
    """

    scenario: Scenario
    points: frozenset[tuple[str, ...]]
    steps: int
    executions: int
    paused: int
    calls: int
    problem: str = ""


@dataclass(frozen=True)
class Trial:
    """One scenario on one course, beside legacy. `first` is the first thing that differs, `more`
    how many followed; `effects` is what it comes to: how executions end, what is not done or done
    too often. Invalid where nothing happened or a switch was not met. `inside` is how often one
    function of the tree invoked another and waited; `ran` is False where another course's run is
    known to be the same.
    """

    scenario: str
    course: Course
    verdict: str
    first: Divergence | None = None
    more: int = 0
    effects: tuple[str, ...] = ()
    inside: int = 0
    problem: str = ""
    ran: bool = True

    def __hash__(self) -> int:
        # The values of a divergence may be lists and mappings.
        return hash((self.scenario, self.course))


@dataclass(frozen=True)
class Batch:
    """What a worker is told; `name` is what it is for."""

    trees: Trees
    scenario: Scenario
    courses: tuple[Course, ...]
    name: str


@dataclass(frozen=True)
class Ahead:
    """`part` must not be new while `other` is not: the trial shows what happens."""

    part: str
    other: str
    trial: Trial


@dataclass(frozen=True)
class Stage:
    """Moves that may be made in any order: parts by hand, updates of whole stacks, and stacks of
    which only these parts are updated.
    """

    by_hand: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """A safe way out or back: its stages, and the combinations after each, the start first."""

    stages: tuple[Stage, ...]
    states: tuple[Combination, ...]


@dataclass(frozen=True)
class StackWay:
    """What a stack does by itself: how many combinations it passes through, and the trial of one
    that is not safe; `failing` says that it is passed only when the update fails, `at_end` that it
    is where the stack ends.
    """

    passed: int
    unsafe: Trial | None
    failing: bool = False
    at_end: bool = False


@dataclass(frozen=True)
class Stacks:
    """The stacks: changes, who moves what, packages with one name for every release, and what the
    stack does by itself: updated, reverted with the new code left, and with packages of their own.
    `advice` is what the templates must say then.
    """

    changes: tuple[Change, ...]
    movers: tuple[Mover, ...]
    packages: tuple[Package, ...]
    out: StackWay
    back: StackWay
    versioned_out: StackWay
    versioned_back: StackWay
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Flight:
    """Switches of one kind under executions in flight: how many were asked for and made, in which
    scenarios, and those that do not end as legacy does. Those that are not `on_the_way` are what
    the safe way forbids.
    """

    name: str
    asked: int
    made: int
    scenarios: tuple[str, ...]
    divergent: tuple[Trial, ...]
    on_the_way: bool


@dataclass(frozen=True)
class Rollout:
    """All of it. `chosen` of `looks` were used; `combinations` are those that were judged, each
    with its first trial that differs, or its last; of `orders_in_all` safe orders some are listed;
    `wait` are the seconds that invocations under way may take; `blockers` is what no order mends;
    `unchecked` are parts and resources whose effect the fake account does not have.
    """

    verdict: str
    parts: tuple[str, ...]
    looks: tuple[Look, ...]
    chosen: tuple[Look, ...]
    combinations: tuple[Trial, ...]
    unjudged: int
    out: Way | None
    back: Way | None
    deploy_orders: tuple[tuple[str, ...], ...]
    orders_in_all: int
    ahead: tuple[Ahead, ...]
    unsafe_alone: tuple[Trial, ...]
    stacks: Stacks
    flights: tuple[Flight, ...]
    wait: int
    runs: int
    seconds: float
    problems: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
