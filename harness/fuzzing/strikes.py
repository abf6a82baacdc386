"""Faults at calls that both trees make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis.strategies import DrawFn

from harness.fuzzing.drawn import between, chance, one_of
from harness.fuzzing.results import Called
from harness.recording import reads_only

SLOW = (1.0, 8.0, 20.0)
"""Seconds of a slow call: less than any function's time in legacy, since a refactored tree may have
more of it.
"""

_ALWAYS = ("throttled", "denied", "failed", "cut")
_CONDITIONS = ("dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem")


def faults(draw: DrawFn, called: Sequence[Called]) -> list[dict[str, Any]]:
    """One or two faults, of which at most one is a slow call."""
    found = []
    for number in range(between(draw, 1, 2)):
        operation, account, region = one_of(draw, called)
        kinds = [*_ALWAYS, *(["lost"] if not reads_only(operation) else [])]
        kinds += ["condition"] if operation in _CONDITIONS else []
        kinds += ["slow"] if number == 0 else []
        kind = one_of(draw, kinds)
        fault: dict[str, Any] = {
            "operation": operation,
            "kind": kind,
            "number": one_of(draw, (1, 1, 1, 2, 2, 3, 4, 6)),
            "account": account,
            "region": region,
        }
        if kind == "slow":
            fault["seconds"] = one_of(draw, SLOW)
        elif chance(draw, 15):
            fault["times"] = one_of(draw, (2, 3, 50))
        found.append(fault)
    return found
