"""One scenario on both trees, warm and all cold, compared. What a worker does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.allowances import Allowance, total
from harness.aws import shortcuts
from harness.aws.container import current_step
from harness.aws.stepfunctions import HISTORY_IS_FULL
from harness.blame import Side, Suspect, suspects
from harness.comparison import Comparison
from harness.explain import explain
from harness.faults.judge import compared
from harness.reached import Tracer
from harness.recording import Recording
from harness.results import CONTROL, Finding, ScenarioResult, Trees, Work
from harness.run import run
from harness.scenario import Scenario
from harness.shares import Shares, sampled
from harness.sides import Sides, read_sides
from harness.tree import Tree


def verify_one(work: Work) -> ScenarioResult:
    """Verify one scenario in this process."""
    if work.plain:
        shortcuts.never()
    sides = sides_of(work.trees)
    with sampled((work.trees.legacy, work.trees.refactored), on=work.shares) as looks:
        result = verify_scenario(sides, work.scenario)
    result = replace(result, shares=Shares(dict(looks)))
    if not work.coverage:
        return result
    # Apart, since tracing takes several times as long as running.
    tracer = Tracer(sides.legacy, sides.refactored)
    with tracer.tracing():
        run(sides.legacy, work.scenario)
        run(sides.refactored, work.scenario)
    return replace(result, arcs=tracer.take())


_MISTAKES = (
    "AttributeError",
    "IndexError",
    "KeyError",
    "NameError",
    "TypeError",
    "UnboundLocalError",
)


_known: dict[Trees, Sides] = {}


def sides_of(trees: Trees) -> Sides:
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
    allowances: list[Allowance] = []
    warm: Recording | None = None
    comparison: Comparison | None = None
    control = scenario.name == CONTROL
    other = sides.legacy if control else sides.refactored
    for containers in ("warm", "cold"):
        cold = containers == "cold"
        legacy = run(sides.legacy, scenario, cold=cold)
        denied = sides.denied if cold and not control else None
        refactored = run(other, scenario, cold=cold, denied=denied)
        warm = warm or legacy
        comparison = compared(legacy, refactored, sides.rules, scenario.faults)
        allowances += comparison.allowances
        if comparison.divergences:
            break
    assert warm is not None
    assert comparison is not None
    findings = tuple(Finding(divergence, containers) for divergence in comparison.divergences)
    verdict = "divergent" if findings else "identical" if warm.steps else "invalid"
    return ScenarioResult(
        scenario.name,
        scenario.shows,
        verdict,
        findings,
        tuple(_explanation(comparison, legacy, refactored)),
        tuple(total(allowances)),
        len(warm.steps),
        len(warm.calls),
        warm.elapsed,
        time.perf_counter() - began,
        scenario,
        suspects=_suspects(sides, scenario, findings[0]) if findings and not control else (),
        retries=frozenset(
            (call.function, call.name.partition(".")[0], call.retries) for call in refactored.calls
        ),
        observations=tuple(_observations(warm)),
        problem="" if warm.steps else "no function was invoked, so nothing was compared",
    )


def _observations(legacy: Recording) -> Iterator[str]:
    """What looks wrong in legacy. It is right by definition: the move mends none of it."""
    for step in legacy.steps:
        if step.error is not None and step.error.type in _MISTAKES:
            yield f"{step.function} raises {step.error.type}: {step.error.message}"
    for execution in legacy.executions:
        if HISTORY_IS_FULL in str(execution.cause):
            yield "an execution goes round until Step Functions stops it"


def _explanation(comparison: Comparison, legacy: Recording, refactored: Recording) -> Iterator[str]:
    """DeepDiff's words for the first step whose results differ."""
    for divergence in comparison.divergences:
        if divergence.kind == "state":
            index = divergence.step - 1
            yield from explain(legacy.steps[index].result, refactored.steps[index].result)
            return


def _suspects(sides: Sides, scenario: Scenario, finding: Finding) -> tuple[Suspect, ...]:
    """Run the refactored tree once more to see which of its functions the step entered."""
    entered: list[tuple[int, Path, str]] = []

    def note(path: Path, name: str, line: int) -> None:
        entered.append((current_step.get(), path, name))

    cold = finding.containers == "cold"
    denied = sides.denied if cold else None
    run(sides.refactored, scenario, cold=cold, denied=denied, on_run=note)
    step = finding.divergence.step
    ran = [(path, name) for number, path, name in entered if step in (0, number)]
    return suspects(_side(sides.legacy), _side(sides.refactored), sides.rules.moved, ran)


def _side(tree: Tree) -> Side:
    functions = tree.functions.items()
    return Side(
        tree.root,
        {key: function.entry for key, function in functions},
        {key: function.handler.rpartition(".")[2] for key, function in functions},
    )
