"""One case on both trees: does it fit, what did it reach, where do the trees differ."""

from __future__ import annotations

import re
from collections import Counter

from harness import fitting
from harness.comparison import Divergence
from harness.faults.judge import compared
from harness.fuzzing.results import Key, Ran
from harness.recording import Recording, Step
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides

_LONG_ID = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{8,}(-[0-9a-f]{4,})*\b")
_NUMBER = re.compile(r"\d+")
_LABELS = ("action", "operation", "source", "path")


class Misfit(Exception):
    """A case that cannot be run, or that would show nothing."""


def check(sides: Sides, scenario: Scenario) -> None:
    """Raise Misfit for what the trees do not have, and for what only the refactored one has.

    Raises InputError for what the tree does not have.
    """
    fitting.check(sides.legacy, scenario)
    fitting.check(sides.refactored, scenario)
    moved = frozenset().union(*sides.rules.invocations.actions.values())
    for invocation in scenario.invoke:
        # An action that legacy's function does not answer is the move itself.
        event = invocation.event
        action = event.get("action") if isinstance(event, dict) else None
        if isinstance(action, str) and action in moved:
            raise Misfit(f"it asks for {action}, which legacy does not have")


def try_case(sides: Sides, number: int, scenario: Scenario, *, control: bool) -> Ran:
    """Run a case, warm. Raises Misfit where legacy cannot run it or nothing happens in it."""
    try:
        legacy = run(sides.legacy, scenario)
    except Exception as error:  # the account takes such data as little as AWS would
        raise Misfit(f"it cannot be seeded: {type(error).__name__}: {error}") from error
    if not legacy.steps:
        raise Misfit("nothing happens in it")
    refactored = run(sides.refactored, scenario)
    comparison = compared(legacy, refactored, sides.rules, scenario.faults)
    again = run(sides.legacy, scenario) if control else None
    return Ran(
        number,
        scenario,
        len(legacy.steps),
        len(legacy.calls),
        tuple(execution.status for execution in legacy.executions),
        Counter(map(_label, legacy.steps)),
        sum(bool(call.fault) for call in legacy.calls),
        key_of(comparison.divergences[0]) if comparison.divergences else None,
        _control(sides, legacy, again, scenario),
        allowances=comparison.allowances,
    )


def _control(sides: Sides, one: Recording, again: Recording | None, scenario: Scenario) -> str:
    if again is None:
        return "not run"
    found = compared(one, again, sides.rules, scenario.faults).divergences
    return f"{found[0].kind}, {found[0].path}" if found else "identical"


def key_of(divergence: Divergence) -> Key:
    """What a divergence has in common with those of other cases."""
    return divergence.kind, _NUMBER.sub("N", _LONG_ID.sub("N", divergence.path))


def _label(step: Step) -> str:
    """What a step asks of its function, in a few words."""
    event = step.event
    if not isinstance(event, dict):
        return f"{step.function}: an event that is no object"
    if isinstance(event.get("httpMethod"), str):
        path = [part for part in str(event.get("path")).split("/") if part]
        shown = "/".join(part if part.replace("-", "").isalpha() else "…" for part in path[:4])
        return f"{step.function}: {event['httpMethod'][:8]} /{shown[:40]}"
    for key in _LABELS:
        if isinstance(event.get(key), str):
            return f"{step.function}: {event[key][:30]}"
    return f"{step.function}: {{{next(iter(event), '')[:30]}, …}}"
