"""What an execution uses: calls, bytes, invocations, GB-seconds and money."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.aws.lambda_runtime import PAYLOAD_LIMIT
from harness.bench.draws import Pair
from harness.bench.latency import Prices
from harness.bench.levels import Measured

STATE_LIMIT = 262_144
"""Bytes of a state's input or output (AWS, "Step Functions service quotas")."""


@dataclass(frozen=True)
class Usage:
    """One side, mean of one execution; `payload` is the greatest of any invocation and `state` the
    greatest that Step Functions held, in bytes; `at_once` the most containers that were busy.
    """

    calls: Mapping[str, float]
    invocations: Mapping[str, float]
    gb_seconds: Mapping[str, float]
    transitions: float
    payload: int
    state: int
    at_once: int
    dollars: float


def usage(pairs: Sequence[Pair], prices: Prices) -> tuple[Usage, Usage]:
    """Legacy's and the refactored tree's."""
    return (
        _usage([pair.legacy for pair in pairs], prices),
        _usage([pair.refactored for pair in pairs], prices),
    )


def _usage(runs: Sequence[Measured], prices: Prices) -> Usage:
    calls: Counter[str] = Counter()
    for run in runs:
        calls.update(run.calls)
    invoked = [one for run in runs for one in run.invocations]
    numbers = Counter(one.function for one in invoked)
    gb_seconds = {
        function: math.fsum(
            # Billed by the millisecond, begun ones too (AWS Lambda pricing), cold starts included.
            math.ceil(round(1000 * ((one.ended or one.began) - one.began), 3))
            / 1000
            * one.memory
            / 1024
            for one in invoked
            if one.function == function
        )
        for function in sorted(numbers)
    }
    transitions = sum(run.transitions for run in runs)
    dollars = (
        math.fsum(gb_seconds.values()) * prices.gb_second
        + numbers.total() * prices.request
        + transitions * prices.transition
    )
    count = len(runs)
    return Usage(
        {name: calls[name] / count for name in sorted(calls)},
        {name: numbers[name] / count for name in sorted(numbers)},
        {name: seconds / count for name, seconds in gb_seconds.items()},
        transitions / count,
        max((max(one.request, one.response) for one in invoked), default=0),
        max(run.state_bytes for run in runs),
        max(run.at_once for run in runs),
        dollars / count,
    )


@dataclass(frozen=True)
class Reached:
    """How many servers in a wave reach a limit: bytes grow by `per_server` from `base`."""

    what: str
    limit: int
    base: float
    per_server: float

    @property
    def servers(self) -> int | None:
        """None where bytes do not grow."""
        if self.per_server <= 0:
            return None
        return math.ceil((self.limit - self.base) / self.per_server)


def reached(few: Measured, many: Measured, servers: tuple[int, int]) -> tuple[Reached, Reached]:
    """Where a side reaches Lambda's and Step Functions' limits, by runs of so many servers."""

    def line(what: str, limit: int, size: Callable[[Measured], int]) -> Reached:
        slope = (size(many) - size(few)) / (servers[1] - servers[0])
        return Reached(what, limit, size(few) - slope * servers[0], slope)

    return (
        line("Lambda payload", PAYLOAD_LIMIT, greatest_payload),
        line("Step Functions state", STATE_LIMIT, lambda one: one.state_bytes),
    )


def greatest_payload(one: Measured) -> int:
    """Of all invocations, requests and answers, in bytes."""
    return max((max(i.request, i.response) for i in one.invocations), default=0)
