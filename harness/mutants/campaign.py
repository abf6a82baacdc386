"""All mutants of a refactored tree, tried stage by stage: each stage has those that the ones before
let live, and then those that live alone two at a time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from harness.executor import Lost, Workers
from harness.mutants.cache import Cache
from harness.mutants.model import Killed, Mutant, Tried
from harness.mutants.pairs import pairs
from harness.mutants.reach import Case, Reach, Reached, Struck, different, in_order
from harness.mutants.results import Campaign
from harness.mutants.trial import COLD, FAULTS, RACES, SCENARIOS, Task
from harness.results import Trees
from harness.scenario import Scenario

BUDGET = 1_150.0
"""Seconds in all, if nothing else is said."""

PATIENCE = 60.0
"""Seconds after which a mutant is taken to run for ever, which counts as found."""

STAGES = (SCENARIOS, FAULTS, COLD, RACES)

FEW = 8
"""Cases that are run of a mutant that is said to change nothing."""

MOST_STRIKES, MOST_RACES = 150, 3
"""Strikes and raced scenarios of one mutant at most, the cheapest that go another way through its
function."""

Told = Callable[[int, int, str], None]


class Run:
    """One run of a campaign: workers, what is known of the scenarios, what became of mutants."""

    def __init__(
        self, trees: Trees, told: Told, cache: Cache, end: float, equivalent: frozenset[str]
    ) -> None:
        self.trees, self.cache, self.equivalent = trees, cache, equivalent
        self._told, self._end = told, end
        self.tried: dict[Mutant, Tried] = {}
        self.problems: list[str] = []
        self.interrupted = False
        self.looked: list[Reached] = []
        self.struck: list[Reach] = []

    def look(self, workers: Workers[object, object], scenarios: Sequence[Scenario]) -> None:
        """See what scenarios reach, undisturbed and with each different strike."""
        done = workers.run([(self.trees, scenario) for scenario in scenarios], lambda *_: None)
        self.looked = [one for one in done.results if isinstance(one, Reached)]
        named = {scenario.name: scenario for scenario in scenarios}
        strikes = list(different(self.looked, named, self.trees))
        # A strike at a time, since a scenario may have dozens.
        tasks = [replace(s, strikes=(one,)) for s in strikes for one in s.strikes]
        count = 0

        def traced(_: int, found: object) -> None:
            nonlocal count
            count += 1
            self._told(count, len(tasks), "strikes looked at")
            if isinstance(found, list):
                self.struck += found

        more = workers.run(tasks, traced, until=self.is_over)
        lost = [one for one in (*done.results, *more.results) if isinstance(one, Lost)]
        self.problems += map(_why, lost)
        self.interrupted |= done.interrupted or more.interrupted

    def is_over(self) -> bool:
        return time.perf_counter() > self._end

    def stage(
        self,
        workers: Workers[object, object],
        stage: str,
        mutants: Iterable[Mutant],
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Put those that live through one stage."""
        living = [m for m in mutants if m not in self.tried or _lives(self.tried[m])]
        if stage in (COLD, RACES):
            living = [m for m in living if m.key not in self.equivalent]
        tasks = [Task(self.trees, m, stage, self._cases(m, stage), without) for m in living]
        waiting = []
        for task in tasks:
            known = self.cache.get(task)
            if known is None and task.cases:
                waiting.append(task)
            else:
                self._note(task, known or Tried(task.mutant, None, stages=(stage,)))
        done = len(tasks) - len(waiting)

        def noted(index: int, result: object) -> None:
            nonlocal done
            done += 1
            task = waiting[index]
            found = _lost(task, result) if isinstance(result, Lost) else result
            assert isinstance(found, Tried)
            if not found.problem:
                self.cache.put(task, found)
            self._note(task, found)
            self._told(done, len(tasks), stage)

        finished = workers.run(waiting, noted, until=self.is_over)
        self.interrupted |= finished.interrupted or done < len(tasks)

    def _cases(self, mutant: Mutant, stage: str) -> tuple[Case, ...]:
        reaches = self.struck if stage == FAULTS else [one.reach for one in self.looked]
        found = in_order(reaches, mutant, range(mutant.span[0], mutant.span[1] + 1))
        if mutant.key in self.equivalent:
            return tuple(found[:FEW])
        most = {FAULTS: MOST_STRIKES, RACES: MOST_RACES}.get(stage, len(found))
        return tuple(found[:most])

    def _note(self, task: Task, result: Tried) -> None:
        before = self.tried.get(task.mutant)
        if before is not None:
            result = replace(
                result,
                reaching=before.reaching + result.reaching,
                runs=before.runs + result.runs,
                seconds=before.seconds + result.seconds,
                stages=(*before.stages, *result.stages),
            )
        self.tried[task.mutant] = replace(result, mutant=task.mutant)


def campaign(
    trees: Trees,
    mutants: Sequence[Mutant],
    scenarios: Iterable[Scenario],
    told: Told,
    cache: Cache,
    budget: float = BUDGET,
    equivalent: frozenset[str] = frozenset(),
) -> Campaign:
    """Try all of them; `told` is told how many of how many are done, and of what. Those whose keys
    are in `equivalent` are said to change nothing: they are tried in few cases.

    Raises InputError for trees that cannot be read. Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    run = Run(trees, told, cache, began + budget, equivalent)
    with Workers(_work, warm_up=_import, count=os.cpu_count() or 1, patience=PATIENCE) as workers:
        run.look(workers, list(scenarios))
        asked = list(mutants)
        for stage in STAGES:
            run.stage(workers, stage, asked)
        together = list(pairs([m for m in asked if m in run.tried and _lives(run.tried[m])]))
        for stage in STAGES:
            run.stage(workers, stage, together)
    asked += together
    return Campaign(
        tuple(run.tried[m] for m in asked if m in run.tried),
        len(asked),
        len(run.looked),
        len(run.struck),
        time.perf_counter() - began,
        cache.hits,
        run.interrupted or len(run.tried) < len(asked),
        tuple(run.problems),
        tuple(one.reach.case.scenario for one in run.looked if one.diverges),
    )


def _lost(task: Task, lost: Lost) -> Tried:
    """A mutant that ends its worker, or never comes to an end, is found by that."""
    if "gave no answer" in lost.why or "died" in lost.why:
        killed = Killed(task.stage, "", ("no end",), lost.why)
        return Tried(task.mutant, killed, len(task.cases), stages=(task.stage,))
    return Tried(task.mutant, None, len(task.cases), stages=(task.stage,), problem=_why(lost))


def _lives(tried: Tried) -> bool:
    return tried.killed is None and not tried.problem


def _work(task: object) -> object:
    from harness.mutants.reach import reached_by, reached_by_strikes
    from harness.mutants.trial import try_mutant

    if isinstance(task, Task):
        return try_mutant(task)
    if isinstance(task, Struck):
        return reached_by_strikes(task)
    assert isinstance(task, tuple)
    return reached_by(*task)


def _import() -> None:
    import harness.mutants.trial  # noqa: F401


def _why(lost: Lost) -> str:
    return f"{lost.why} {lost.details}".strip()
