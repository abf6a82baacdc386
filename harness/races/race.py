"""One race: an invocation at every moment on both sides, and what legacy cannot come to."""

from __future__ import annotations

from typing import Any

from harness.one_scenario import sides_of
from harness.outcomes import key_of, nearest, outcome
from harness.races.moments import SETTLED, at, moments, slowed, without
from harness.races.results import New, Race, Raced
from harness.recording import Recording
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides
from harness.tree import Tree

LARGE = 100
"""Calls of a scenario from which on nothing is moved about in it."""


def race(asked: Race) -> Raced:
    """Run one race, in this process."""
    return race_of(sides_of(asked.trees), asked.scenario, asked.moved)


def race_of(sides: Sides, plain: Scenario, moved: int) -> Raced:
    """Run the race in which one of a scenario's invocations is moved about."""
    scenario = slowed(plain)
    alone = run(sides.legacy, without(scenario, moved))
    if len(alone.calls) > LARGE:
        problem = f"it makes more than {LARGE} calls"
        return Raced(plain, moved, (0, 0), (0, 0), (), problem)
    legacy = _outcomes(sides.legacy, scenario, moved, moments(alone))
    theirs = moments(run(sides.refactored, without(scenario, moved)))
    refactored = _outcomes(sides.refactored, scenario, moved, theirs)
    if refactored.keys() - legacy.keys():
        # Legacy may come to it at a moment that was not tried.
        legacy |= _outcomes(sides.legacy, scenario, moved, moments(alone, dense=True))
    new = [
        New(at(scenario, moved, seconds), _after(recording, seconds), tuple(told))
        for key, (seconds, recording, found) in refactored.items()
        if key not in legacy
        for told in [nearest(found, [known for _, _, known in legacy.values()])]
    ]
    return Raced(
        plain,
        moved,
        (len(moments(alone)), len(theirs)),
        (len(legacy), len(refactored)),
        tuple(new),
    )


def _outcomes(
    tree: Tree, scenario: Scenario, moved: int, seconds: list[float]
) -> dict[str, tuple[float, Recording, Any]]:
    """The different outcomes, each with the first moment that leads to it."""
    found: dict[str, tuple[float, Recording, Any]] = {}
    for moment in seconds:
        recording = run(tree, at(scenario, moved, moment), settle=SETTLED)
        whole = outcome(recording, polls=False)
        found.setdefault(key_of(whole), (moment, recording, whole))
    return found


def _after(recording: Recording, seconds: float) -> str:
    """The call after which the invocation came."""
    before = [call for call in recording.calls if call.at < seconds]
    return f"{before[-1].name} ({before[-1].place})" if before else "the start"
