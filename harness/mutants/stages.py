"""Mutants put through one stage after the other, on workers: each stage has those that the ones
before let live.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.executor import Lost, Workers
from harness.mutants.cache import Cache
from harness.mutants.model import UNTOUCHED, Killed, Mutant, Tried
from harness.mutants.reach import Case, Reach, Reached, Struck, Ways, different
from harness.mutants.trial import COLD, FAULTS, MIXED, RACES, SCENARIOS, Task
from harness.results import Trees
from harness.scenario import Scenario

STAGES = (SCENARIOS, FAULTS, COLD, RACES, MIXED)

FEW = 8
"""Cases that are run of a mutant that is said to change nothing."""

AT_MOST = {FAULTS: 150, RACES: 3, MIXED: 12}
"""Cases of one mutant in a stage at most, the cheapest that go another way through its function."""

Told = Callable[[int, int, str], None]

Looked = TypeVar("Looked", Reach, Reached)


class Stages:
    """The workers, and what is known of the scenarios. `told` hears how many of how many are done,
    and of what; no task is begun after `end`, which time.perf_counter() tells.
    """

    def __init__(
        self,
        workers: Workers[object, object],
        trees: Trees,
        scenarios: Sequence[Scenario],
        told: Told,
        cache: Cache,
        end: float,
        equivalent: Collection[str] = (),
    ) -> None:
        self._workers, self._trees, self._scenarios = workers, trees, scenarios
        self._told, self._cache, self._end = told, cache, end
        self._equivalent = equivalent
        self.problems: list[str] = []
        self.interrupted = False
        self.looked: list[Reached] = []
        self.struck: list[Reach] = []
        self._undisturbed: Ways | None = None
        self._disturbed: Ways | None = None

    def through(
        self,
        mutants: Iterable[Mutant],
        tried: dict[Mutant, Tried],
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Put mutants through all stages and note in `tried` what becomes of them. Facets in
        `without` do not count.
        """
        asked = list(mutants)
        for stage in STAGES:
            living = [m for m in asked if m not in tried or lives(tried[m])]
            if stage != SCENARIOS:
                living = [m for m in living if m.key not in self._equivalent]
            if any(m != UNTOUCHED for m in living):  # which is there to be compared with
                self._stage(stage, living, tried, without)

    def _stage(
        self,
        stage: str,
        living: Sequence[Mutant],
        tried: dict[Mutant, Tried],
        without: frozenset[str],
    ) -> None:
        ways = self._struck() if stage == FAULTS else self._reached()
        waiting = []
        for mutant, cases in self._cases(ways, living, stage).items():
            task = Task(self._trees, mutant, stage, cases, without)
            known = self._cache.get(task)
            if known is None and task.cases:
                waiting.append(task)
            else:
                _note(tried, known or Tried(mutant, None, stages=(stage,)))

        def noted(index: int, result: object) -> None:
            task = waiting[index]
            found = _lost(task, result) if isinstance(result, Lost) else result
            assert isinstance(found, Tried)
            if not found.problem:
                self._cache.put(task, found)
            _note(tried, found)

        named = f"{stage}, without {' '.join(sorted(without))}" if without else stage
        self._run(waiting, noted, named)

    def _cases(
        self, ways: Ways, living: Sequence[Mutant], stage: str
    ) -> dict[Mutant, tuple[Case, ...]]:
        """The cases of each; the tree as it is has those that any other has."""
        found = {m: self._cases_of(ways, m, stage) for m in living if m != UNTOUCHED}
        if UNTOUCHED in living:
            any_has = {case for cases in found.values() for case in cases}
            every = tuple(case for case in ways.cases(UNTOUCHED) if case in any_has)
            found = {UNTOUCHED: every, **found}
        return found

    def _cases_of(self, ways: Ways, mutant: Mutant, stage: str) -> tuple[Case, ...]:
        found = ways.cases(mutant)
        if mutant.key in self._equivalent:
            return tuple(found[:FEW])
        if not mutant.lines and stage == FAULTS:  # as of a template: any of them may show it
            return tuple(found)
        return tuple(found[: AT_MOST.get(stage, len(found))])

    def _reached(self) -> Ways:
        """What scenarios reach, undisturbed."""
        if self._undisturbed is None:
            tasks = [(self._trees, scenario) for scenario in self._scenarios]
            self.looked = self._looked(tasks, Reached, "scenarios looked at")
            self.looked.sort(key=lambda one: one.reach.case.scenario)
            self._undisturbed = Ways(one.reach for one in self.looked)
        return self._undisturbed

    def _struck(self) -> Ways:
        """What they reach with each different strike. All of them: some functions are entered only
        where something fails, and by scenarios that never enter them undisturbed.
        """
        if self._disturbed is None:
            self._reached()
            named = {scenario.name: scenario for scenario in self._scenarios}
            strikes = list(different(self.looked, named, self._trees))
            self.struck = self._looked(strikes, Reach, "strikes looked at")
            self._disturbed = Ways(self.struck)
        return self._disturbed

    def _looked(self, tasks: Sequence[object], wanted: type[Looked], name: str) -> list[Looked]:
        """What was seen, in the order in which it was; what was lost is a problem."""
        found: list[Looked] = []

        def seen(_: int, result: object) -> None:
            if isinstance(result, wanted):
                found.append(result)
            else:
                self.problems.append(str(result))

        self._run(tasks, seen, name)
        return found

    def _run(
        self, tasks: Sequence[object], on_result: Callable[[int, object], None], name: str
    ) -> None:
        done = 0

        def count(index: int, result: object) -> None:
            nonlocal done
            done += 1
            on_result(index, result)
            self._told(done, len(tasks), name)

        if self.interrupted:
            return
        finished = self._workers.run(tasks, count, until=lambda: time.perf_counter() > self._end)
        self.interrupted = finished.interrupted or done < len(tasks)


def lives(tried: Tried) -> bool:
    """True if nothing has found it, and it can be run."""
    return tried.killed is None and not tried.problem


def _note(tried: dict[Mutant, Tried], result: Tried) -> None:
    before = tried.get(result.mutant)
    if before is not None:
        result = replace(
            result,
            reaching=before.reaching + result.reaching,
            runs=before.runs + result.runs,
            seconds=before.seconds + result.seconds,
            stages=(*before.stages, *result.stages),
        )
    tried[result.mutant] = result


def _lost(task: Task, lost: Lost) -> Tried:
    """A mutant that ends its worker, or never comes to an end, is found by that."""
    if "gave no answer" in lost.why or "died" in lost.why:
        killed = Killed(task.stage, "", ("no end",), lost.why)
        return Tried(task.mutant, killed, len(task.cases), stages=(task.stage,))
    return Tried(task.mutant, None, len(task.cases), stages=(task.stage,), problem=str(lost))


def work(task: object) -> object:
    """What a worker does with any of these tasks."""
    from harness.mutants.reach import reached_by, reached_when_struck
    from harness.mutants.trial import try_mutant

    if isinstance(task, Task):
        return try_mutant(task)
    if isinstance(task, Struck):
        return reached_when_struck(task)
    assert isinstance(task, tuple)
    return reached_by(*task)


def import_all() -> None:
    """What a worker does first."""
    import harness.mutants.trial  # noqa: F401
