"""What a benchmark found, and its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drs_refactor.model import Gates
from harness.bench.causes import Share
from harness.bench.draws import Pair
from harness.bench.gates import Budget, Level
from harness.bench.growth import Curve
from harness.bench.latency import Latencies
from harness.bench.sensitivity import Sensitive
from harness.bench.usage import Reached, Usage
from harness.compute.pairs import FASTER, INCONCLUSIVE, INVALID, OVER, WITHIN
from harness.compute.results import Compute, PowerPoint


@dataclass(frozen=True)
class Gate:
    """One that decides, with what it says for people."""

    name: str
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Bench:
    """A benchmark. `begun` counts the draws of executions that were measured only until their first
    StartRecovery; `left_out` says what was not measured, and why.
    """

    gates: Gates
    latencies: Latencies
    seed: int
    scenario: str
    draws: int
    begun: int
    levels: tuple[Level, ...]
    budgets: tuple[Budget, ...]
    shares: tuple[Share, ...]
    sensitivity: tuple[Sensitive, ...]
    usage: tuple[Usage, Usage]
    reached: Mapping[str, tuple[Reached, ...]]
    curves: tuple[Curve, ...]
    compute: Compute | None
    power: tuple[PowerPoint, ...]
    example: Pair
    left_out: tuple[str, ...]
    problems: tuple[str, ...]
    seconds: float

    @property
    def deciding(self) -> tuple[Gate, ...]:
        """The gates on which the verdict hangs."""
        return tuple(self._deciding())

    def _deciding(self) -> Iterator[Gate]:
        for level in self.levels:
            if level.decides:
                yield Gate(level.name, level.verdict, of_level(level))
        for budget in self.budgets:
            if budget.decides:
                yield Gate(budget.title, budget.verdict, of_budget(budget))
        if self.compute is not None:
            verdict = self.compute.verdict
            told = next(one for one in self.compute.levels if one.verdict == verdict)
            yield Gate("compute", verdict, told.sentence)
        for curve in self.curves:
            if curve.verdict != WITHIN:
                yield Gate(f"growth with {curve.dimension}", OVER, of_curve(curve))

    @property
    def verdict(self) -> str:
        """invalid where runs were lost; else the worst of the gates, over before invalid: what is
        over stays so, whatever another gate's control did.
        """
        verdicts = {gate.verdict for gate in self.deciding}
        if self.problems:
            return INVALID
        for verdict in (OVER, INVALID, FASTER, INCONCLUSIVE):
            if verdict in verdicts:
                return verdict
        return WITHIN


def of_level(level: Level) -> str:
    """A level's verdict in words, with its denominators."""
    ratio, band = level.ratio, level.band
    said = {
        WITHIN: f"lies inside ±{band:.0%}",
        OVER: f"is more than {band:.0%} longer",
        FASTER: f"is more than {band:.0%} shorter: look whether work is left out",
        INCONCLUSIVE: f"may lie inside ±{band:.0%} or not: more draws would tell",
    }[level.verdict]
    return (
        f"the refactored {level.name} {said}: {_per_cent(ratio.value)} "
        f"[{_per_cent(ratio.low)}, {_per_cent(ratio.high)}] of {level.legacy:,.3f} s, mean of "
        f"{level.count:,} in {level.draws:,} draws"
    )


def _per_cent(ratio: float) -> str:
    return f"{ratio - 1:+.2%}"


def of_budget(budget: Budget) -> str:
    """A budget's verdict in words."""
    assert budget.limit is not None
    added = budget.added
    said = {
        WITHIN: "keeps its budget",
        OVER: "is over its budget",
        INCONCLUSIVE: "may be over its budget: more draws would tell",
    }[budget.verdict]
    return (
        f"{said} of {budget.limit:g} s added: {added.value:+.3f} s "
        f"[{added.low:+.3f}, {added.high:+.3f}] to {budget.legacy:.3f} s, of {budget.count:,} waits"
    )


def of_curve(curve: Curve) -> str:
    """A growth of another order in words."""
    legacy, refactored = curve.orders
    return (
        f"{curve.measure} grow with {curve.dimension} to the power of {refactored:.2f}, legacy's "
        f"to that of {legacy:.2f}: {curve.refactored[-1]:,.0f} against {curve.legacy[-1]:,.0f} at "
        f"{curve.sizes[-1]:,}"
    )
