"""Switches under executions in flight: at each step of each of them, out and back, at once and part
by part, and while a function waits for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.rollout.results import Combination, Course, Look, Switch, Trial, Way
from harness.scenario import Scenario
from harness.switches import Moment

MOST_STEPS = 25
"""Steps of a scenario up to which each is a moment; of longer ones as many, evenly spread."""

CONTROL = "legacy deployed anew at every step"


@dataclass(frozen=True)
class Plan:
    """Switches of one kind. Those that are not `on_the_way` are what a safe way forbids."""

    name: str
    runs: tuple[tuple[Scenario, Course], ...]
    on_the_way: bool = True


def plans(
    looks: Sequence[Look],
    out: Way | None,
    back: Way | None,
    everything: Combination,
    full: Sequence[Trial],
) -> list[Plan]:
    """All switches to be made. `full` are the trials of the refactored tree, by which is known how
    often its functions invoke one another.
    """
    nothing: Combination = frozenset()
    flying = [look for look in looks if look.executions and look.steps > 1]
    fewer = _fewer(flying)
    inside = {trial.scenario: trial.inside for trial in full}
    found = [
        Plan(CONTROL, tuple(_once(fewer, nothing, nothing))),
        Plan("out, all at once", tuple(_once(flying, nothing, everything))),
        Plan("back, all at once", tuple(_once(flying, everything, nothing))),
    ]
    for name, path in (("out", out), ("back", back)):
        if path is None:
            continue
        if len(path.states) > 2:
            for number, (before, after) in enumerate(pairwise(path.states), 1):
                runs = tuple(_once(fewer, before, after))
                found.append(Plan(f"{name}, stage {number}", runs))
        singles = _one_by_one(path, back=name == "back")
        found.append(Plan(f"{name}, one part a step", tuple(_staggered(flying, singles))))
    if back is not None:
        # While one function waits for another: at the first stage, which must bear it, and at all
        # at once, which must not be done so.
        runs = tuple(
            _inside(fewer, inside, everything, back.states[1:2][0] if back.stages else nothing)
        )
        if len(back.states) > 2:
            found.append(Plan("back, stage 1, with invocations under way", runs))
        runs = tuple(_inside(fewer[:1], inside, everything, nothing))
        found.append(Plan("back, all at once, with invocations under way", runs, on_the_way=False))
    return [plan for plan in found if plan.runs]


def _fewer(looks: Sequence[Look]) -> list[Look]:
    """Those of them that enter all states and routes that they all enter."""
    seen: dict[str, frozenset[tuple[str, ...]]] = {
        look.scenario.name: frozenset(p for p in look.points if p[0] in ("state", "route"))
        for look in looks
    }
    found: list[Look] = []
    left = frozenset[tuple[str, ...]]().union(*seen.values())
    while left:
        best = max(looks, key=lambda look: len(seen[look.scenario.name] & left) / look.steps)
        found.append(best)
        left -= seen[best.scenario.name]
    return [look for look in looks if look in found]


def _moments(look: Look) -> list[Moment]:
    """Before each step but the first, which is no flight yet."""
    steps = range(2, look.steps + 1)
    if len(steps) <= MOST_STEPS:
        return [Moment(step) for step in steps]
    last = len(steps) - 1
    return [Moment(steps[round(n * last / (MOST_STEPS - 1))]) for n in range(MOST_STEPS)]


def _once(
    looks: Sequence[Look], start: Combination, new: Combination
) -> Iterator[tuple[Scenario, Course]]:
    for look in looks:
        for moment in _moments(look):
            yield look.scenario, Course(start, (Switch(moment, new),))


def _one_by_one(path: Way, *, back: bool) -> list[Combination]:
    """The combinations of a way with one part at a time; its stages may be gone through so."""
    found = [path.states[0]]
    for before, after in pairwise(path.states):
        for part in sorted(before ^ after):
            found.append(found[-1] - {part} if back else found[-1] | {part})
    return found


def _staggered(
    looks: Sequence[Look], states: Sequence[Combination]
) -> Iterator[tuple[Scenario, Course]]:
    """One part at each step, beginning at each."""
    for look in looks:
        for first in range(2, look.steps + 1)[:MOST_STEPS]:
            switches = tuple(
                Switch(Moment(first + n), state)
                for n, state in enumerate(states[1:])
                if first + n <= look.steps
            )
            yield look.scenario, Course(states[0], switches)


def _inside(
    looks: Sequence[Look], inside: dict[str, int], start: Combination, new: Combination
) -> Iterator[tuple[Scenario, Course]]:
    for look in looks:
        for number in range(1, min(inside.get(look.scenario.name, 0), MOST_STEPS) + 1):
            yield look.scenario, Course(start, (Switch(Moment(number, inside=True), new),))
