"""The verdicts: each level's ratio against its band, the seconds added to each wait against its
budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log
from statistics import fmean

from drs_refactor.model import Gates
from harness.bench.draws import Pair
from harness.bench.intervals import Interval, interval, quantile
from harness.bench.levels import HANDOVER, TO_RECOVERY, Measured
from harness.compute.pairs import FASTER, INCONCLUSIVE, OVER, WITHIN

Times = tuple[Sequence[float], Sequence[float]]
"""Of one draw: seconds of legacy, and of refactored."""

WAITS = {
    TO_RECOVERY: "begin → StartRecovery",
    HANDOVER: "last server launched → next StartRecovery",
}
"""What people wait for."""


@dataclass(frozen=True)
class Level:
    """One level: mean seconds of either side, of so many of them in so many draws, the ratio of the
    means and its verdict. `decides` is whether the verdict of all hangs on it.
    """

    name: str
    legacy: float
    refactored: float
    count: int
    draws: int
    ratio: Interval
    band: float
    verdict: str
    decides: bool

    @property
    def added(self) -> float:
        return self.refactored - self.legacy


@dataclass(frozen=True)
class Budget:
    """One wait at one quantile: seconds of either side, what is added, and what may be."""

    name: str
    quantile: float
    legacy: float
    refactored: float
    count: int
    added: Interval
    limit: float | None
    verdict: str

    @property
    def decides(self) -> bool:
        return self.limit is not None

    @property
    def title(self) -> str:
        return f"{WAITS[self.name]}, p{self.quantile * 100:g}"


def levels(pairs: Sequence[Pair], gates: Gates) -> list[Level]:
    """Execution, wave and action; only the first decides."""
    found = [
        _level("execution", pairs, lambda one: (one.execution,), gates.execution, decides=True),
        _level("wave", pairs, lambda one: one.waves, gates.execution),
        _level("action", pairs, lambda one: [s for _, s in one.actions], gates.execution),
    ]
    return [level for level in found if level is not None]


def _level(
    name: str,
    pairs: Sequence[Pair],
    times: Callable[[Measured], Sequence[float]],
    band: float,
    *,
    decides: bool = False,
) -> Level | None:
    """None where a side never has any, as a scenario without waves."""
    both = _both(pairs, times)
    if not both:
        return None
    legacy, refactored = _sides(both)
    found = interval(both, _ratio)
    return Level(
        name,
        fmean(legacy),
        fmean(refactored),
        len(legacy),
        len(both),
        found,
        band,
        judged(found, band),
        decides,
    )


def _both(pairs: Sequence[Pair], times: Callable[[Measured], Sequence[float]]) -> list[Times]:
    """Of the draws in which either side has any: seconds of legacy and of refactored."""
    both = [(times(pair.legacy), times(pair.refactored)) for pair in pairs]
    return [(old, new) for old, new in both if old and new]


def _sides(both: Sequence[Times]) -> tuple[list[float], list[float]]:
    """All seconds of legacy, and of refactored."""
    return [s for old, _ in both for s in old], [s for _, new in both for s in new]


def _ratio(both: Sequence[Times]) -> float:
    """Of the means: a draw that takes longer weighs more, as it does for whoever waits."""
    legacy, refactored = _sides(both)
    return fmean(refactored) / fmean(legacy)


def judged(ratio: Interval, band: float) -> str:
    """Inside the band, above it, below it, or none of them."""
    low, high = exp(-log(1 + band)), 1 + band
    if ratio.is_inside(low, high):
        return WITHIN
    if ratio.low > high:
        return OVER
    return FASTER if ratio.high < low else INCONCLUSIVE


def budgets(pairs: Sequence[Pair], begins: Sequence[Pair], gates: Gates) -> list[Budget]:
    """What people wait for, at p50 and p95; those with a limit decide. `begins` are draws of which
    only the begin counts.
    """
    return [
        found
        for name in WAITS
        for share, limit in gates.of(name).items()
        if (found := _budget(name, share, limit, made_in(name, pairs, begins))) is not None
    ]


def made_in(name: str, pairs: Sequence[Pair], begins: Sequence[Pair]) -> Sequence[Pair]:
    """The draws in which a wait is made: in begins by themselves too, if it is of the begin."""
    return [*pairs, *begins] if name == TO_RECOVERY else pairs


def waits_of(name: str, one: Measured) -> tuple[float, ...]:
    """The seconds of a wait, as often as it was made."""
    if name == HANDOVER:
        return tuple(seconds for handover in one.handovers for seconds in handover.seconds)
    return () if one.to_recovery is None else (one.to_recovery,)


def times_waited(name: str, one: Measured) -> int:
    """How often a wait was made; each handover has a second for each phase."""
    return len(one.handovers) if name == HANDOVER else len(waits_of(name, one))


def _budget(name: str, share: float, limit: float | None, pairs: Sequence[Pair]) -> Budget | None:
    both = _both(pairs, partial(waits_of, name))
    if not both:
        return None

    def quantiles(some: Sequence[Times]) -> tuple[float, float]:
        legacy, refactored = _sides(some)
        return quantile(legacy, share), quantile(refactored, share)

    def added(some: Sequence[Times]) -> float:
        legacy, refactored = quantiles(some)
        return refactored - legacy

    found = interval(both, added)
    count = sum(times_waited(name, pair.legacy) for pair in pairs)
    return Budget(name, share, *quantiles(both), count, found, limit, within_budget(found, limit))


def within_budget(added: Interval, limit: float | None) -> str:
    """All of the interval under the limit, over it, or neither."""
    if limit is None or added.high <= limit:
        return WITHIN
    return OVER if added.low > limit else INCONCLUSIVE
