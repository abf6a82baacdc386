"""What one run took at each level: the whole execution, each wave, each action; what people wait
for; and what passed the time in it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from harness.bench.pace import Charge, Invoked, LatencyPace
from harness.clock import EPOCH
from harness.recording import Recording

START, LOOK = "drs.StartRecovery", "drs.DescribeJobs"
PHASES = 20
TO_RECOVERY = "begin_to_recovery"
HANDOVER = "launched_to_next_recovery"

Spent = Mapping[tuple[str, str, str], float]
"""Seconds by cause, entry of the model, and what it was spent for."""


@dataclass(frozen=True)
class Handover:
    """From the last launch of a wave to the next StartRecovery: `cycle` seconds from one look at
    the job to the next, `tail` from the look that saw the launch to StartRecovery.
    """

    cycle: float
    tail: float

    @property
    def seconds(self) -> tuple[float, ...]:
        """A launch comes at any moment between two looks: as many waits as there are phases. One
        run has one phase, which is chance, and would drown what was added.
        """
        return tuple(self.tail + self.cycle * (n + 0.5) / PHASES for n in range(PHASES))


@dataclass(frozen=True)
class Measured:
    """One run, in seconds: of the `execution`; of each wave, from the action that starts its
    recovery to the next one or the end; of each action (an invocation from outside) with its label.
    `to_recovery` is from the execution's begin to the first StartRecovery; `handovers` say how long
    it takes from when the last server of a wave is launched to the next wave's. `spent` in the
    whole, `waited` of it in what people wait for, by the name of the wait; `handed` is the first
    handover, from when the action that sees the launch is asked for.
    """

    status: str
    execution: float
    waves: tuple[float, ...]
    actions: tuple[tuple[str, float], ...]
    to_recovery: float | None
    handovers: tuple[Handover, ...]
    spent: Spent
    waited: Mapping[str, Spent]
    in_actions: Spent
    invocations: tuple[Invoked, ...]
    calls: Mapping[str, int]
    transitions: int
    at_once: int
    state_bytes: int
    handed: tuple[Charge, ...] = ()


def measured(recording: Recording, pace: LatencyPace, end_seconds: float) -> Measured:
    """Measure a paced run; its jobs end `end_seconds` after their last server."""
    begin = recording.executions[0].path[0][1] if recording.executions else 0.0
    starts = _starts(recording)
    steps = [step.at for step in recording.steps]
    firsts = [steps[number - 1] for number, _ in starts]
    launched = _launched(recording.drs, end_seconds)
    looks = [call.at for call in recording.calls if call.name == LOOK]
    spans = [
        _looks_before(looks, launched, before, at) for (_, before), (_, at) in pairwise(starts)
    ]
    first = starts[0][1] if starts else None
    outside = [one for one in pace.invocations if not one.caller and one.ended is not None]
    by_begin = {(one.function, one.at): one for one in outside}
    return Measured(
        recording.executions[0].status if recording.executions else "",
        recording.elapsed - begin,
        tuple(b - a for a, b in pairwise([*firsts, recording.elapsed])) if firsts else (),
        tuple(
            (_label(step.source, step.function), (one.ended or one.at) - one.at)
            for step in recording.steps
            if (one := by_begin.get((step.function, step.at))) is not None
        ),
        None if first is None else first - begin,
        tuple(Handover(seen - before, at - seen) for before, seen, at in spans),
        _spent(pace.charges),
        {
            TO_RECOVERY: _spent(_within(pace.charges, [(begin, first or begin)])),
            HANDOVER: _spent(_within(pace.charges, [(seen, at) for _, seen, at in spans])),
        },
        _spent(_within(pace.charges, [(one.at, one.ended or one.at) for one in outside])),
        tuple(pace.invocations),
        Counter(call.name for call in recording.calls),
        sum(len(execution.path) for execution in recording.executions),
        pace.at_once,
        max((_size(step.result) for step in recording.steps), default=0),
        tuple(_handed(pace.charges, outside, spans[:1])),
    )


def _handed(
    charges: Sequence[Charge],
    outside: Sequence[Invoked],
    spans: Sequence[tuple[float, float, float]],
) -> Iterator[Charge]:
    """What took how long in a handover, in order."""
    for _, seen, at in spans:
        begin = max((one.at for one in outside if one.at <= seen), default=seen)
        yield from _within(charges, [(begin, at)])


def _label(source: str, function: str) -> str:
    """The state that invoked, or the function where it was somebody else."""
    return source.removeprefix("states: ") if source.startswith("states: ") else function


def _starts(recording: Recording) -> list[tuple[int, float]]:
    """The step and the instant of the first StartRecovery of each step that has one."""
    found: dict[int, float] = {}
    for call in recording.calls:
        if call.name == START:
            found.setdefault(call.step, call.at)
    return sorted(found.items(), key=lambda one: one[1])


def _launched(drs: Mapping[str, Any], end_seconds: float) -> list[float]:
    """When the last server of each job was launched, in order."""
    jobs = [job for place in drs.values() for job in place["jobs"] if job["type"] == "LAUNCH"]
    ends = [job["endsAt"] for job in jobs if job["endsAt"]]
    return sorted(
        (datetime.fromisoformat(end) - EPOCH).total_seconds() - end_seconds for end in ends
    )


def _looks_before(
    looks: Sequence[float], launched: Sequence[float], begin: float, start: float
) -> tuple[float, float, float]:
    """The instants of the last look at a wave's job that did not see the last launch, of the first
    one that did, and of the next StartRecovery. Who did not look twice waits for nothing but that.
    """
    end = max((at for at in launched if begin < at <= start), default=start)
    seen = [at for at in looks if begin < at <= start]
    first = next((at for at in seen if at >= end), seen[-1] if seen else end)
    before = [at for at in seen if at < first]
    return (before[-1] if before else first), first, start


def _within(charges: Iterable[Charge], spans: Iterable[tuple[float, float]]) -> list[Charge]:
    """The charges in these spans, cut where they begin before one or end after it."""
    ordered = list(charges)
    found = []
    for begin, end in spans:
        for charge in ordered:
            seconds = min(charge.at + charge.seconds, end) - max(charge.at, begin)
            if seconds > 0:
                found.append(Charge(charge.at, seconds, charge.cause, charge.entry, charge.what))
    return found


def _spent(charges: Iterable[Charge]) -> dict[tuple[str, str, str], float]:
    found: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for charge in charges:
        found[charge.cause, charge.entry, charge.what] += charge.seconds
    return dict(found)


def _size(value: Any) -> int:
    return len(json.dumps(value, default=str).encode())
