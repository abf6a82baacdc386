"""How often the test finds a true effect, and how often it cries wolf: runs of the same sequential
test, resampled from recorded pairs of legacy against itself with an effect planted in them.

Noise is correlated, so blocks of pairs that followed one another are drawn, not single pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log1p
from random import Random

from drs_refactor.errors import InputError
from harness.compute.intervals import log_ratios, of_logs
from harness.compute.pairs import BY_RATIO, FASTER, INCONCLUSIVE, LOOKS, OVER, WITHIN
from harness.compute.results import PowerPoint

EFFECTS = (-12.0, -8.0, -6.0, -5.0, -4.0, -3.0, 0.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
"""Percent by which the second of a pair takes longer."""

BLOCK = 20
"""Pairs that stay together."""

RUNS = 400
"""Resampled runs for each effect: shares are right to about 0.025."""

PAIRS = 2_000
"""Recorded pairs to draw from."""


def power(
    legacy: Sequence[float],
    again: Sequence[float],
    *,
    seed: int,
    runs: int = RUNS,
    effects: Sequence[float] = EFFECTS,
) -> tuple[PowerPoint, ...]:
    """The share of each verdict by ratio alone, for each effect. Raises InputError for pairs that
    make no ratios, and for too few to draw blocks from.
    """
    logs = log_ratios("legacy against itself", legacy, again)
    if len(logs) < LOOKS[-1]:
        raise InputError(
            f"{len(logs)} recorded pairs are too few to resample from",
            mend=f"Record {LOOKS[-1]} at least; {PAIRS} are usual",
        )
    return tuple(_point(logs, percent, Random(f"{seed}/{percent}"), runs) for percent in effects)


def false_alarms(points: Sequence[PowerPoint]) -> float:
    """The share of runs that found a difference over the band where there is none at all."""
    found = next(point for point in points if point.percent == 0)
    return found.shares[OVER] + found.shares[FASTER]


def _point(logs: Sequence[float], percent: float, rng: Random, runs: int) -> PowerPoint:
    effect = log1p(percent / 100)
    counted = Counter(_verdict(_drawn(logs, rng), effect) for _ in range(runs))
    names = (WITHIN, OVER, FASTER, INCONCLUSIVE)
    return PowerPoint(percent, {name: counted[name] / runs for name in names}, runs, len(logs))


def _drawn(logs: Sequence[float], rng: Random) -> list[float]:
    """As many pairs as a run has at most, block by block."""
    found: list[float] = []
    while len(found) < LOOKS[-1]:
        begin = rng.randrange(len(logs) - BLOCK + 1)
        found += logs[begin : begin + BLOCK]
    return found


def _verdict(logs: Sequence[float], effect: float) -> str:
    """That of the first look that decides."""
    for look in LOOKS:
        verdict = BY_RATIO.verdict(of_logs([one + effect for one in logs[:look]]))
        if verdict != INCONCLUSIVE:
            return verdict
    return INCONCLUSIVE
