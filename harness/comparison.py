"""Two recordings compared, facet by facet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from harness.allowances import Allowance, Declared, MovedInvocations, excuse
from harness.causes import in_order_of_cause
from harness.recording import Execution, RecordedCall, Recording, Step, reads_only
from harness.strict import Difference, differences
from harness.values import MISSING


@dataclass(frozen=True)
class Divergence:
    """Something that the two sides did differently. `step` counts from 1; 0 is the final state.

    The places are lines of the trees ("lambda/x/index.py:12 name"), where they are known.
    """

    kind: str
    step: int
    path: str
    legacy: Any
    refactored: Any
    legacy_place: str = ""
    refactored_place: str = ""


@dataclass(frozen=True)
class Comparison:
    """What two recordings of one scenario differ in, and which allowances were used."""

    scenario: str
    divergences: tuple[Divergence, ...]
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True)
class Rules:
    """What a comparison knows of the move: declared invocations and other differences, the moved
    functions, by their new name with the old one, and what a failed invocation sets, by action.
    """

    invocations: MovedInvocations
    moved: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    declared: tuple[Declared, ...] = ()


def compare(legacy: Recording, refactored: Recording, rules: Rules) -> Comparison:
    """Compare two recordings of the same scenario; causes come before what they lead to."""
    legacy_calls, none = rules.invocations.split(legacy)
    refactored_calls, allowed = rules.invocations.split(refactored)
    found = [
        *_permissions(legacy_calls, refactored.calls),
        *late_calls(legacy, refactored),
        *_steps(legacy.steps, refactored.steps),
        *_calls(legacy_calls, refactored_calls),
        *_executions(legacy.executions, refactored.executions),
        *_final("table", legacy.tables, refactored.tables),
        *_final("drs", legacy.drs, refactored.drs),
        *_final("ec2", legacy.ec2, refactored.ec2),
        *_logs(legacy, refactored, {old: new for new, old in rules.moved.items()}),
        *_network(legacy, refactored),
    ]
    hits = Allowance(allowed.name, allowed.reason, allowed.hits + none.hits)
    kept, excused = excuse(legacy.scenario, found, rules.declared)
    return Comparison(legacy.scenario, tuple(in_order_of_cause(kept)), (hits, *excused))


def _permissions(
    legacy: list[RecordedCall], refactored: tuple[RecordedCall, ...]
) -> Iterator[Divergence]:
    """Calls that a function's role does not permit, where legacy had no such refusal."""
    known = {(call.step, call.name) for call in legacy if call.denied}
    for call in refactored:
        if call.denied and (call.step, call.name) not in known:
            message = call.error.message if call.error else ""
            yield Divergence(
                "permission",
                call.step,
                f"{call.function} {call.name}",
                MISSING,
                f"{message}: allow it in the role of {call.function}",
                refactored_place=call.place,
            )


def late_calls(legacy: Recording, refactored: Recording) -> Iterator[Divergence]:
    """Calls that change something after whoever waited for their function had given up."""
    known = {(call.step, call.name) for call in legacy.calls if call.late}
    for call in refactored.calls:
        if call.late and not reads_only(call.name) and (call.step, call.name) not in known:
            yield Divergence(
                "late",
                call.step,
                f"{call.function} {call.name}",
                MISSING,
                f"made at {call.at:g} s, when its caller had given up",
                refactored_place=call.place,
            )


def _steps(legacy: tuple[Step, ...], refactored: tuple[Step, ...]) -> Iterator[Divergence]:
    for number in range(1, max(len(legacy), len(refactored)) + 1):
        one = legacy[number - 1] if number <= len(legacy) else None
        other = refactored[number - 1] if number <= len(refactored) else None
        if one is None or other is None:
            yield Divergence("step", number, "step", _brief(one), _brief(other))
            continue
        for name in ("source", "function", "at", "event"):
            yield from _of("step", number, name, getattr(one, name), getattr(other, name))
        if one.error or other.error:
            yield from _of("exception", number, "error", one.error, other.error)
        else:
            yield from _of("state", number, "result", one.result, other.result)


