"""A rollout: look at the scenarios, judge the combinations of parts, find the ways, switch in
flight along them; all on workers, while the budget lasts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, groupby

from drs_refactor.migration import load
from harness.executor import Lost, Workers
from harness.results import Trees
from harness.rollout.choice import chosen
from harness.rollout.flights import Plan, plans
from harness.rollout.judged import Judged
from harness.rollout.orders import ahead, alone, orders, suggested
from harness.rollout.parts import Mixture
from harness.rollout.results import Batch, Combination, Course, Flight, Look, Rollout, Trial
from harness.rollout.templates import Templates, order_of, read_templates
from harness.rollout.verdict import blockers, verdict
from harness.rollout.ways import way
from harness.scenario import Scenario
from harness.sides import read_sides

BUDGET = 240.0
"""Seconds in all."""

ALL = 10
"""Parts up to which every combination is judged; of more, those that stacks pass through, those
that differ from a tree by one part or two, and those along the order that these suggest."""

BATCH = 12
"""Switches of one scenario that a worker is given at once."""

Told = Callable[[int, int, str], None]


@dataclass
class _Crew:
    """The workers, what they did, and what was lost. `told` hears how many of how many are done."""

    workers: Workers[object, object]
    told: Told
    end: float
    runs: int = 0
    interrupted: bool = False
    problems: list[str] = field(default_factory=list)

    def do(self, tasks: Sequence[object], name: str) -> list[object]:
        """The results in the order of the tasks; None for what was lost or not begun in time."""
        count = 0

        def on_result(_: int, result: object) -> None:
            nonlocal count
            count += 1
            self.told(count, len(tasks), name)
            if isinstance(result, Lost):
                self.problems.append(f"{name}: {result}")

        results: list[object] = [None] * len(tasks)
        if not self.interrupted:
            done = self.workers.run(tasks, on_result, until=lambda: time.perf_counter() > self.end)
            results, self.interrupted = list(done.results), done.interrupted
        missing = sum(result is None for result in results)
        if missing:
            why = "interrupted" if self.interrupted else "the budget of time is spent"
            self.problems.append(f"{name}: {missing} of {len(tasks)} were not done: {why}")
        return [None if isinstance(result, Lost) else result for result in results]


def rollout(
    trees: Trees, scenarios: Iterable[Scenario], told: Told, budget: float = BUDGET
) -> Rollout:
    """All of it; `told` hears how many of how many tasks of which name are done.

    Raises InputError for trees that cannot be read. Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    with Workers[object, object](_work, warm_up=_import, count=os.cpu_count() or 1) as workers:
        crew = _Crew(workers, told, began + budget)
        # The workers import moto while this process, which never does, reads the trees.
        sides = read_sides(trees)
        mixture = Mixture(sides.legacy, sides.refactored)
        templates = read_templates(trees, load(trees.config), mixture.parts)
        parts = mixture.parts
        looks = _look(crew, trees, list(scenarios))
        used = chosen(looks)
        judged = _judge(crew, trees, used, templates)
        safe, unsafe = judged.safe, judged.unsafe
        ways = [way(parts, safe, templates.movers, back=back) for back in (False, True)]
        full = judged.trials.get(mixture.everything, [])
        flown = _fly(crew, trees, plans(used, ways[0], ways[1], mixture.everything, full))
    if mixture.legacy.machines and not flown:
        crew.problems.append("switches in flight: no scenario starts an execution of several steps")
    if None in ways and len(parts) > ALL:
        crew.problems.append(f"combinations: not all of the {2 ** len(parts)} were judged")
    listed, count = orders(parts, safe)
    pairs = ahead(parts, safe, unsafe)
    stacks = templates.stacks(pairs, judged)
    stops = blockers(stacks.changes)
    return Rollout(
        verdict(used, judged, (ways[0], ways[1]), flown, crew.problems, stops),
        parts,
        tuple(looks),
        tuple(used),
        tuple(judged.each()),
        judged.asked - len(judged.trials),
        ways[0],
        ways[1],
        tuple(listed),
        count,
        tuple(pairs),
        tuple(alone(pairs, unsafe)),
        stacks,
        tuple(flown),
        _wait(mixture),
        crew.runs,
        time.perf_counter() - began,
        tuple(crew.problems),
        tuple(stops),
        (*mixture.unchecked, *templates.unchecked()),
    )


