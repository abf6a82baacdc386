"""The moments at which an invocation can come: one between every two calls of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.aws.disruptions import ANY, Latency
from harness.aws.faults import INVOKE
from harness.races.results import Race
from harness.recording import Recording
from harness.results import Trees
from harness.scenario import Scenario

LATENCY = 0.2
"""Seconds that every call takes in a race, so that there is time between two. An invocation takes
none: what else happens at fixed times then meets both trees at the same place, and what comes while
one is under way comes before the first call of what it invokes.
"""

SETTLED = 7_200.0
"""Seconds after the end at which the account is looked at: the jobs under way are over by then."""

_LATENCIES = (Latency(ANY, LATENCY), Latency(INVOKE, 0.0))
_MIDDLE = (0.5,)
_DENSE = (0.05, 0.5, 0.95)


def races(trees: Trees, scenarios: Iterable[Scenario]) -> Iterator[Race]:
    """Every invocation beside an execution is moved about."""
    for scenario in scenarios:
        if scenario.start is not None:
            for moved in range(len(scenario.invoke)):
                yield Race(trees, scenario, moved)


def slowed(scenario: Scenario) -> Scenario:
    """The scenario with latencies on, beside those that it has itself."""
    return replace(scenario, slow=(*scenario.slow, *_LATENCIES))


def at(scenario: Scenario, moved: int, seconds: float) -> Scenario:
    """The scenario with one invocation at another moment."""
    invoke = list(scenario.invoke)
    invoke[moved] = replace(invoke[moved], seconds=seconds)
    return replace(scenario, invoke=tuple(invoke))


def without(scenario: Scenario, moved: int) -> Scenario:
    """The scenario in which one invocation never comes."""
    invoke = [one for number, one in enumerate(scenario.invoke) if number != moved]
    return replace(scenario, invoke=tuple(invoke))


def moments(recording: Recording, *, dense: bool = False) -> list[float]:
    """Seconds at which something can come between: in the middle of each gap, or several times in
    it. A gap longer than a call's is the state machine's waiting, or the end.
    """
    ends = sorted({0.0, *(call.at for call in recording.calls)})
    gaps = list(zip(ends, [*ends[1:], ends[-1] + 2 * LATENCY], strict=True))
    return sorted({round(a + (b - a) * part, 3) for a, b in gaps for part in _parts(dense)})


def _parts(dense: bool) -> Iterable[float]:
    return _DENSE if dense else _MIDDLE
