"""A whole benchmark: on virtual time with workers, then in wall time with nothing beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from drs_refactor.errors import InputError
from drs_refactor.model import Gates
from harness.bench import growth
from harness.bench.causes import shares
from harness.bench.code_growth import Code, Sized, code_of
from harness.bench.draws import Pair, Task, Told, one_draw, pairs
from harness.bench.gates import budgets, levels
from harness.bench.growth import Curve
from harness.bench.latency import Latencies
from harness.bench.results import Bench
from harness.bench.sensitivity import sensitivity
from harness.bench.usage import Reached, reached, usage
from harness.bench.workloads import Size, beginning, workload
from harness.compute.campaign import check_enough, compute, control
from harness.compute.power import power
from harness.compute.results import Compute, PowerPoint
from harness.executor import Workers
from harness.results import Trees
from harness.scenario import Scenario

FEWEST = 20
"""Draws at least: of fewer, a p95 is the greatest of them."""


@dataclass(frozen=True)
class Extent:
    """How much is measured: draws of whole executions, pairs of plays at most; `power` is how
    often which verdict would be given, `instructions` are counted under valgrind.
    """

    draws: int = 160
    pairs: int = 240
    quick: bool = False
    power: bool = False
    instructions: bool = False

    @property
    def begins(self) -> int:
        """Draws of begins, which are short: as the only thing measured there is a p95, more."""
        return 3 * self.draws


QUICK = Extent(draws=48, quick=True)


def bench(
    trees: Trees,
    latencies: Latencies,
    gates: Gates,
    extent: Extent,
    told: Told,
    *,
    seed: int = 0,
    scenario: Scenario | None = None,
) -> Bench:
    """Measure; `scenario` is the execution to be measured, a drill of two waves of three servers
    if there is none. Raises InputError for too few draws or pairs, and for trees that cannot be
    read.
    """
    if extent.draws < FEWEST:
        raise InputError(
            f"{extent.draws} draws say nothing of a p95", mend=f"Ask for {FEWEST} or more"
        )
    check_enough(extent.pairs)
    began = time.perf_counter()
    asked = scenario or workload(Size())
    with Workers(work, count=os.cpu_count() or 1) as workers:
        draws, problems = pairs(
            workers, _tasks(trees, asked, latencies, seed, extent.draws), told, "executions"
        )
        begins: list[Pair] = []
        curves: list[Curve] = []
        limits: dict[str, tuple[Reached, ...]] = {}
        if scenario is None:
            short = _tasks(trees, beginning(), latencies, seed + 1, extent.begins)
            begins, more = pairs(workers, short, told, "begins")
            problems += more
            curves, limits, more = _grown(workers, trees, latencies, told, quick=extent.quick)
            problems += more
    if not draws:
        raise InputError(
            f"nothing was measured: {problems[0]}" if problems else "nothing was measured",
            mend="Run verify first: it tells what is wrong",
        )
    computed = compute(
        trees, asked, seed=seed, at_most=extent.pairs, floor=gates.compute_floor,
        told=lambda done, most: told(done, most, "pairs of plays"), counted=extent.instructions,
    )  # fmt: skip
    points = _power(trees, asked, seed, told) if extent.power else ()
    return Bench(
        gates,
        latencies,
        seed,
        asked.name,
        len(draws),
        len(begins),
        tuple(levels(draws, gates)),
        tuple(budgets(draws, begins, gates)),
        tuple(shares(draws)),
        tuple(sensitivity(draws, begins, latencies, gates)),
        usage(draws, latencies.prices),
        limits,
        tuple(curves),
        computed,
        points,
        draws[0],
        tuple(_left_out(scenario, extent, computed)),
        (*problems, *_not_alike([*draws, *begins])),
        time.perf_counter() - began,
    )


def _tasks(
    trees: Trees, scenario: Scenario, latencies: Latencies, seed: int, count: int
) -> list[Task]:
    return [Task(trees, scenario, latencies, seed, number, count) for number in range(count)]


def work(task: object) -> object:
    """What a worker does with either kind of task."""
    if isinstance(task, Sized):
        return code_of(task)
    assert isinstance(task, Task)
    return one_draw(task)


def _grown(
    workers: Workers[object, object], trees: Trees, latencies: Latencies, told: Told, *, quick: bool
) -> tuple[list[Curve], dict[str, tuple[Reached, ...]], list[str]]:
    """All curves, where limits are reached, and what was lost."""
    wanted: list[tuple[str, int, Task | Sized]] = [
        *growth.tasks(trees, latencies, quick=quick),
        *([] if quick else growth.code_tasks(trees)),
    ]
    # The longest first, so that no worker is left with it at the end.
    wanted.sort(key=lambda one: -one[1])
    runs: dict[tuple[str, int], Pair] = {}
    code: dict[tuple[str, int], Code] = {}
    problems: list[str] = []

    def noted(index: int, result: object) -> None:
        dimension, size, _ = wanted[index]
        if isinstance(result, Pair):
            runs[dimension, size] = result
        elif isinstance(result, Code):
            code[dimension, size] = result
        else:
            problems.append(f"{size:,} {dimension}: {result}")
        told(len(runs) + len(code) + len(problems), len(wanted), "sizes")

    workers.run([task for _, _, task in wanted], noted)
    curves = [*growth.curves(runs, quick=quick), *growth.code_curves(code)]
    return curves, _limits(runs), [*problems, *_not_alike(list(runs.values()))]


def _limits(grown: dict[tuple[str, int], Pair]) -> dict[str, tuple[Reached, ...]]:
    """Which number of servers reaches a limit, by side."""
    sizes = sorted(size for dimension, size in grown if dimension == growth.SERVERS)
    if len(sizes) < 2:
        return {}
    few, many = grown[growth.SERVERS, sizes[-2]], grown[growth.SERVERS, sizes[-1]]
    ends = sizes[-2], sizes[-1]
    return {
        "legacy": reached(few.legacy, many.legacy, ends),
        "refactored": reached(few.refactored, many.refactored, ends),
    }


def _power(trees: Trees, asked: Scenario, seed: int, told: Told) -> tuple[PowerPoint, ...]:
    """Of pairs of legacy with itself, recorded for that."""
    pairs = control(
        trees, asked, seed=seed, told=lambda done, most: told(done, most, "pairs of controls")
    )
    return power(*pairs, seed=seed)


def _left_out(scenario: Scenario | None, extent: Extent, computed: Compute) -> list[str]:
    found = []
    if scenario is not None:
        found.append("growth, and begins by themselves: a scenario of one's own has one size")
    elif extent.quick:
        found.append("growth to the greatest sizes, and that of tree code: --quick")
    if not extent.power:
        found.append("how often which verdict on tree code is given: --power")
    if not extent.instructions:
        found.append("processor instructions: --instructions")
    elif computed.instructions is None:
        found.append("processor instructions: valgrind is not installed")
    return found


def _not_alike(found: Sequence[Pair]) -> list[str]:
    """Two executions that end differently cannot be compared."""
    return [
        f"draw {pair.draw}: legacy {pair.legacy.status}, refactored {pair.refactored.status}"
        for pair in found
        if pair.legacy.status != pair.refactored.status
    ][:3]