def _wait(mixture: Mixture) -> int:
    """The longest time limit of a function whose code goes back: so long it may still run."""
    return max(
        (
            function.timeout
            for tree in (mixture.legacy, mixture.refactored)
            for key, function in tree.functions.items()
            if f"code:{key}" in mixture.parts
        ),
        default=0,
    )


def _work(task: object) -> object:
    from harness.rollout.trials import look, try_all

    if isinstance(task, Batch):
        return try_all(task)
    assert isinstance(task, tuple)
    return look(*task)


def _import() -> None:
    import harness.rollout.trials  # noqa: F401


def _look(crew: _Crew, trees: Trees, scenarios: Sequence[Scenario]) -> list[Look]:
    done = crew.do([(trees, scenario) for scenario in scenarios], "scenarios")
    crew.runs += len(scenarios)
    return [
        look if isinstance(look, Look) else Look(s, frozenset(), 0, 0, 0, 0, "it was not looked at")
        for look, s in zip(done, scenarios, strict=True)
    ]


def _judge(crew: _Crew, trees: Trees, used: Sequence[Look], templates: Templates) -> Judged:
    """Each scenario on all combinations; first those that show most: executions that succeed, and
    short ones.
    """
    runs = [look.scenario for look in sorted(used, key=_showing)]
    cost = {look.scenario.name: look.steps + look.calls for look in used}
    everything = frozenset(templates.parts)
    first: list[Combination] = [everything, frozenset()]
    wanted = dict.fromkeys([*first, *templates.passed(), *_combinations(everything)])
    judged = Judged(len(runs))
    _judge_these(crew, trees, judged, list(wanted), runs, cost)
    if len(everything) > ALL:
        pairs = ahead(templates.parts, judged.safe, judged.unsafe)
        along = set(templates.along(suggested(templates.parts, pairs)))
        _judge_these(
            crew, trees, judged, sorted(along - set(judged.trials), key=order_of), runs, cost
        )
    return judged


def _judge_these(
    crew: _Crew,
    trees: Trees,
    judged: Judged,
    wanted: Sequence[Combination],
    runs: Sequence[Scenario],
    cost: Mapping[str, int],
) -> None:
    judged.asked += len(wanted)
    courses = tuple(Course(combination) for combination in wanted)
    # The long ones are begun first, so that the workers end together.
    batches = sorted(
        (Batch(trees, scenario, courses, "combinations") for scenario in runs),
        key=lambda batch: -cost[batch.scenario.name],
    )
    done = zip(batches, crew.do(batches, "combinations"), strict=True)
    by_name = {batch.scenario.name: trials for batch, trials in done if isinstance(trials, list)}
    for scenario in runs:
        trials = by_name.get(scenario.name, [])
        crew.runs += sum(trial.ran for trial in trials)
        judged.take(trials)


def _showing(look: Look) -> tuple[bool, int]:
    return ("end", "SUCCEEDED") not in look.points, look.steps + look.calls


def _combinations(everything: Combination) -> Iterator[Combination]:
    """From the trees themselves inwards."""
    size = len(everything)
    for count in range(size // 2 + 1):
        if size > ALL and count > 2:
            return
        for some in combinations(sorted(everything), count):
            yield frozenset(some)
            yield everything - frozenset(some)


def _fly(crew: _Crew, trees: Trees, wanted: Sequence[Plan]) -> list[Flight]:
    batches = list(chain.from_iterable(_batches(trees, plan) for plan in wanted))
    found: dict[str, list[Trial]] = {plan.name: [] for plan in wanted}
    for batch, trials in zip(batches, crew.do(batches, "switches in flight"), strict=True):
        if isinstance(trials, list):
            crew.runs += len(trials)
            found[batch.name] += trials
    return [
        Flight(
            plan.name,
            len(plan.runs),
            len(found[plan.name]),
            tuple(dict.fromkeys(scenario.name for scenario, _ in plan.runs)),
            tuple(trial for trial in found[plan.name] if trial.verdict != "identical"),
            plan.on_the_way,
        )
        for plan in wanted
    ]


def _batches(trees: Trees, plan: Plan) -> Iterator[Batch]:
    for _, group in groupby(plan.runs, key=lambda run: run[0].name):
        runs = list(group)
        courses = tuple(course for _, course in runs)
        for start in range(0, len(runs), BATCH):
            yield Batch(trees, runs[0][0], courses[start : start + BATCH], plan.name)
