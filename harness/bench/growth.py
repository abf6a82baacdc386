"""How cost grows with the size of a plan and of the account, on both sides: by how many seconds of
the latency model at its medians, calls, and bytes. Growth of another order than legacy's is over
budget, whatever a small plan says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.bench.code_growth import Code, Sized
from harness.bench.draws import Pair, Task
from harness.bench.latency import Distribution, Latencies
from harness.bench.levels import Measured
from harness.bench.pace import JOBS
from harness.bench.workloads import Size, workload
from harness.results import Trees

_ONE = Size(waves=1, servers=1, source_servers=1)

POLL_SECONDS = 30.0

SERVERS = "servers in a wave"

DIMENSIONS: Mapping[str, tuple[tuple[int, ...], Callable[[int], Size]]] = {
    SERVERS: ((1, 10, 30, 100), lambda n: replace(_ONE, servers=n)),
    "waves": ((1, 5, 10, 20), lambda n: replace(_ONE, waves=n)),
    "polls of a wave": ((1, 20, 60, 200), lambda n: replace(_ONE, seconds=n * POLL_SECONDS - 10)),
    "source servers in the account": (
        (1, 400, 1_200, 4_000),
        lambda n: replace(_ONE, tags=True, source_servers=n),
    ),
}
"""What grows, through which sizes, and the plan of each."""

CODE = "ms of tree code"
MEASURES = ("busy seconds", "AWS calls", "bytes", CODE)
ORDER_APART, ORDER_OF_CODE_APART = 0.25, 0.6
"""By how much orders differ before they are said to: a fit of few points is no better, and one of
wall time is worse.
"""

FLAT = 0.02
"""What grows by less than this share of its value at the smallest size does not grow."""


@dataclass(frozen=True)
class Curve:
    """One measure of one dimension: what either side has at each size."""

    dimension: str
    measure: str
    sizes: tuple[int, ...]
    legacy: tuple[float, ...]
    refactored: tuple[float, ...]

    @property
    def orders(self) -> tuple[float, float]:
        """With which power of the size each side grows: 0 not at all, 1 in proportion."""
        return order(self.sizes, self.legacy), order(self.sizes, self.refactored)

    @property
    def verdict(self) -> str:
        """over where the refactored side grows with another power than legacy."""
        legacy, refactored = self.orders
        apart = ORDER_OF_CODE_APART if self.measure == CODE else ORDER_APART
        return "over" if refactored > legacy + apart else "within"


def order(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of what is added to the smallest, log by log, over the last two sizes, where what
    does not grow weighs least.
    """
    added = [cost - costs[0] for cost in costs]
    least = FLAT * abs(costs[0])
    if added[-1] <= least:
        return 0.0
    step = math.log((sizes[-1] - sizes[0]) / (sizes[-2] - sizes[0]))
    # What begins to grow between the last two sizes grows with no small power.
    return math.log(added[-1] / max(added[-2], least / 100, 1e-9)) / step


def sizes_of(dimension: str, *, quick: bool = False) -> tuple[int, ...]:
    """The sizes at which a dimension is measured."""
    sizes = DIMENSIONS[dimension][0]
    return sizes[:3] if quick else sizes


def tasks(
    trees: Trees, latencies: Latencies, *, quick: bool = False
) -> list[tuple[str, int, Task]]:
    """What is to be run: by dimension and size."""
    steady = at_medians(latencies)
    found = []
    for dimension, (_, size) in DIMENSIONS.items():
        for number in sizes_of(dimension, quick=quick):
            task = Task(trees, workload(size(number)), steady, 0, 0, 1, as_it_is=True)
            found.append((dimension, number, task))
    return found


def at_medians(latencies: Latencies) -> Latencies:
    """The model without chance."""
    entries = {
        name: replace(entry, seconds=Distribution(entry.seconds.p50))
        for name, entry in latencies.entries.items()
    }
    return replace(latencies, entries=entries)


def code_tasks(trees: Trees) -> list[tuple[str, int, Sized]]:
    """What is to be played, by dimension and size: all but the greatest, which record for long."""
    return [
        (dimension, number, Sized(trees, workload(size(number))))
        for dimension, (_, size) in DIMENSIONS.items()
        for number in sizes_of(dimension)[:3]
    ]


def code_curves(found: Mapping[tuple[str, int], Code]) -> list[Curve]:
    """Those of tree code, of the sizes that were played."""
    curves = []
    for dimension in DIMENSIONS:
        sizes = sorted(size for name, size in found if name == dimension)
        if len(sizes) > 2:
            runs = [found[dimension, size] for size in sizes]
            legacy = tuple(1000 * code.legacy for code in runs)
            refactored = tuple(1000 * code.refactored for code in runs)
            curves.append(Curve(dimension, CODE, tuple(sizes), legacy, refactored))
    return curves


def curves(found: Mapping[tuple[str, int], Pair], *, quick: bool = False) -> list[Curve]:
    """All curves of which every size was measured, but those of tree code."""
    curves = []
    for dimension in DIMENSIONS:
        sizes = sizes_of(dimension, quick=quick)
        if all((dimension, n) in found for n in sizes):
            runs = [found[dimension, n] for n in sizes]
            curves += [
                Curve(
                    dimension,
                    measure,
                    sizes,
                    tuple(_cost(pair.legacy, measure) for pair in runs),
                    tuple(_cost(pair.refactored, measure) for pair in runs),
                )
                for measure in MEASURES
                if measure != CODE
            ]
    return curves


def _cost(one: Measured, measure: str) -> float:
    if measure == "busy seconds":
        return math.fsum(s for (cause, _, _), s in one.spent.items() if cause != JOBS)
    if measure == "AWS calls":
        return float(sum(one.calls.values()))
    return float(sum(i.request + i.response for i in one.invocations))
