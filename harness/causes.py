"""Divergences in the order in which one may have led to the other: what is first is the cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.values import MISSING

if TYPE_CHECKING:
    from harness.comparison import Divergence

_ORDER = (
    "network",
    "permission",
    "calls",
    "late",
    "exception",
    "state",
    "step",
    "calls that were not reached",
    "execution",
    "table",
    "drs",
    "ec2",
    "logs",
)
_END = 1_000_000


def in_order_of_cause(divergences: Iterable[Divergence]) -> list[Divergence]:
    """By step, the final state last; within a step, calls before the result that they lead to.

    Only calls that legacy made and the other side did not, with no call after them in that step,
    follow an exception or a state in it: they are what an early end left out.
    """
    found = list(divergences)
    last_made: dict[int, int] = {}
    for place, divergence in enumerate(found):
        if divergence.kind == "calls" and divergence.refactored != MISSING:
            last_made[divergence.step] = place
    ended = {d.step for d in found if d.kind in ("exception", "state")}

    def when(numbered: tuple[int, Divergence]) -> tuple[int, int, int]:
        place, divergence = numbered
        kind = divergence.kind
        unreached = (
            kind == "calls"
            and divergence.refactored == MISSING
            and place > last_made.get(divergence.step, -1)
            and divergence.step in ended
        )
        rank = _ORDER.index("calls that were not reached" if unreached else kind)
        return (divergence.step or _END, rank, place)

    return [divergence for _, divergence in sorted(enumerate(found), key=when)]
