"""What the difference between two sides is made of, mean seconds by cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.bench.draws import Pair
from harness.bench.gates import WAITS, times_waited, waits_of
from harness.bench.levels import Measured, Spent
from harness.bench.pace import CALL, CAUSES, JOBS

EXTRA = "extra AWS calls"
WAITING = "waiting for the next poll"


@dataclass(frozen=True)
class Share:
    """Where the added seconds of one `level` come from: mean seconds of one of it, by cause, and of
    each cause by what it was spent for, greatest first.
    """

    level: str
    added: float
    by_cause: Mapping[str, float]
    of_what: Mapping[str, Sequence[tuple[str, float]]]


def shares(pairs: Sequence[Pair]) -> list[Share]:
    """Of the execution, the action, and what people wait for."""
    found = [
        _share("execution", pairs, lambda one: (one.spent, one.execution, 1)),
        _share(
            "action",
            pairs,
            lambda one: (one.in_actions, sum(s for _, s in one.actions), len(one.actions)),
        ),
    ]
    for name, title in WAITS.items():
        if any(waits_of(name, pair.legacy) for pair in pairs):
            found.append(_share(title, pairs, _of_wait(name)))
    return found


_Told = Callable[[Measured], tuple[Spent, float, int]]


def _of_wait(name: str) -> _Told:
    def told(one: Measured) -> tuple[Spent, float, int]:
        waits = waits_of(name, one)
        times = times_waited(name, one)
        return one.waited[name], sum(waits) * times / max(1, len(waits)), times

    return told


def _share(level: str, pairs: Sequence[Pair], told: _Told) -> Share:
    legacy, old = _mean([told(pair.legacy) for pair in pairs])
    refactored, new = _mean([told(pair.refactored) for pair in pairs])
    by_cause: defaultdict[str, float] = defaultdict(float)
    of_what: dict[str, dict[str, float]] = {}
    for key in sorted({*legacy, *refactored}):
        cause, _, what = key
        # In the same model a call takes as long on both sides: what differs is their number.
        cause = EXTRA if cause == CALL else cause
        seconds = refactored.get(key, 0.0) - legacy.get(key, 0.0)
        by_cause[cause] += seconds
        parts = of_what.setdefault(cause, {})
        parts[what] = parts.get(what, 0.0) + seconds
    rest = new - old - sum(by_cause.values())
    ordered = [EXTRA if cause == CALL else cause for cause in CAUSES] + [JOBS]
    told_causes = {cause: by_cause[cause] for cause in ordered if abs(by_cause[cause]) > 5e-7}
    if abs(rest) > 5e-7:
        told_causes[WAITING] = rest
    return Share(
        level,
        new - old,
        told_causes,
        {
            cause: sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
            for cause, parts in of_what.items()
            if cause in told_causes
        },
    )


def _mean(
    told: Sequence[tuple[Spent, float, int]],
) -> tuple[dict[tuple[str, str, str], float], float]:
    """Mean of one, by key and in all."""
    count = sum(number for _, _, number in told) or 1
    total: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for spent, _, _ in told:
        for key, seconds in spent.items():
            total[key] += seconds
    return (
        {key: seconds / count for key, seconds in total.items()},
        sum(seconds for _, seconds, _ in told) / count,
    )
