"""Where faults can strike: the calls of a scenario, told by what they do, and what can become of
each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from harness.aws.faults import INVOKE, PASSING, Fault, Kind
from harness.aws.faults import action_of as action
from harness.recording import RecordedCall, reads_only

OFTEN = 1_000
"""`times` of a fault that does not go away."""

_CALLS: tuple[Kind, ...] = ("throttled", "denied", "failed", "cut", "slow", "too slow")
_WRITES: tuple[Kind, ...] = ("lost",)
_CONDITIONS = ("dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem")
_INVOCATIONS: tuple[Kind, ...] = (
    *("throttled", "unreachable", "no connection", "denied", "failed", "cut", "lost"),
    *("crashed", "timed out", "too large", "error dictionary", "nothing"),
)
A_MOMENT = 1.0
"""Seconds for which a stub must keep trying: clients of AWS do (botocore's legacy mode waits up to
1, 2, 4 and 8 s)."""


@dataclass(frozen=True)
class Point:
    """One call of a scenario. `site` is the line of the tree that makes it, `what` the operation
    or, of a moved action's invocation, the action.
    """

    operation: str
    action: str
    account: str
    region: str
    number: int
    site: str
    function: str

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What it is told by, in both trees."""
        return (self.operation, self.action, self.account, self.region, self.number)

    @property
    def what(self) -> str:
        return f"invocation of {self.action}" if self.action else self.operation


def points(calls: Iterable[RecordedCall]) -> list[Point]:
    """The first and the last occurrence of each operation at each line of the tree."""
    counts: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, str], Point] = {}
    last: dict[tuple[str, str], Point] = {}
    for call in calls:
        what = (call.name, action(call), call.account, call.region)
        counts[what] += 1
        point = Point(*what, counts[what], call.place, call.function)
        first.setdefault((call.place, point.what), point)
        last[call.place, point.what] = point
    return list(dict.fromkeys(p for key in first for p in (first[key], last[key])))


def asked_by(
    calls: Iterable[RecordedCall], is_invocation: Callable[[RecordedCall], bool]
) -> dict[tuple[str, str, str, str, int], str]:
    """The line of the invocation in whose course a call is made, by the call's key; only of calls
    within one: a moved function that another one invokes is another way through the trees.
    """
    counts: Counter[tuple[str, str, str, str]] = Counter()
    within: dict[int, RecordedCall] = {}
    found = {}
    for call in calls:
        what = (call.name, action(call), call.account, call.region)
        counts[what] += 1
        if is_invocation(call):
            within[call.step] = call
        elif call.step in within and call.function != within[call.step].function:
            found[*what, counts[what]] = within[call.step].place
    return found


def faults_at(point: Point, limit: float) -> Iterator[Fault]:
    """What can become of a call that both trees make; `limit` is its function's time in legacy."""
    kinds = [*_CALLS, *(_WRITES if not reads_only(point.operation) else ())]
    kinds += ["condition"] if point.operation in _CONDITIONS else []
    shares = {"slow": 0.8, "too slow": 1.25}
    for kind in kinds:
        yield _fault(point, kind, seconds=shares.get(kind, 0.0) * limit)


def faults_of_invocation(point: Point, limit: float) -> Iterator[Fault]:
    """What can become of an invocation; `limit` is the time of the function that it is for."""
    for kind in _INVOCATIONS:
        yield _fault(point, kind, seconds=limit if kind == "timed out" else 0.0)
        if kind in PASSING:
            yield _fault(point, kind, times=OFTEN)
            yield _fault(point, kind, times=OFTEN, seconds=A_MOMENT)


def _fault(point: Point, kind: Kind, *, times: int = 1, seconds: float = 0.0) -> Fault:
    return Fault(
        point.operation,
        kind,
        point.number,
        times,
        point.action,
        point.account,
        point.region,
        seconds,
    )


def told(fault: Fault) -> str:
    """A fault in words."""
    what = f"invocation of {fault.action}" if fault.operation == INVOKE and fault.action else ""
    if fault.is_of_function:
        return f"{fault.kind}: {fault.variable or f'{fault.action} {fault.error}'}"
    often = f" for {fault.seconds:g} s" if fault.kind in PASSING and fault.seconds else ""
    often = often or (" and all after it" if fault.times > 1 else "")
    where = f"{fault.account}/{fault.region}"
    return f"{fault.kind}: {what or fault.operation} no. {fault.number}{often} in {where}"
