"""What the verdict hangs on: each entry of the model that has a range, at both ends, and where a
gate would be lost.

A draw's time is the sum of what it was spent for, so that an entry which takes f times as long adds
(f - 1) times what it was spent: nothing is run again. What polls make of it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from drs_refactor.model import Gates
from harness.bench.draws import Pair
from harness.bench.gates import WAITS, made_in, times_waited, waits_of
from harness.bench.intervals import quantile
from harness.bench.latency import Entry, Latencies
from harness.bench.levels import Measured, Spent

GREATEST = 1_000.0
"""How many times as long an entry may take before it is said that no such value loses the gate."""


@dataclass(frozen=True)
class Sensitive:
    """One entry and one gate: the gate's figure at the lowest and highest p50 of the range, and the
    p50 from which on, or below which, the gate is lost; None if there is none.
    """

    entry: str
    p50: float
    gate: str
    limit: float
    figure: float
    at_low: float
    at_high: float
    low: float
    high: float
    lost_from: float | None
    lost_below: float | None = None

    @property
    def holds(self) -> bool:
        """True if the gate is kept, or lost, all over the range alike."""
        return (
            (self.at_low > self.limit) == (self.at_high > self.limit) == (self.figure > self.limit)
        )


def sensitivity(
    pairs: Sequence[Pair], begins: Sequence[Pair], latencies: Latencies, gates: Gates
) -> list[Sensitive]:
    """Each such entry that a gate's figure depends on, by gate; what moves it most first. `begins`
    count where they do for the gate.
    """
    found = []
    for gate, limit, figure in _figures(pairs, begins, gates):
        usual = figure("", 1.0)
        for entry in latencies.entries.values():
            if entry.low is None or entry.high is None:
                continue
            one = _sensitive(entry, gate, limit, usual, figure)
            if one is not None:
                found.append(one)
    return sorted(found, key=lambda one: (one.gate, -abs(one.at_high - one.at_low)))


_Figure = Callable[[str, float], float]


def _figures(
    pairs: Sequence[Pair], begins: Sequence[Pair], gates: Gates
) -> list[tuple[str, float, _Figure]]:
    """Each gate that decides: its name, its limit, and its figure with an entry so many times as
    long.
    """
    found: list[tuple[str, float, _Figure]] = [
        ("execution", 1 + gates.execution, lambda entry, factor: _ratio(pairs, entry, factor))
    ]
    for name, title in WAITS.items():
        some = made_in(name, pairs, begins)
        for share, limit in gates.of(name).items():
            if limit is not None and any(waits_of(name, pair.legacy) for pair in some):
                found.append((f"{title}, p{share * 100:g}", limit, _added(some, name, share)))
    return found


def _ratio(pairs: Sequence[Pair], entry: str, factor: float) -> float:
    legacy = fmean(one.execution + _more(one.spent, entry, factor) for one in _legacy(pairs))
    return (
        fmean(one.execution + _more(one.spent, entry, factor) for one in _refactored(pairs))
        / legacy
    )


def _added(pairs: Sequence[Pair], name: str, share: float) -> _Figure:
    def figure(entry: str, factor: float) -> float:
        old, new = (
            quantile(
                [
                    wait + _more(one.waited[name], entry, factor) / max(1, times_waited(name, one))
                    for one in side
                    for wait in waits_of(name, one)
                ],
                share,
            )
            for side in (_legacy(pairs), _refactored(pairs))
        )
        return new - old

    return figure


def _legacy(pairs: Sequence[Pair]) -> list[Measured]:
    return [pair.legacy for pair in pairs]


def _refactored(pairs: Sequence[Pair]) -> list[Measured]:
    return [pair.refactored for pair in pairs]


def _more(spent: Spent, entry: str, factor: float) -> float:
    return (factor - 1) * sum(seconds for (_, name, _), seconds in spent.items() if name == entry)


def _sensitive(
    entry: Entry, gate: str, limit: float, usual: float, figure: _Figure
) -> Sensitive | None:
    p50 = entry.seconds.p50
    assert entry.low is not None
    assert entry.high is not None
    if not p50:
        return None
    at_low, at_high = (figure(entry.name, p50s / p50) for p50s in (entry.low, entry.high))
    if abs(at_high - usual) < 1e-6 and abs(at_low - usual) < 1e-6:
        return None
    lost = _crossing(lambda factor: figure(entry.name, factor) - limit)
    below = None
    if lost is None:
        below = _crossing(lambda factor: figure(entry.name, 1 / factor) - limit)
    return Sensitive(
        entry.name, p50, gate, limit, usual, at_low, at_high, entry.low, entry.high,
        None if lost is None else lost * p50,
        None if not below else p50 / below,
    )  # fmt: skip


def _crossing(over: Callable[[float], float]) -> float | None:
    """The least factor from 1 to GREATEST at which `over` is positive, by bisection; 0 if it is at
    1 already, None if it is not at GREATEST.
    """
    if over(1.0) > 0:
        return 0.0
    if over(GREATEST) <= 0:
        return None
    low, high = 1.0, GREATEST
    while high - low > 1e-4 * low:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if over(middle) > 0 else (middle, high)
    return high
