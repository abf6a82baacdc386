"""Verify: every scenario on both trees, on spawned workers; and a control that can fail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from drs_refactor.migration import load
from harness.allowances import Allowance, excuse, total
from harness.elsewhere import NAME, Elsewhere, elsewhere
from harness.executor import Done, Lost, Workers
from harness.reached import Reached, merged
from harness.reached import reached as of_trees
from harness.results import CONTROL, ScenarioResult, Trees, Verification, Work
from harness.scenario import Scenario
from harness.sides import Sides, read_sides


@dataclass(frozen=True)
class Options:
    """What else is asked for: coverage, shares of the time, moto without shortcuts."""

    coverage: bool = False
    shares: bool = False
    plain: bool = False


def verify(
    trees: Trees,
    scenarios: Iterable[Scenario],
    on_result: Callable[[ScenarioResult], None],
    options: Options = Options(),
) -> Verification:
    """Verify all scenarios; `on_result` is told each result as it comes.

    Raises InputError for trees that cannot be read. Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    chosen = list(scenarios)
    asked = [replace(chosen[0], name=CONTROL), *chosen]
    # The workers import moto while this process, which never does, reads the trees.
    with Workers(
        _verify_one, warm_up=_import, count=min(os.cpu_count() or 1, len(asked))
    ) as workers:
        sides = read_sides(trees)
        others = elsewhere(load(trees.config), sides.legacy, sides.refactored)
        kept, excused = excuse(NAME, others.divergences, sides.rules.declared)
        others = replace(others, divergences=tuple(kept))

        def told(index: int, result: ScenarioResult | Lost) -> None:
            if index:
                on_result(_named(result, asked[index]))

        tasks = [
            Work(trees, scenario, options.coverage, options.shares, options.plain)
            for scenario in asked
        ]
        done = workers.run(tasks, told)
    found = _verification(sides, asked, done, options, time.perf_counter() - began)
    return _with(found, others, excused)


def _with(found: Verification, others: Elsewhere, excused: list[Allowance]) -> Verification:
    """What was found in scenarios, and in the templates as other deployments read them."""
    allowances = total([*found.allowances, *excused])
    verdict = found.verdict
    if others.divergences and verdict in ("identical", "inconclusive"):
        verdict = "divergent"
    if any(allowance.too_broad for allowance in allowances):
        verdict = "invalid"
    return replace(found, verdict=verdict, allowances=tuple(allowances), elsewhere=others)


def _verify_one(work: Work) -> ScenarioResult:
    from harness.one_scenario import verify_one

    return verify_one(work)


def _import() -> None:
    import harness.one_scenario  # noqa: F401


def _named(result: ScenarioResult | Lost, scenario: Scenario) -> ScenarioResult:
    """A result, also for a scenario whose worker was lost."""
    if isinstance(result, ScenarioResult):
        return result
    why = f"{result.why}\n{result.details}".strip()
    return ScenarioResult(
        scenario.name, scenario.shows, "invalid", (), (), (), 0, 0, 0.0, 0.0, scenario, problem=why
    )


def _verification(
    sides: Sides,
    asked: list[Scenario],
    done: Done[ScenarioResult],
    options: Options,
    seconds: float,
) -> Verification:
    named = [
        _named(result, scenario)
        for result, scenario in zip(done.results, asked, strict=True)
        if result is not None
    ]
    control = next((r.verdict for r in named if r.name == CONTROL), "not run")
    results = [result for result in named if result.name != CONTROL]
    allowances = total(a for result in results for a in result.allowances)
    found: list[Reached] = []
    if options.coverage:
        found = of_trees(sides.legacy, sides.refactored, merged([r.arcs for r in results]))
    return Verification(
        _verdict(control, results, allowances, complete=len(results) == len(asked) - 1),
        tuple(results),
        tuple(allowances),
        control,
        seconds,
        len(asked) - 1,
        tuple(found),
        sides.denied,
        {key: function.runtime for key, function in sides.refactored.functions.items()},
        tuple(sorted(set().union(*(result.retries for result in results)))),
        tuple(
            (key, function.role)
            for key, function in sides.refactored.functions.items()
            if sides.refactored.role_of(function) is None
        ),
    )


def _verdict(
    control: str, results: list[ScenarioResult], allowances: list[Allowance], *, complete: bool
) -> str:
    """A failed control or an allowance that hid too much make every verdict beside them invalid."""
    verdicts = {result.verdict for result in results}
    if "invalid" in verdicts or any(allowance.too_broad for allowance in allowances):
        return "invalid"
    if control not in ("identical", "not run"):
        return "invalid"
    if "divergent" in verdicts:
        return "divergent"
    return "identical" if complete and control == "identical" else "inconclusive"
