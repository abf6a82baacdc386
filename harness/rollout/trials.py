"""What a worker of a rollout does: look at a scenario, run it while versions are mixed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from harness.comparison import Comparison, Divergence, compare
from harness.one_scenario import sides_of
from harness.recording import RecordedCall, Recording, reads_only
from harness.results import Trees
from harness.rollout.parts import Mixture
from harness.rollout.results import Batch, Combination, Course, Look, Trial
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides
from harness.switches import Switches
from harness.tree import Tree

TIMED_OUT = "Sandbox.Timedout"


def look(trees: Trees, scenario: Scenario) -> Look:
    """Run a scenario on legacy and note what it reaches."""
    sides = sides_of(trees)
    recording = run(sides.legacy, scenario)
    waiting = _waiting_states(sides.legacy)
    problem = "" if recording.steps else "nothing happens in it"
    if scenario.call:
        problem = "it calls a moved function by itself, which nobody outside does"
    if any(step.error is not None and step.error.type == TIMED_OUT for step in recording.steps):
        # Limits are raised out and lowered back; that is declared, and no matter of versions.
        problem = "legacy reaches a time limit in it"
    return Look(
        scenario,
        frozenset(_points(recording, scenario)),
        len(recording.steps),
        len(recording.executions),
        sum(any(state in waiting for state, _ in e.path) for e in recording.executions),
        len(recording.calls),
        problem,
    )


def _points(recording: Recording, scenario: Scenario) -> Iterator[tuple[str, ...]]:
    """What a scenario reaches: lines that call, states, routes into functions, slow services."""
    for call in recording.calls:
        yield "call", call.function, call.place, call.name
    for execution in recording.executions:
        yield "end", execution.status
        for state, _ in execution.path:
            yield "state", state
    for step in recording.steps:
        yield "route", step.function, _route(step.event)
    for slow in scenario.slow:
        yield "slow", slow.operation


def _route(event: Any) -> str:
    """How an event asks for what it wants: its action, its operation, or method and path."""
    if not isinstance(event, Mapping):
        return type(event).__name__
    path = str(event.get("path", "")).strip("/").split("/")
    found = [event.get(key) for key in ("action", "operation", "httpMethod", "source")]
    # Every other part of a path is an id.
    return " ".join(str(part) for part in (*found, *path[::2]) if part)


def _waiting_states(tree: Tree) -> set[str]:
    """The states that wait for a task token: where an execution is paused."""
    found: set[str] = set()
    for machine in tree.machines:
        states = json.loads(machine.definition).get("States", {})
        found |= {
            name
            for name, state in states.items()
            if str(state.get("Resource", "")).endswith(".waitForTaskToken")
        }
    return found


def try_all(batch: Batch) -> list[Trial]:
    """Run one scenario on each course of a batch, in this process.

    Without switches a run depends on the parts of the functions that it enters, and on roles,
    machines and layers: combinations that are alike in these need one run, as runs are repeatable.
    """
    sides = sides_of(batch.trees)
    made: list[Trial] = []
    known: list[tuple[Combination, Combination, Trial]] = []
    for course in batch.courses:
        same = next((trial for on, new, trial in known if course.start & on == new), None)
        if same is not None and not course.switches:
            made.append(replace(same, course=course, ran=False))
            continue
        trial, entered = try_one(sides, batch.scenario, course)
        if not course.switches:
            asked = entered | mixture_of(sides).named_anew
            on = frozenset(p for p in mixture_of(sides).parts if _matters(p, asked))
            known.append((on, course.start & on, trial))
        made.append(trial)
    return made


def _matters(part: str, entered: Collection[str]) -> bool:
    kind, _, name = part.partition(":")
    return kind not in ("code", "config") or name in entered


def try_one(sides: Sides, scenario: Scenario, course: Course) -> tuple[Trial, set[str]]:
    """Run a scenario on a course and compare it with legacy; and the functions that it entered."""
    comparison, recording, switches = compared(sides, scenario, course)
    found = comparison.divergences
    broad = [allowance.name for allowance in comparison.allowances if allowance.too_broad]
    verdict = "divergent" if found or broad else "identical"
    problem = f"the allowance {broad[0]!r} hides more than it says" if broad else ""
    if not recording.steps or not switches.are_met:
        verdict = "invalid"
        problem = "a switch was not met" if recording.steps else "nothing happened"
    trial = Trial(
        scenario.name,
        course,
        verdict,
        _telling(found),
        max(0, len(found) - 1),
        tuple(_effects(_legacy(sides, scenario), recording)) if found else (),
        sum(map(_waits_for_a_function, recording.calls)),
        problem,
    )
    # Who asks Lambda for another function's configuration depends on it too.
    asks = any(call.name.startswith(("lambda.Get", "lambda.List")) for call in recording.calls)
    return trial, set(sides.legacy.functions) if asks else switches.entered


def _telling(found: Sequence[Divergence]) -> Divergence | None:
    """The first divergence, or an error of the same step, which says why."""
    if not found:
        return None
    errors = (d for d in found if d.step == found[0].step and d.path.endswith("error"))
    return next((d for d in errors if isinstance(d.refactored, str)), found[0])


def _effects(legacy: Recording, mixed: Recording) -> Iterator[str]:
    """What a person would see: other ends of executions, changes not made or made too often."""
    ends = {execution.name: execution.status for execution in mixed.executions}
    for execution in legacy.executions:
        end = ends.get(execution.name, "never started")
        if end != execution.status:
            yield f"{execution.name} {execution.status} → {end}"
    counts = [
        Counter(
            {
                name: sum(call.acted for call in recording.calls if call.name == name)
                for name in {c.name for c in recording.calls if not reads_only(c.name)}
            }
        )
        for recording in (legacy, mixed)
    ]
    for name in sorted({*counts[0], *counts[1]} - {"lambda.Invoke", "sts.AssumeRole"}):
        if counts[0][name] != counts[1][name]:
            yield f"{name} {counts[0][name]} → {counts[1][name]} times"


def _waits_for_a_function(call: RecordedCall) -> bool:
    kind = call.parameters.get("InvocationType", "RequestResponse") if call.acted else ""
    return call.name == "lambda.Invoke" and kind == "RequestResponse"


def compared(
    sides: Sides, scenario: Scenario, course: Course
) -> tuple[Comparison, Recording, Switches]:
    """Legacy's run beside the course's; and the switches, as far as the run came to them."""
    mixture = mixture_of(sides)
    switches = Switches(
        {
            switch.moment: (
                mixture.anew(switch.new) if switch.new == before else mixture.tree(switch.new)
            )
            for before, switch in zip(_befores(course), course.switches, strict=True)
        }
    )
    mixed = run(mixture.tree(course.start), scenario, switches=switches)
    if mixture.renamed:
        mixed = _renamed(mixed, mixture.renamed)
    return compare(_legacy(sides, scenario), mixed, sides.rules), mixed, switches


def _befores(course: Course) -> list[frozenset[str]]:
    return [course.start, *(switch.new for switch in course.switches)][: len(course.switches)]


_mixtures: dict[int, tuple[Sides, Mixture]] = {}
_recordings: dict[tuple[int, str], tuple[Scenario, Recording]] = {}


def mixture_of(sides: Sides) -> Mixture:
    """The mixture of trees that are read once a worker, and kept."""
    if id(sides) not in _mixtures:
        _mixtures[id(sides)] = (sides, Mixture(sides.legacy, sides.refactored))
    return _mixtures[id(sides)][1]


def _legacy(sides: Sides, scenario: Scenario) -> Recording:
    key = id(sides), scenario.name
    if key not in _recordings or _recordings[key][0] != scenario:
        _recordings[key] = (scenario, run(sides.legacy, scenario))
    return _recordings[key][1]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy in which state machines bear their old names: a new name is no difference in itself,
    what follows from it is.
    """
    if isinstance(value, str):
        for new, old in names.items():
            for kind in ("stateMachine", "execution"):
                value = value.replace(f":{kind}:{new}", f":{kind}:{old}")
        return value
    if isinstance(value, Mapping):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_renamed(item, names) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: _renamed(getattr(value, f.name), names) for f in fields(value)}
        )
    return value
