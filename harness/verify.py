"""Verify: each scenario on both trees, warm and all-cold, compared; and a control that can fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from drs_refactor.migration import Migration, load
from harness.allowances import Allowance, MovedInvocations, total
from harness.comparison import Comparison, Divergence, Rules, compare
from harness.executor import in_workers
from harness.explain import explain
from harness.reached import Arcs, Reached, Tracer, merged, reached
from harness.recording import Recording
from harness.run import run
from harness.scenario import Scenario
from harness.tree import Tree, read_tree

CONTROL = "control: legacy against itself"


@dataclass(frozen=True)
class Trees:
    """What a worker needs to read both sides for itself."""

    config: Path
    legacy: Path
    refactored: Path


@dataclass(frozen=True)
class Finding:
    """A divergence; `containers` says whether it came up with warm ones or only with cold ones."""

    divergence: Divergence
    containers: str


@dataclass(frozen=True)
class ScenarioResult:
    """One scenario's verdict: identical, divergent, or invalid where it shows nothing."""

    name: str
    shows: str
    verdict: str
    findings: tuple[Finding, ...]
    explanation: tuple[str, ...]
    allowances: tuple[Allowance, ...]
    steps: int
    calls: int
    virtual_seconds: float
    seconds: float
    scenario: Scenario
    arcs: Arcs = field(default_factory=dict)


@dataclass(frozen=True)
class Verification:
    """All results in the order of the scenarios."""

    verdict: str
    results: tuple[ScenarioResult, ...]
    allowances: tuple[Allowance, ...]
    control: str
    seconds: float
    reached: tuple[Reached, ...] = ()
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sides:
    """Both trees and the rules of their comparison. `denied` are actions that the old homes of the
    moved functions must not need any more, by function.
    """

    legacy: Tree
    refactored: Tree
    rules: Rules
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_sides(trees: Trees) -> Sides:
    """Read both trees. Raises InputError for what is amiss."""
    migration = load(trees.config)
    legacy = read_tree(trees.legacy, migration, "legacy")
    refactored = read_tree(trees.refactored, migration, "refactored")
    actions = tuple(f"{service}:*" for service in migration.services_gone)
    denied = {move.source: actions for move in migration.moves}
    return Sides(legacy, refactored, rules_of(migration, refactored), denied)


def rules_of(migration: Migration, refactored: Tree) -> Rules:
    """The declared invocations and renames of a migration."""
    actions: dict[str, set[str]] = {}
    for move in migration.moves:
        if move.action:
            actions.setdefault(refactored.functions[move.destination].name, set()).add(move.action)
    invocations = MovedInvocations({name: frozenset(found) for name, found in actions.items()})
    return Rules(invocations, migration.renames())


@dataclass(frozen=True)
class Work:
    """What a worker does: one scenario, traced if coverage was asked for."""

    trees: Trees
    scenario: Scenario
    coverage: bool = False


def verify(
    trees: Trees,
    scenarios: Iterable[Scenario],
    on_result: Callable[[ScenarioResult], None],
    *,
    coverage: bool = False,
) -> Verification:
    """Verify all scenarios on spawned workers; `on_result` is told each result as it comes.

    With `coverage`, also tell which lines and branches that the move touched were reached.
    """
    began = time.perf_counter()
    chosen = list(scenarios)
    sides = read_sides(trees)  # bad input is told before any worker starts
    tasks = [Work(trees, scenario, coverage) for scenario in chosen]
    control_result, *results = in_workers(
        verify_one,
        [Work(trees, replace(chosen[0], name=CONTROL)), *tasks],
        lambda result: None if result.name == CONTROL else on_result(result),
    )
    verdicts = {result.verdict for result in results}
    control = control_result.verdict
    verdict = next(
        (v for v in ("invalid", "divergent") if v in verdicts | {_as_control(control)}), "identical"
    )
    return Verification(
        verdict,
        tuple(results),
        tuple(total(a for result in results for a in result.allowances)),
        control,
        time.perf_counter() - began,
        tuple(_reached(sides, results)) if coverage else (),
        sides.denied,
    )


def _reached(sides: Sides, results: list[ScenarioResult]) -> list[Reached]:
    arcs = merged([result.arcs for result in results])
    return reached(sides.legacy, sides.refactored, arcs)


def _as_control(verdict: str) -> str:
    """A control that is not identical makes every verdict beside it invalid."""
    return "identical" if verdict == "identical" else "invalid"


def verify_one(work: Work) -> ScenarioResult:
    """Verify one scenario in this process."""
    sides = _sides(work.trees)
    result = verify_scenario(sides, work.scenario)
    if not work.coverage:
        return result
    # Apart, since tracing takes several times as long as running.
    tracer = Tracer(sides.legacy, sides.refactored)
    with tracer.tracing():
        run(sides.legacy, work.scenario)
        run(sides.refactored, work.scenario)
    return replace(result, arcs=tracer.take())


_known: dict[Trees, Sides] = {}


def _sides(trees: Trees) -> Sides:
    """The trees as this worker has read them."""
    if trees not in _known:
        _known[trees] = read_sides(trees)
    return _known[trees]


def verify_scenario(sides: Sides, scenario: Scenario) -> ScenarioResult:
    """Run a scenario on both sides and compare, first warm, then with a cold start each time.

    All functions share one role in most trees, so the second time the refactored tree also runs
    without the permissions that the moved functions' old home must not need any more.
    """
    began = time.perf_counter()
    findings: list[Finding] = []
    allowances: list[Allowance] = []
    explanation: list[str] = []
    warm: Recording | None = None
    control = scenario.name == CONTROL
    other = sides.legacy if control else sides.refactored
    for containers in ("warm", "cold"):
        cold = containers == "cold"
        legacy = run(sides.legacy, scenario, cold=cold)
        denied = sides.denied if cold and not control else None
        refactored = run(other, scenario, cold=cold, denied=denied)
        warm = warm or legacy
        comparison = compare(legacy, refactored, sides.rules)
        allowances += comparison.allowances
        if comparison.divergences:
            findings = [Finding(divergence, containers) for divergence in comparison.divergences]
            explanation = list(_explanation(comparison, legacy, refactored))
            break
    assert warm is not None
    verdict = "divergent" if findings else "identical" if warm.steps else "invalid"
    return ScenarioResult(
        scenario.name,
        scenario.shows,
        verdict,
        tuple(findings),
        tuple(explanation),
        tuple(total(allowances)),
        len(warm.steps),
        len(warm.calls),
        warm.elapsed,
        time.perf_counter() - began,
        scenario,
    )


def _explanation(comparison: Comparison, legacy: Recording, refactored: Recording) -> Iterator[str]:
    """DeepDiff's words for the first step whose results differ."""
    for divergence in comparison.divergences:
        if divergence.kind == "state":
            index = divergence.step - 1
            yield from explain(legacy.steps[index].result, refactored.steps[index].result)
            return
