"""Which case reaches which lines of the refactored tree, and what it costs to run. A case is a
scenario, undisturbed or with faults. Its cost is what it does, not how long it took, so that the
order of the cases is the same each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from harness.aws.faults import Fault
from harness.comparison import compare
from harness.faults.results import Strike
from harness.faults.strikes import LARGE, strikes_of
from harness.mutants.model import Mutant
from harness.one_scenario import sides_of
from harness.reached import Tracer
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides

SET_UP = 10
"""What it costs to run anything at all, in calls."""


@dataclass(frozen=True)
class Case:
    """A scenario by name, and the faults that strike it."""

    scenario: str
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return ", ".join((self.scenario, *(fault.kind for fault in self.faults)))


@dataclass(frozen=True)
class Reach:
    """The lines of a case by path within the tree, and what a run costs: its calls and
    steps.
    """

    case: Case
    lines: Mapping[str, frozenset[int]] = field(hash=False)
    cost: int

    def __lt__(self, other: Reach) -> bool:
        return self._rank < other._rank

    @property
    def _rank(self) -> tuple[int, str, str]:
        return self.cost, self.case.scenario, repr(self.case.faults)

    def reaches(self, mutant: Mutant) -> bool:
        """True if it runs what the mutant changed."""
        return not mutant.lines or bool(self.lines.get(mutant.path, frozenset()) & {*mutant.lines})


@dataclass(frozen=True)
class Reached:
    """A scenario undisturbed, and the strikes that can be made in it. `fails` where legacy raises
    in it, or its execution does not succeed: there is little left that a strike could change.
    """

    reach: Reach
    strikes: tuple[Strike, ...]
    diverges: bool
    fails: bool = False


@dataclass(frozen=True)
class Struck:
    """What a worker is told: a scenario and the faults that strike it while it is traced."""

    trees: Trees
    scenario: Scenario


def reached_by(trees: Trees, scenario: Scenario) -> Reached:
    """Run a scenario on both trees, and once more traced; in this process."""
    sides = sides_of(trees)
    legacy = run(sides.legacy, scenario)
    refactored = run(sides.refactored, scenario)
    strikes: Iterable[Strike] = ()
    if len(legacy.calls) <= LARGE:
        strikes = strikes_of(sides, legacy, refactored)
    diverges = bool(compare(legacy, refactored, sides.rules).divergences)
    return Reached(_traced(sides, scenario), tuple(strikes), diverges, legacy.failed)


def reached_when_struck(struck: Struck) -> Reach:
    """What a scenario with faults reaches, traced; in this process."""
    return _traced(sides_of(struck.trees), struck.scenario)


def _traced(sides: Sides, scenario: Scenario) -> Reach:
    tracer = Tracer(sides.refactored)
    with tracer.tracing():
        done = run(sides.refactored, scenario)
    root = sides.refactored.root.resolve()
    lines = {
        path.removeprefix(f"{root}/"): frozenset(abs(n) for arc in arcs for n in arc)
        for path, arcs in tracer.take().items()
    }
    case = Case(scenario.name, scenario.faults)
    return Reach(case, lines, len(done.calls) + len(done.steps))


def different(
    looked: Sequence[Reached], scenarios: Mapping[str, Scenario], trees: Trees
) -> Iterator[Struck]:
    """Every different strike once, in the cheapest scenario that has it, best one that does not
    fail anyway.
    """
    seen: set[tuple[str, ...]] = set()
    for one in sorted(looked, key=lambda one: (one.fails, one.reach)):
        scenario = scenarios[one.reach.case.scenario]
        for strike in one.strikes:
            if strike.novelty not in seen:
                seen.add(strike.novelty)
                yield Struck(trees, replace(scenario, faults=strike.faults))


class Ways:
    """What is reached, the cheapest first, and the way of each through a function."""

    def __init__(self, reaches: Iterable[Reach]) -> None:
        self._reaches = sorted(reaches)
        self._ways: dict[tuple[str, tuple[int, int]], list[frozenset[int]]] = {}

    def cases(self, mutant: Mutant) -> list[Case]:
        """The cases that reach a mutant: first one, the cheapest, for each different way through
        the lines of the function that it stands in; then all others. Of one that all reach, as of a
        template, first those that run most.
        """
        if not mutant.lines:
            return self._all
        known: set[frozenset[int]] = set()
        first: list[Case] = []
        rest: list[Case] = []
        for reach, way in zip(self._reaches, self._through(mutant), strict=True):
            if reach.reaches(mutant):
                (rest if way in known else first).append(reach.case)
                known.add(way)
        return first + rest

    def _through(self, mutant: Mutant) -> list[frozenset[int]]:
        """The lines of the mutant's function that each of them runs."""
        key = mutant.path, mutant.span
        if key not in self._ways:
            span = frozenset(range(mutant.span[0], mutant.span[1] + 1))
            self._ways[key] = [
                reach.lines.get(mutant.path, frozenset()) & span for reach in self._reaches
            ]
        return self._ways[key]

    @cached_property
    def _all(self) -> list[Case]:
        """All of them: each next one runs most lines that none before it does, for its cost."""
        lines = {
            reach: {(path, line) for path, some in reach.lines.items() for line in some}
            for reach in self._reaches
        }
        ordered: list[Case] = []
        seen: set[tuple[str, int]] = set()
        while lines:
            best = max(lines, key=lambda reach: len(lines[reach] - seen) / (reach.cost + SET_UP))
            if not lines[best] - seen:
                break
            seen |= lines.pop(best)
            ordered.append(best.case)
        return ordered + [reach.case for reach in self._reaches if reach in lines]
