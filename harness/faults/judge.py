"""What a fault may lead to at an invocation of a moved action, which legacy does not have: nothing
where nothing ran and it can be repeated, else what migration.toml declares for it, and never an
error taken for a state, a wave called completed, an execution lost, or anything done twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.aws.faults import INVOKE, PASSING, Fault, action_of
from harness.clock_readings import without_clock
from harness.comparison import Comparison, Divergence, Rules, compare, late_calls
from harness.outcomes import facet_of, outcome
from harness.recording import Recording, Step, reads_only
from harness.strict import differences
from harness.values import MISSING, to_json

UNSURE = {
    "lost": "after its answer was lost",
    "cut": "after its connection was cut",
    "failed": "after a service error",
}
"""Faults after which nobody can know whether what was invoked has run."""


def is_of_invocation(fault: Fault) -> bool:
    """True for a fault that legacy cannot meet."""
    return fault.operation == INVOKE and fault.action != "" and fault.kind != "raises"


def compared(
    legacy: Recording, refactored: Recording, rules: Rules, faults: tuple[Fault, ...]
) -> Comparison:
    """The comparison of two runs; of runs that met faults at an invocation, what is wrong there.

    A call that is too slow for legacy's time limit may not be for a raised one, so what both do
    then need not be the same; but nothing goes on whose caller has given up.
    """
    whole = compare(legacy, refactored, rules)
    if any(map(is_of_invocation, faults)):
        return replace(whole, divergences=tuple(judge(faults, legacy, refactored, rules)))
    if any(fault.kind == "too slow" for fault in faults):
        return replace(whole, divergences=tuple(late_calls(legacy, refactored)))
    return whole


def judge(
    faults: tuple[Fault, ...], legacy: Recording, refactored: Recording, rules: Rules
) -> list[Divergence]:
    """What is wrong with a run whose invocations met faults, beside legacy, whose did not."""
    one, other = (outcome(recording, polls=True) for recording in (legacy, refactored))
    changed = list(differences(one, other))
    always = [*_run_again(refactored, rules), *late_calls(legacy, refactored)]
    if not changed:
        return always
    if all(map(_must_pass, faults)):
        return [
            Divergence(facet_of(d.path), 0, d.path.lstrip("."), d.legacy, d.refactored)
            for d in changed
        ]
    struck = {fault.action for fault in faults if is_of_invocation(fault)}
    failures = {action: failure for action, failure in rules.failures.items() if action in struck}
    return [
        *always,
        *_done_twice(legacy, refactored, rules),
        *_states(legacy, refactored, failures),
        *_executions(legacy, refactored),
    ]


def _must_pass(fault: Fault) -> bool:
    """True for one that a stub may repeat the invocation after, and must."""
    return fault.kind in PASSING and (fault.times == 1 or fault.seconds > 0)


def _states(
    legacy: Recording, refactored: Recording, failures: Mapping[str, Mapping[str, Any]]
) -> Iterator[Divergence]:
    """The first answer that is another one must be a failure as it is declared; no answer may have
    keys that no state has.
    """
    known = {key for step in legacy.steps for key in _keys(step) | _given(step)}
    known |= {key for failure in failures.values() for key in failure}
    for number, step in enumerate(refactored.steps, 1):
        for key in sorted(_keys(step) - known):
            yield Divergence("state", number, f"result.{key}", MISSING, _value(step, key))
    for number, step in enumerate(refactored.steps, 1):
        old = legacy.steps[number - 1] if number <= len(legacy.steps) else None
        if old is not None and _answer(old) == _answer(step):
            continue
        yield from _untold(refactored, number, step, failures)
        if old is not None and not _is_declared(old, step, failures):
            for d in differences(old.error, step.error, "error"):
                yield Divergence("exception", number, d.path, d.legacy, d.refactored)
            for key in sorted({*_keys(old), *_keys(step)}):
                one, other = _value(old, key), _value(step, key)
                if without_clock(one) != without_clock(other):
                    yield Divergence("state", number, f"result.{key}", one, other)
        return


def _untold(
    refactored: Recording, number: int, step: Step, failures: Mapping[str, Mapping[str, Any]]
) -> Iterator[Divergence]:
    """What a failure puts into the state is logged too, as an error, by the action's name: else
    nobody finds out why.
    """
    if step.error is not None or {} in failures.values():
        return
    records = [
        f"{line.message} {line.exception}"
        for line in refactored.logs
        if line.step == number and line.level in ("ERROR", "CRITICAL")
    ]
    for action, failure in failures.items():
        texts = [str(_value(step, key)) for key, value in failure.items() if value == "{error}"]
        if any(action in one and all(text in one for text in texts) for one in records):
            return
    wanted = f"an error that names {' or '.join(sorted(failures))}, and says what the state does"
    said = records[0][:200] if records else MISSING
    yield Divergence("logs", number, f"logs of {step.function}", wanted, said)


def _is_declared(old: Step, step: Step, failures: Mapping[str, Mapping[str, Any]]) -> bool:
    """True for an answer in which the failure of one of these invocations stands as it is declared.
    One that is declared to be raised is an error, or leaves its words where its caller catches it;
    what legacy answers with an error, a state that is null say, may become another one.
    """
    if step.error is not None:
        return {} in failures.values() or old.error is not None
    said = [
        value
        for key in _keys(step)
        if isinstance(value := _value(step, key), str) and value and value != _value(old, key)
    ]
    return any(
        all(
            bool(_value(step, key)) if value == "{error}" else _value(step, key) == value
            for key, value in failure.items()
        )
        for failure in failures.values()
        if said
    )


def _executions(legacy: Recording, refactored: Recording) -> Iterator[Divergence]:
    """None is lost, and none succeeds with another result."""
    olds = {execution.name: execution for execution in legacy.executions}
    for execution in refactored.executions:
        old = olds.get(execution.name)
        if execution.status == "RUNNING" and (old is None or old.status != "RUNNING"):
            before = old.status if old else MISSING
            yield Divergence("execution", 0, f"{execution.name} status", before, "RUNNING")
        elif execution.status == "SUCCEEDED" and old is not None:
            one, other = without_clock(old.output), without_clock(execution.output)
            for d in differences(one, other, f"{execution.name} output"):
                yield Divergence("execution", 0, d.path, d.legacy, d.refactored)


def _run_again(refactored: Recording, rules: Rules) -> Iterator[Divergence]:
    """An action whose answer does not say whether it ran must not be asked for again."""
    unsure: dict[tuple[int, str], str] = {}
    for call in filter(rules.invocations.is_of, refactored.calls):
        what = (call.step, str(call.parameters.get("Payload")))
        path = f"invocation of {action_of(call)}"
        if what in unsure or (call.fault in UNSURE and call.acted > 1):
            told = f"asked for again, {UNSURE[unsure.get(what, call.fault)]}"
            yield Divergence("calls", call.step, path, "asked for once", told, "", call.place)
        elif call.fault in UNSURE:
            unsure[what] = call.fault


def _done_twice(legacy: Recording, refactored: Recording, rules: Rules) -> Iterator[Divergence]:
    """Nothing is done more often than legacy does it."""
    until = _first_other(legacy, refactored)
    olds, news = _effects(legacy, rules, until), _effects(refactored, rules, until)
    for effect, count in news.items():
        if count > olds[effect]:
            name, parameters = effect
            path = f"{name} {parameters[:200]}"
            yield Divergence("calls", 0, path, f"{olds[effect]} times", f"{count} times")


def _first_other(legacy: Recording, refactored: Recording) -> int:
    """The number of the first step that is answered otherwise."""
    for number, (old, new) in enumerate(zip(legacy.steps, refactored.steps, strict=False), 1):
        if _answer(old) != _answer(new):
            return number
    return min(len(legacy.steps), len(refactored.steps)) + 1


def _effects(recording: Recording, rules: Rules, until: int) -> Counter[tuple[str, str]]:
    """What the services did, by operation and parameters, reading apart. What people do after a
    failure depends on what they find, so it is left out.
    """
    found: Counter[tuple[str, str]] = Counter()
    for call in rules.invocations.others(recording):
        step = recording.steps[call.step - 1] if call.step <= len(recording.steps) else None
        if step is None or (call.step > until and not step.source.startswith("states")):
            continue
        if not reads_only(call.name) and not call.name.startswith("sts."):
            parameters = json.dumps(to_json(without_clock(call.parameters)), sort_keys=True)
            found[call.name, parameters] += call.acted
    return found


def _answer(step: Step) -> Any:
    return without_clock((step.function, step.result, step.error))


def _keys(step: Step) -> set[str]:
    return set(step.result) if isinstance(step.result, dict) else set()


def _given(step: Step) -> set[str]:
    """The keys of a state that a step was given, for one that legacy answers with an error."""
    given = step.event if isinstance(step.event, dict) else {}
    inner = [value for value in given.values() if isinstance(value, dict)]
    return {key for part in (given, *inner) for key in part}


def _value(step: Step, key: str) -> Any:
    return step.result.get(key, MISSING) if isinstance(step.result, dict) else MISSING
