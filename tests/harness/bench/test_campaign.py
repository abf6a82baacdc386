from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from drs_refactor.errors import InputError
from drs_refactor.model import Gates
from harness.bench.campaign import Extent, _left_out, bench, work
from harness.bench.draws import Pair, Task, pairs
from harness.bench.latency_file import latencies
from harness.bench.workloads import Size, workload
from harness.compute.results import Instructions
from harness.executor import Workers
from harness.results import Trees
from tests.harness.bench.support import COMPUTE

SHORT = workload(Size(waves=2, servers=1, seconds=40.0))


def test_the_same_seed_gives_the_same_figures(trees: Trees) -> None:
    """In two processes of which neither knows what the other did before."""
    tasks = [Task(trees, SHORT, latencies(), 1, n, 3) for n in range(3)]
    with Workers(work, count=1) as workers:
        first, problems = pairs(workers, tasks, lambda *_: None, "draws")
    assert problems == []
    again = [work(task) for task in reversed(tasks)]
    assert [asdict(pair) for pair in first] == [asdict(pair) for pair in reversed(again)]
    other = work(replace(tasks[0], seed=2))
    assert isinstance(other, Pair)
    assert first[0].legacy.execution != other.legacy.execution


@pytest.mark.parametrize(
    ("extent", "what"),
    [
        (Extent(draws=19), "19 draws say nothing of a p95"),
        (Extent(pairs=39), "39 pairs are too few"),
    ],
)
def test_too_few_are_refused_before_anything_runs(trees: Trees, extent: Extent, what: str) -> None:
    missing = replace(trees, legacy=trees.legacy / "missing")
    with pytest.raises(InputError, match=what):
        bench(missing, latencies(), Gates(), extent, lambda *_: None)


def test_what_nobody_could_count_is_told() -> None:
    whole = Extent(power=True, instructions=True)
    assert _left_out(None, whole, COMPUTE) == [
        "processor instructions: valgrind is not installed",
    ]
    assert _left_out(None, whole, replace(COMPUTE, instructions=Instructions(1, 1))) == []
    assert len(_left_out(SHORT, Extent(), COMPUTE)) == 3
