"""What a figure of paired draws is, and between what: bootstrap over the draws."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Drawn = TypeVar("Drawn")

RESAMPLED = 1_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A figure, and where it lies with 95 % confidence."""

    value: float
    low: float
    high: float

    def is_inside(self, low: float, high: float) -> bool:
        """True if all of it is."""
        return low <= self.low and self.high <= high


def interval(
    drawn: Sequence[Drawn], figure: Callable[[Sequence[Drawn]], float], seed: int = 0
) -> Interval:
    """The figure of all draws; the percentiles of what draws with replacement give (Efron)."""
    chance = random.Random(seed)
    found = sorted(figure(chance.choices(drawn, k=len(drawn))) for _ in range(RESAMPLED))
    tail = (1 - CONFIDENCE) / 2
    low, high = found[int(tail * RESAMPLED)], found[int((1 - tail) * RESAMPLED) - 1]
    return Interval(figure(drawn), low, high)


def quantile(values: Sequence[float], u: float) -> float:
    """The value that a share `u` of the values is at most, interpolated (Hyndman and Fan's 7)."""
    ordered = sorted(values)
    place = u * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
