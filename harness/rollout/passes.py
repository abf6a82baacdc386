"""The combinations that CloudFormation passes through by itself, when it updates a stack, when it
reverts it, and when it takes back an update that failed.

Configuration and code of one function are one resource and two API calls, whose order AWS does not
tell: either may be first. A failed update is taken back by the templates before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from harness.rollout.movers import Mover

Combination = frozenset[str]
"""The parts that are the refactored tree's."""


def passed(
    start: Combination, parts: Iterable[str], movers: Mapping[str, Mover], *, back: bool
) -> set[Combination]:
    """All combinations between a start and the one in which these parts are moved."""
    stack = frozenset(parts)

    def steps(at: Combination) -> Iterable[Combination]:
        for part in stack & at if back else stack - at:
            mover = movers[part]
            waits = (mover.after_back & at) if back else (mover.after - at)
            if not waits & stack:
                yield at - {part} if back else at | {part}

    return _reached({start}, steps)


def passed_failing(
    start: Combination, parts: Iterable[str], movers: Mapping[str, Mover], *, back: bool
) -> set[Combination]:
    """Those, and the ones of an update that fails anywhere and is taken back."""
    stack = frozenset(parts)
    found = passed(start, stack, movers, back=back)
    # The templates before an update out are the old ones; before one back, the new ones.
    undone = (
        passed(one, stack - start, movers, back=True)
        if not back
        else passed(one, stack & start, movers, back=False)
        for one in list(found)
    )
    return found.union(*undone)


def _reached(
    starts: Iterable[Combination], steps: Callable[[Combination], Iterable[Combination]]
) -> set[Combination]:
    seen = set(starts)
    queue = list(seen)
    while queue:
        for other in steps(queue.pop()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
