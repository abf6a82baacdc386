"""What a worker does with a mutant: run what reaches it until something differs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from harness import scenario_files
from harness.allowances import excuse
from harness.comparison import Divergence, Rules, compare
from harness.elsewhere import NAME, elsewhere
from harness.faults.judge import compared, is_of_invocation
from harness.mutants.model import Killed, Mutant, Tried
from harness.mutants.mutated import Stillborn, with_mutant
from harness.mutants.reach import Case
from harness.one_scenario import sides_of
from harness.outcomes import facet_of
from harness.races.race import race_of
from harness.races.results import New
from harness.recording import Recording
from harness.results import Trees
from harness.rollout.parts import Mixture
from harness.rollout.trials import mixture_of
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides
from harness.tree import Tree

EVENTS_OF_A_STEP, EVENTS_OF_A_STATE = 40, 10
"""More than twice the events of one round of a state machine that polls (a task is five, a wait and
each choice two), and of one state."""

SCENARIOS, COLD, FAULTS, RACES = "scenarios", "cold starts", "faults", "races"
MIXED = "mixed versions"


@dataclass(frozen=True)
class Task:
    """A mutant, a stage, the cases that reach it in the order in which they are run, and the facets
    that do not count.
    """

    trees: Trees
    mutant: Mutant
    stage: str
    cases: tuple[Case, ...]
    without: frozenset[str] = frozenset()


@dataclass
class _Known:
    """What a worker keeps: scenarios by name, and what legacy does in them."""

    scenarios: dict[str, Scenario]
    legacy: dict[tuple[Case, bool], Recording] = field(default_factory=dict)
    safe: dict[tuple[Case, frozenset[str]], bool] = field(default_factory=dict)


_known: dict[Trees, _Known] = {}


def try_mutant(task: Task) -> Tried:
    """Try it, in this process."""
    began = time.perf_counter()
    sides = sides_of(task.trees)
    if task.trees not in _known:
        _known[task.trees] = _Known({s.name: s for s in scenario_files.of(load(task.trees.config))})
    trial = _Trial(sides, task, _known[task.trees])
    killed: Killed | None = None
    problem = ""
    try:
        with with_mutant(task.trees, sides, task.mutant) as mutated:
            killed = trial.killed(mutated)
    except Stillborn as error:
        problem = str(error)
    except InputError as error:  # the harness refuses the tree: nobody would deploy it
        killed = Killed("reading the tree", "", ("refused",), error.what)
    seconds = time.perf_counter() - began
    return Tried(task.mutant, killed, len(task.cases), trial.runs, seconds, (task.stage,), problem)


class _Trial:
    """Runs a task and counts."""

    def __init__(self, sides: Sides, task: Task, known: _Known) -> None:
        self._sides, self._task, self._known = sides, task, known
        self.runs = 0

    def killed(self, mutated: Sides) -> Killed | None:
        stages = {SCENARIOS: self._scenarios, RACES: self._races, MIXED: self._mixed}
        for case, found in stages.get(self._task.stage, self._compared)(mutated):
            kept = [d for d in found if d.kind not in self._task.without]
            if kept:
                facets = tuple(sorted({d.kind for d in kept}))
                return Killed(self._task.stage, str(case), facets, kept[0].path)
        return None

    def _scenarios(self, mutated: Sides) -> Iterator[tuple[Case, Iterable[Divergence]]]:
        """As verify does it: scenarios, and templates, if they are the mutant, elsewhere."""
        return chain(self._compared(mutated), self._elsewhere(mutated))

    def _elsewhere(self, mutated: Sides) -> Iterator[tuple[Case, Iterable[Divergence]]]:
        if mutated.refactored.root != self._sides.refactored.root:
            migration = load(self._task.trees.config)
            found = elsewhere(migration, mutated.legacy, mutated.refactored)
            kept, _ = excuse(NAME, found.divergences, mutated.rules.declared)
            yield Case(NAME), kept

    def _compared(self, mutated: Sides) -> Iterator[tuple[Case, Iterable[Divergence]]]:
        cold = self._task.stage == COLD
        for case in self._task.cases:
            scenario = self._scenario(case)
            legacy = self._legacy(case, cold=cold)
            refactored = run(
                mutated.refactored,
                _limited(scenario, legacy),
                cold=cold,
                denied=mutated.denied if cold else None,
            )
            self.runs += 1
            yield case, compared(legacy, refactored, mutated.rules, case.faults).divergences

    def _mixed(self, mutated: Sides) -> Iterator[tuple[Case, Iterable[Divergence]]]:
        """Each part of a release by itself old or new, where that is safe without the mutant."""
        shipped = mixture_of(self._sides)
        mixture = Mixture(mutated.legacy, mutated.refactored)
        for case in self._task.cases:
            for part in shipped.parts:
                for some in (frozenset({part}), shipped.everything - {part}):
                    if self._is_safe(case, shipped, some):
                        # What the mutant changed is of one release with all that is new.
                        new = some | (mixture.everything - shipped.everything)
                        yield case, self._differing(case, mixture.tree(new), mutated.rules)

    def _is_safe(self, case: Case, mixture: Mixture, some: frozenset[str]) -> bool:
        known = self._known.safe
        if (case, some) not in known:
            found = self._differing(case, mixture.tree(some), self._sides.rules)
            known[case, some] = not found
        return known[case, some]

    def _differing(self, case: Case, tree: Tree, rules: Rules) -> Sequence[Divergence]:
        legacy = self._legacy(case, cold=False)
        self.runs += 1
        return compare(legacy, run(tree, _limited(self._scenario(case), legacy)), rules).divergences

    def _scenario(self, case: Case) -> Scenario:
        scenario = self._known.scenarios[case.scenario]
        return replace(scenario, faults=case.faults) if case.faults else scenario

    def _legacy(self, case: Case, *, cold: bool) -> Recording:
        """What legacy does in a case. Faults of invocations it cannot meet."""
        if case.faults and all(map(is_of_invocation, case.faults)):
            case = Case(case.scenario)
        known = self._known.legacy
        if (case, cold) not in known:
            known[case, cold] = run(self._sides.legacy, self._scenario(case), cold=cold)
        return known[case, cold]

    def _races(self, mutated: Sides) -> Iterator[tuple[Case, Iterable[Divergence]]]:
        for case in self._task.cases:
            scenario = self._scenario(case)
            for moved in range(len(scenario.invoke) if scenario.start is not None else 0):
                raced = race_of(mutated, scenario, moved)
                self.runs += sum(raced.moments)
                yield case, _as_divergences(raced.new)


def _limited(scenario: Scenario, legacy: Recording) -> Scenario:
    """The scenario with an end for executions that go round in circles: some times the events that
    legacy's can have had. Where legacy's goes round until it is stopped, that is no earlier.
    """
    longest = max((len(execution.path) for execution in legacy.executions), default=0)
    limit = EVENTS_OF_A_STEP * (len(legacy.steps) + 5) + EVENTS_OF_A_STATE * longest
    return replace(scenario, history_limit=min(scenario.history_limit, limit))


def _as_divergences(new: Iterable[New]) -> list[Divergence]:
    return [
        Divergence(facet_of(path), 0, path, legacy, refactored)
        for one in new
        for path, legacy, refactored in one.differences
    ]
