"""The strikes of one scenario, and one of them: what a worker of a fault run does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.aws.faults import Fault
from harness.aws.function import FunctionDefinition
from harness.comparison import compare
from harness.faults import judge
from harness.faults.points import Point, asked_by, faults_at, faults_of_invocation, points
from harness.faults.results import Batch, Look, Strike, Struck
from harness.function_faults import RAISED
from harness.one_scenario import sides_of
from harness.recording import Recording, reads_only
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides

LARGE = 100
"""Calls of a scenario from which on it is only run undisturbed."""

CONTROL_EVERY = 25
"""One strike of so many is also made on legacy twice, which must do the same both times."""


def look(trees: Trees, scenario: Scenario) -> Look:
    """Run a scenario undisturbed and list where it can be struck."""
    sides = sides_of(trees)
    legacy, refactored = run(sides.legacy, scenario), run(sides.refactored, scenario)
    if compare(legacy, refactored, sides.rules).divergences:
        problem = "it diverges undisturbed, as verify shows"
        return Look(scenario, (), len(legacy.calls), problem, diverges=True)
    if len(legacy.calls) > LARGE:
        return Look(scenario, (), len(legacy.calls), f"it makes more than {LARGE} calls")
    strikes = (
        replace(strike, in_execution=bool(legacy.executions))
        for strike in strikes_of(sides, legacy, refactored)
    )
    return Look(scenario, tuple(strikes), len(legacy.calls), fails=legacy.failed)


def strikes_of(sides: Sides, legacy: Recording, refactored: Recording) -> Iterator[Strike]:
    """Every strike of a scenario, by what both sides call in it undisturbed."""
    asked = asked_by(refactored.calls, sides.rules.invocations.is_of)
    for point in points(sides.rules.invocations.others(legacy)):
        limit = sides.legacy.functions[point.function].timeout
        for fault in faults_at(point, limit):
            yield Strike((fault,), point.site, asked.get(point.key, ""), point.what)
    of_invocations = points(c for c in refactored.calls if sides.rules.invocations.is_of(c))
    firsts: dict[str, Point] = {}
    for point in of_invocations:
        firsts.setdefault(point.action, point)
        yield from _at_invocation(sides, point)
    for point in firsts.values():
        for pair in _pairs(sides, refactored, point):
            yield _on_invocation(point, *pair)


def _at_invocation(sides: Sides, point: Point) -> Iterator[Strike]:
    """What can become of the invocation, of what it needs to be made, and of what it runs."""
    for fault in faults_of_invocation(point, _owner(sides, point).timeout):
        yield _on_invocation(point, fault)
    of_action = Fault(point.operation, "raises", point.number, action=point.action)
    for variable in _variables(sides, point):
        yield _on_invocation(point, replace(of_action, kind="not configured", variable=variable))
    for error in RAISED:
        fault = replace(of_action, error=error)
        yield Strike((fault,), point.site, "", f"{point.action} {error}")


def _on_invocation(point: Point, *faults: Fault) -> Strike:
    return Strike(faults, point.site, "", point.what, on_invocation=True)


def _variables(sides: Sides, point: Point) -> list[str]:
    """What the invoking function is told the owner by, where legacy's does not have it."""
    owner = _owner(sides, point)
    new = sides.refactored.functions[point.function].variables
    old = sides.legacy.functions[point.function].variables
    told = [n for n, value in new.items() if value in (owner.arn, owner.name) and n not in old]
    return [f"{point.function} {name}" for name in told]


def _owner(sides: Sides, point: Point) -> FunctionDefinition:
    """The function that answers an invocation."""
    actions = sides.rules.invocations.actions
    return next(
        function
        for function in sides.refactored.functions.values()
        if point.action in actions.get(function.name, ())
    )


def _pairs(sides: Sides, refactored: Recording, point: Point) -> Iterator[tuple[Fault, ...]]:
    """Two faults on the way of one invocation: its repetition fails too, or what it does."""
    first = {f.kind: f for f in faults_of_invocation(point, _owner(sides, point).timeout)}
    again = replace(point, number=point.number + 1)
    second = {f.kind: f for f in faults_of_invocation(again, _owner(sides, point).timeout)}
    for one in ("throttled", "unreachable"):
        for other in ("lost", "crashed", "throttled"):
            yield (
                replace(first[one], times=1, seconds=0.0),
                replace(second[other], times=1, seconds=0.0),
            )
    for inner in _writes_within(sides, refactored, point):
        yield first["lost"], Fault(inner.operation, "lost", inner.number)
        yield first["lost"], Fault(inner.operation, "failed", inner.number)


def _writes_within(sides: Sides, refactored: Recording, point: Point) -> list[Point]:
    """What the function that answers an invocation changes first."""
    owner = _owner(sides, point).key
    calls = sides.rules.invocations.others(refactored)
    own = [p for p in points(calls) if p.function == owner and not reads_only(p.operation)]
    return own[:1]


def strike_all(batch: Batch) -> list[Struck]:
    """Make the strikes of a batch, in this process."""
    sides = sides_of(batch.trees)
    whole = run(sides.legacy, batch.scenario)
    return [
        strike_once(sides, batch.scenario, strike, whole, control=number % CONTROL_EVERY == 0)
        for number, strike in enumerate(batch.strikes)
    ]


def strike_once(
    sides: Sides, plain: Scenario, strike: Strike, whole: Recording, *, control: bool = False
) -> Struck:
    """Make one strike; `whole` is the scenario on legacy, undisturbed."""
    scenario = replace(plain, faults=strike.faults)
    met_by_legacy = not all(judge.is_of_invocation(fault) for fault in strike.faults)
    legacy = run(sides.legacy, scenario) if met_by_legacy else whole
    refactored = run(sides.refactored, scenario)
    of_function = any(fault.is_of_function for fault in strike.faults)
    met = of_function or any(call.fault for call in refactored.calls)
    found = judge.compared(legacy, refactored, sides.rules, scenario.faults).divergences
    verdict = "invalid" if not met else "divergent" if found else "identical"
    if control and met_by_legacy:
        again = compare(legacy, run(sides.legacy, scenario), sides.rules)
        verdict = "invalid" if again.divergences else verdict
    return Struck(scenario, strike, verdict, found, _failed(whole, refactored))


def _failed(whole: Recording, refactored: Recording) -> bool | None:
    fine = {e.name for e in whole.executions if e.status == "SUCCEEDED"}
    if not fine:
        return None
    return any(e.name in fine and e.status != "SUCCEEDED" for e in refactored.executions)
