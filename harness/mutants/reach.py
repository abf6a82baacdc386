"""Which case reaches which lines of the refactored tree, and what it costs to run. A case is a
scenario, undisturbed or with faults.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.aws.faults import Fault
from harness.comparison import compare
from harness.faults.results import Strike
from harness.faults.strikes import LARGE, strikes_of
from harness.mutants.model import Mutant
from harness.one_scenario import sides_of
from harness.reached import Tracer
from harness.recording import Recording
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides


@dataclass(frozen=True)
class Case:
    """A scenario by name, and the faults that strike it."""

    scenario: str
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return ", ".join((self.scenario, *(fault.kind for fault in self.faults)))


@dataclass(frozen=True)
class Reach:
    """The lines of a case by path within the tree, and the seconds of a run."""

    case: Case
    lines: Mapping[str, frozenset[int]]
    seconds: float

    def reaches(self, mutant: Mutant) -> bool:
        """True if it runs what the mutant changed."""
        return not mutant.lines or bool(self.lines.get(mutant.path, frozenset()) & {*mutant.lines})


@dataclass(frozen=True)
class Reached:
    """A scenario undisturbed, and the strikes that can be made in it."""

    reach: Reach
    strikes: tuple[Strike, ...]
    diverges: bool


@dataclass(frozen=True)
class Struck:
    """What a worker is told: a scenario and the strikes of which it traces each."""

    trees: Trees
    scenario: Scenario
    strikes: tuple[Strike, ...]


def reached_by(trees: Trees, scenario: Scenario) -> Reached:
    """Run a scenario on both trees, and once more traced; in this process."""
    sides = sides_of(trees)
    legacy = run(sides.legacy, scenario)
    began = time.perf_counter()
    refactored = run(sides.refactored, scenario)
    seconds = time.perf_counter() - began
    strikes: Iterable[Strike] = ()
    if len(legacy.calls) <= LARGE:
        strikes = strikes_of(sides, legacy, refactored)
    diverges = bool(compare(legacy, refactored, sides.rules).divergences)
    reach = Reach(Case(scenario.name), _traced(sides, scenario), seconds)
    return Reached(reach, tuple(strikes), diverges)


def reached_by_strikes(struck: Struck) -> list[Reach]:
    """What each strike of a scenario reaches, traced; in this process."""
    sides = sides_of(struck.trees)
    found = []
    for strike in struck.strikes:
        scenario = replace(struck.scenario, faults=strike.faults)
        began = time.perf_counter()
        lines = _traced(sides, scenario)
        case = Case(scenario.name, strike.faults)
        found.append(Reach(case, lines, time.perf_counter() - began))
    return found


def _traced(sides: Sides, scenario: Scenario) -> dict[str, frozenset[int]]:
    tracer = Tracer(sides.refactored)
    with tracer.tracing():
        recorded: Recording = run(sides.refactored, scenario)
    assert recorded is not None
    root = sides.refactored.root.resolve()
    return {
        path.removeprefix(f"{root}/"): frozenset(abs(n) for arc in arcs for n in arc)
        for path, arcs in tracer.take().items()
    }


def different(
    looked: Sequence[Reached], scenarios: Mapping[str, Scenario], trees: Trees
) -> Iterator[Struck]:
    """Every different strike once, in the cheapest scenario that has it."""
    seen: set[tuple[str, ...]] = set()
    for one in sorted(looked, key=lambda one: one.reach.seconds):
        new = []
        for strike in one.strikes:
            if strike.novelty not in seen:
                seen.add(strike.novelty)
                new.append(strike)
        if new:
            yield Struck(trees, scenarios[one.reach.case.scenario], tuple(new))


def in_order(reaches: Iterable[Reach], mutant: Mutant, span: range) -> list[Case]:
    """The cases that reach a mutant: first one, the cheapest, for each different way through the
    lines of `span`, the function that it stands in; then all others.
    """
    ways: set[frozenset[int]] = set()
    first: list[Case] = []
    rest: list[Case] = []
    for reach in sorted(reaches, key=lambda reach: reach.seconds):
        if not reach.reaches(mutant):
            continue
        way = frozenset(n for n in reach.lines.get(mutant.path, ()) if n in span)
        (rest if way in ways else first).append(reach.case)
        ways.add(way)
    return first + rest