def _of(kind: str, step: int, path: str, one: Any, other: Any) -> Iterator[Divergence]:
    for difference in differences(one, other, path):
        yield _divergence(kind, step, difference)


def _divergence(kind: str, step: int, difference: Difference) -> Divergence:
    return Divergence(kind, step, difference.path, difference.legacy, difference.refactored)


def _brief(step: Step | None) -> Any:
    return MISSING if step is None else f"{step.source} → {step.function} at {step.at:g} s"


def _calls(legacy: list[RecordedCall], refactored: list[RecordedCall]) -> Iterator[Divergence]:
    """Calls in order. Those of one name are compared by field; others are extra or lost."""
    names = [[(call.step, call.name) for call in calls] for calls in (legacy, refactored)]
    matcher = SequenceMatcher(None, names[0], names[1], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(i2 - i1):
                yield from _call(i1 + offset, legacy[i1 + offset], refactored[j1 + offset])
            continue
        for index in range(i1, i2):
            yield _lost(index, legacy[index], extra=False)
        for index in range(j1, j2):
            yield _lost(index, refactored[index], extra=True)


def _call(number: int, one: RecordedCall, other: RecordedCall) -> Iterator[Divergence]:
    path = f"calls[{number}] {one.name}"
    for name in ("at", "account", "region", "parameters", "attempts", "error"):
        for difference in differences(getattr(one, name), getattr(other, name), name):
            yield Divergence(
                "calls",
                one.step,
                f"{path} {difference.path}",
                difference.legacy,
                difference.refactored,
                one.place,
                other.place,
            )


def _lost(number: int, call: RecordedCall, *, extra: bool) -> Divergence:
    path = f"calls[{number}] {call.name}"
    shown = {"function": call.function, "parameters": call.parameters}
    if extra:
        return Divergence("calls", call.step, path, MISSING, shown, refactored_place=call.place)
    return Divergence("calls", call.step, path, shown, MISSING, legacy_place=call.place)


def _executions(
    legacy: tuple[Execution, ...], refactored: tuple[Execution, ...]
) -> Iterator[Divergence]:
    for difference in differences(list(legacy), list(refactored), "executions"):
        yield _divergence("execution", 0, difference)


def _final(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Divergence]:
    for difference in differences(dict(one), dict(other)):
        yield _divergence(kind, 0, difference)


def _logs(
    legacy: Recording, refactored: Recording, renames: Mapping[str, str]
) -> Iterator[Divergence]:
    """Log records as a multiset, by step and the function that wrote them, wherever it ran."""
    sides = [_counted(recording, renames) for recording in (legacy, refactored)]
    for step, where in sorted(sides[0].keys() | sides[1].keys()):
        one = sides[0].get((step, where), Counter())
        other = sides[1].get((step, where), Counter())
        # What one side wrote and the other did not; a changed line is one of each.
        gone, new = (sorted(c.elements(), key=repr) for c in (one - other, other - one))
        for old, now in zip_longest(gone, new, fillvalue=MISSING):
            yield Divergence("logs", step, f"logs {where}", old, now)


def _counted(
    recording: Recording, renames: Mapping[str, str]
) -> dict[tuple[int, str], Counter[str]]:
    found: dict[tuple[int, str], Counter[str]] = {}
    for line in recording.logs:
        where = renames.get(line.where, line.where)
        text = f"{line.level} {line.message}" + (f" ({line.exception})" if line.exception else "")
        found.setdefault((line.step, where), Counter())[text] += 1
    return found


def _network(legacy: Recording, refactored: Recording) -> Iterator[Divergence]:
    """Code that tries to leave the machine is a finding, even if both sides do."""
    if legacy.network_attempts or refactored.network_attempts:
        yield Divergence(
            "network", 0, "network", legacy.network_attempts, refactored.network_attempts
        )
