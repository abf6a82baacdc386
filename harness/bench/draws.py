"""A workload run over many seeded draws of the latency model, the same draw for both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.bench.latency import Latencies
from harness.bench.levels import START, Measured, measured
from harness.bench.pace import JOBS, LatencyPace
from harness.bench.workloads import END_SECONDS, LAUNCH, PENDING, drawn
from harness.executor import Lost, Workers
from harness.one_scenario import sides_of
from harness.recording import Recording
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.tree import Tree

Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Task:
    """What a worker is told: draw number `draw` of `draws`; `as_it_is`, jobs take as long as the
    scenario says.
    """

    trees: Trees
    scenario: Scenario
    latencies: Latencies
    seed: int
    draw: int
    draws: int
    as_it_is: bool = False


@dataclass(frozen=True)
class Pair:
    """Both sides of one draw."""

    draw: int
    legacy: Measured
    refactored: Measured


def one_draw(task: Task) -> Pair:
    """Run one draw on both trees, in this process."""
    sides = sides_of(task.trees)
    return Pair(task.draw, one_side(sides.legacy, task), one_side(sides.refactored, task))


def one_side(tree: Tree, task: Task) -> Measured:
    """Measure one tree in a task's draw, in this process."""
    scenario = task.scenario
    if not task.as_it_is:
        scenario = drawn(scenario, task.latencies, task.seed, task.draw, task.draws)
    pace = LatencyPace(task.latencies, task.seed * 1_000_003 + task.draw)
    recording = run(tree, scenario, pace=pace)
    found = measured(recording, pace, END_SECONDS)
    return replace(found, spent={**found.spent, **_jobs(scenario, recording)})


def _jobs(scenario: Scenario, recording: Recording) -> dict[tuple[str, str, str], float]:
    """What the jobs that were started took, as charges: executions wait for them on both sides."""
    started = Counter((c.account, c.region) for c in recording.calls if c.name == START)
    timings = []
    for job in scenario.jobs:
        if started[job.account, job.region] > 0 and job.timing is not None:
            started[job.account, job.region] -= 1
            timings.append(job.timing)
    pending = sum(one.job_pending_seconds + one.server_pending_seconds for one in timings)
    launch = sum(one.launch_seconds for one in timings)
    return {(JOBS, PENDING, "jobs"): pending, (JOBS, LAUNCH, "jobs"): launch}


def pairs(
    workers: Workers[object, object], tasks: Sequence[Task], told: Told, name: str
) -> tuple[list[Pair], list[str]]:
    """All of them in order, and what was lost."""
    found: list[Pair] = []
    problems: list[str] = []

    def noted(_: int, result: object) -> None:
        if isinstance(result, Pair):
            found.append(result)
        else:
            assert isinstance(result, Lost)
            problems.append(str(result))
        told(len(found) + len(problems), len(tasks), name)

    finished = workers.run(tasks, noted)
    if finished.interrupted:
        problems.append(f"{name}: interrupted")
    return sorted(found, key=lambda pair: pair.draw), problems
