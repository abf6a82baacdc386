from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from harness.bench.draws import Pair, Task, one_draw, pairs
from harness.bench.latency_file import latencies
from harness.bench.levels import START
from harness.bench.workloads import LAUNCH, PENDING, Size, beginning, drawn, workload
from harness.executor import Done, Lost
from harness.plans import JobTiming
from harness.results import Trees
from harness.scenario import PlannedJob
from tests.harness.bench.support import MEASURED

MODEL = latencies()


def task(trees: Trees, draw: int = 0, **changes: Any) -> Task:
    return replace(Task(trees, beginning(), MODEL, 0, draw, 4), **changes)


def test_both_sides_of_a_draw(trees: Trees) -> None:
    found = one_draw(task(trees, 3))
    assert found.draw == 3
    assert (found.legacy.status, found.refactored.status) == ("SUCCEEDED", "SUCCEEDED")
    assert found.legacy.to_recovery is not None
    assert found.refactored.to_recovery is not None
    assert found.legacy.to_recovery < found.refactored.to_recovery
    assert found == one_draw(task(trees, 3))


@pytest.mark.parametrize("changes", [{"draw": 2}, {"seed": 1}])
def test_draws_differ(trees: Trees, changes: dict[str, Any]) -> None:
    one, other = one_draw(task(trees)), one_draw(task(trees, **changes))
    assert one.legacy.to_recovery != other.legacy.to_recovery
    assert one.refactored.to_recovery != other.refactored.to_recovery


def test_jobs_are_charged_alike_on_both_sides(trees: Trees) -> None:
    plan = workload(Size(waves=1, servers=1))
    found = one_draw(task(trees, scenario=plan))
    [job] = drawn(plan, MODEL, 0, 0, 4).jobs
    assert job.timing is not None
    pending = job.timing.job_pending_seconds + job.timing.server_pending_seconds
    for side in (found.legacy, found.refactored):
        assert {key: seconds for key, seconds in side.spent.items() if key[0] == "DRS"} == {
            ("DRS", PENDING, "jobs"): pending,
            ("DRS", LAUNCH, "jobs"): job.timing.launch_seconds,
        }
        assert side.calls[START] == 1
        assert pending + job.timing.launch_seconds < side.execution


def test_only_jobs_that_were_started_are_charged(trees: Trees) -> None:
    timing = JobTiming(0.25, 0.5, 1.0, end_seconds=1.0)
    jobs = (PlannedJob(timing=timing), PlannedJob(timing=replace(timing, launch_seconds=900)))
    spent = one_draw(task(trees, scenario=replace(beginning(), jobs=jobs))).legacy.spent
    assert (spent["DRS", PENDING, "jobs"], spent["DRS", LAUNCH, "jobs"]) == (0.75, 1.0)


def test_as_it_is_jobs_take_what_the_scenario_says(trees: Trees) -> None:
    plain = workload(Size(waves=1, servers=1, seconds=60))
    found = one_draw(task(trees, scenario=plain, as_it_is=True))
    # A job of 65 s is seen to be over at the third poll, a drawn one takes minutes.
    assert found.legacy.calls["drs.DescribeJobs"] == found.refactored.calls["drs.DescribeJobs"] == 2


class Workers:
    """Those of `harness.executor`, with results that are given to them."""

    def __init__(self, *results: Pair | Lost, interrupted: bool = False) -> None:
        self._results, self._interrupted = results, interrupted

    def run(self, tasks: Sequence[Task], noted: Callable[[int, object], None]) -> Done[Any]:
        for number, result in enumerate(self._results):
            noted(number, result)
        return Done([], self._interrupted)


def pair(number: int) -> Pair:
    return Pair(number, MEASURED, MEASURED)


def gathered(workers: Any, tasks: int = 3) -> tuple[list[int], list[str], list[tuple[Any, ...]]]:
    told: list[tuple[Any, ...]] = []
    found, problems = pairs(workers, [None] * tasks, lambda *what: told.append(what), "begins")  # type: ignore[list-item]
    return [one.draw for one in found], problems, told


def test_pairs_come_in_the_order_of_their_draws() -> None:
    found, problems, told = gathered(Workers(pair(2), pair(0), pair(1)))
    assert found == [0, 1, 2]
    assert problems == []
    assert told == [(1, 3, "begins"), (2, 3, "begins"), (3, 3, "begins")]


def test_what_is_lost_is_a_problem() -> None:
    found, problems, told = gathered(Workers(pair(1), Lost("it hung", "at x")))
    assert (found, problems, told[-1]) == ([1], ["it hung at x"], (2, 3, "begins"))


def test_an_interruption_is_a_problem() -> None:
    assert gathered(Workers(pair(0), interrupted=True))[1] == ["begins: interrupted"]
