"""One execution in flight while a release is taken back, step by step beside legacy's: what its
state is after each step, item by item, and what each step did that no way back undoes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from harness.one_scenario import sides_of
from harness.recording import RecordedCall, Recording, Step, reads_only
from harness.results import Trees
from harness.rollout.results import Course, Look, Rollout, Switch
from harness.rollout.trials import compared
from harness.run import run
from harness.switches import Moment

WIDTH = 120
"""Characters of a call's parameters that are told."""

_OWN = ("lambda.Invoke", "sts.AssumeRole")


@dataclass(frozen=True)
class Item:
    """One value of a state by its path, as JSON, on either side; "" where there is none."""

    path: str
    legacy: str
    mixed: str


@dataclass(frozen=True)
class FlownStep:
    """A step: virtual seconds since the start, who invoked, whether new code ran, the state that it
    returned, and the calls that changed something outside.
    """

    number: int
    at: float
    source: str
    is_new: bool
    items: tuple[Item, ...]
    effects: tuple[str, ...]

    @property
    def differing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.legacy != item.mixed)


@dataclass(frozen=True)
class Flown:
    """An execution that began under the refactored tree and ends under legacy, taken back before
    step `switched`.
    """

    scenario: str
    shows: str
    switched: int
    steps: tuple[FlownStep, ...]


def flown(trees: Trees, found: Rollout) -> tuple[Flown, ...]:
    """The executions that are longest in flight: one that pauses, and one that does not."""
    flying = [look for look in found.chosen if look.executions and look.steps > 1]
    paused = max((one for one in flying if one.paused), key=_length, default=None)
    others = max((one for one in flying if not one.paused), key=_length, default=None)
    return tuple(_flown(trees, found, one) for one in (paused, others) if one is not None)


def _length(look: Look) -> tuple[int, str]:
    return look.steps, look.scenario.name


def _flown(trees: Trees, found: Rollout, look: Look) -> Flown:
    sides = sides_of(trees)
    switched = look.steps // 2 + 1
    course = Course(frozenset(found.parts), (Switch(Moment(switched), frozenset()),))
    _, mixed, _ = compared(sides, look.scenario, course)
    legacy = run(sides.legacy, look.scenario)
    scenario = look.scenario
    return Flown(
        scenario.name, " ".join(scenario.shows.split()), switched, _steps(legacy, mixed, switched)
    )


def _steps(legacy: Recording, mixed: Recording, switched: int) -> tuple[FlownStep, ...]:
    return tuple(
        FlownStep(
            number,
            (new or old).at,
            (new or old).source,
            number < switched,
            tuple(_items(old, new)),
            tuple(effects(mixed.calls, number)),
        )
        for number, (old, new) in enumerate(zip_longest(legacy.steps, mixed.steps), 1)
    )


def _items(old: Step | None, new: Step | None) -> Iterator[Item]:
    """Every value of both states, in legacy's order."""
    sides = [dict(_flat(_returned(step), "")) for step in (old, new)]
    for path in dict.fromkeys((*sides[0], *sides[1])):
        yield Item(path, *(side.get(path, "") for side in sides))


def _returned(step: Step | None) -> Any:
    if step is None:
        return "no such step"
    return step.result if step.error is None else f"{step.error.type}: {step.error.message}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{number}]")
    else:
        yield path or "(all of it)", json.dumps(value, ensure_ascii=False, default=str)


def effects(calls: Sequence[RecordedCall], step: int) -> Iterator[str]:
    """The calls of a step that changed something outside the tree, with what they were asked."""
    for call in calls:
        if call.step == step and call.acted and not reads_only(call.name) and call.name not in _OWN:
            asked = json.dumps(call.parameters, ensure_ascii=False, default=str)
            more = "…" if len(asked) > WIDTH else ""
            times = f" ({call.acted} times)" if call.acted > 1 else ""
            yield f"{call.name}{times} {asked[:WIDTH]}{more}"
