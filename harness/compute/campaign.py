"""Rounds of plays, until the pairs decide or there are enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random

from drs_refactor.errors import InputError
from harness.compute import callgrind
from harness.compute.company import AGAIN, LEGACY, REFACTORED, Company
from harness.compute.intervals import FEWEST
from harness.compute.pairs import FLOOR, LOOKS, is_decided, judge, looks, overall
from harness.compute.power import PAIRS
from harness.compute.results import Compute, Judged
from harness.results import Trees
from harness.scenario import Scenario
from harness.sides import read_sides

Told = Callable[[int, int], None]
"""Told how many rounds are done, and how many there are at most."""


def compute(
    trees: Trees,
    scenario: Scenario,
    *,
    seed: int,
    at_most: int = LOOKS[-1],
    floor: float = FLOOR,
    told: Told = lambda *_: None,
    counted: bool = False,
) -> Compute:
    """What the trees' own code costs in a scenario; `floor` is in seconds an invocation from
    outside, `counted` counts instructions too, where there is valgrind.

    Raises InputError for too few pairs, and where there is nothing to play.
    """
    check_enough(at_most)
    began = time.perf_counter()
    sides = read_sides(trees)
    company, rng, judged = Company(sides, scenario), Random(seed), list[Judged]()
    for look in looks(at_most):
        company.play(rng, look)
        told(look, at_most)
        judged = [judge(paired, floor) for paired in company.paired()]
        if all(map(is_decided, judged)):
            break
    legacy, refactored = company.last(LEGACY), company.last(REFACTORED)
    found = Compute(
        scenario=scenario.name,
        verdict=overall(judged),
        levels=tuple(judged),
        paired=company.paired(),
        clients=(legacy.clients, refactored.clients),
        calls=(legacy.calls, refactored.calls),
        plumbing=(company.plumbing(LEGACY), company.plumbing(REFACTORED)),
        seed=seed,
        seconds=time.perf_counter() - began,
    )
    return replace(found, instructions=callgrind.count(sides, scenario)) if counted else found


def check_enough(pairs: int) -> None:
    """Raise InputError for too few pairs."""
    if pairs < FEWEST:
        raise InputError(f"{pairs} pairs are too few for a verdict", mend=f"Ask for {FEWEST}")


def control(
    trees: Trees,
    scenario: Scenario,
    *,
    seed: int,
    pairs: int = PAIRS,
    told: Told = lambda *_: None,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds of an execution of legacy, and of legacy again, in pairs: what `power` draws from."""
    company, rng = Company(read_sides(trees), scenario), Random(seed)
    for look in range(LOOKS[0], pairs + LOOKS[0], LOOKS[0]):
        done = min(look, pairs)
        company.play(rng, done, (LEGACY, AGAIN))
        told(done, pairs)
    return company.seconds(LEGACY), company.seconds(AGAIN)
