"""The way out and the way back: what people and stacks do, always on safe ground."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, count

from harness.rollout.movers import Mover
from harness.rollout.passes import passed_failing
from harness.rollout.results import Combination, Stage, Way

_PARTLY = 5
"""What an update of a part of a stack costs, beside one of a move by hand or of a whole stack."""


@dataclass(frozen=True)
class _Move:
    kind: str
    name: str
    parts: Combination


def way(
    parts: tuple[str, ...],
    safe: frozenset[Combination],
    movers: Mapping[str, Mover],
    *,
    back: bool,
) -> Way | None:
    """The safe way with the fewest moves; None where there is none. A stack is updated as a whole
    only where all that it passes through is safe, also when the update fails.
    """
    everything = frozenset(parts)
    start, goal = (everything, frozenset[str]()) if back else (frozenset[str](), everything)
    if start not in safe or goal not in safe:
        return None
    moves = _cheapest(parts, safe, movers, start, goal, back=back)
    if moves is None:
        return None
    stages: list[list[_Move]] = []
    states = [start]
    for move in moves:
        if stages and _is_safe(states[-2], [*stages[-1], move], safe, movers, back=back):
            stages[-1].append(move)
            states[-1] = _after(states[-1], move, back=back)
        else:
            stages.append([move])
            states.append(_after(states[-1], move, back=back))
    return Way(tuple(map(_stage, stages)), tuple(states))


def _stage(moves: list[_Move]) -> Stage:
    named = {
        kind: tuple(move.name for move in moves if move.kind == kind)
        for kind in ("by hand", "stack", "partly")
    }
    return Stage(named["by hand"], named["stack"], named["partly"])


def _cheapest(
    parts: tuple[str, ...],
    safe: frozenset[Combination],
    movers: Mapping[str, Mover],
    start: Combination,
    goal: Combination,
    *,
    back: bool,
) -> list[_Move] | None:
    """Dijkstra over the combinations. Equal costs: parts in their own order."""
    number = count()
    queue: list[tuple[int, int, Combination, list[_Move]]] = [(0, next(number), start, [])]
    seen: set[Combination] = set()
    while queue:
        cost, _, at, so_far = heapq.heappop(queue)
        if at == goal:
            return so_far
        if at in seen:
            continue
        seen.add(at)
        for move in _moves(parts, movers, at, back=back):
            if _is_safe(at, [move], safe, movers, back=back):
                more = _PARTLY if move.kind == "partly" else 1
                then = _after(at, move, back=back)
                heapq.heappush(queue, (cost + more, next(number), then, [*so_far, move]))
    return None


def _moves(
    parts: tuple[str, ...], movers: Mapping[str, Mover], at: Combination, *, back: bool
) -> Iterator[_Move]:
    left = [part for part in parts if (part in at) == back]
    for part in left:
        if movers[part].by_hand:
            yield _Move("by hand", part, frozenset({part}))
    stacked = [part for part in left if not movers[part].by_hand]
    for root in dict.fromkeys(movers[part].root for part in stacked):
        own = frozenset(part for part in stacked if movers[part].root == root)
        yield _Move("stack", root, own)
        if len(own) > 1:
            for part in left:
                if part in own:
                    yield _Move("partly", part, frozenset({part}))


def _is_safe(
    base: Combination,
    moves: list[_Move],
    safe: frozenset[Combination],
    movers: Mapping[str, Mover],
    *,
    back: bool,
) -> bool:
    """True if all is safe whatever is made first, a stack's update failing included."""
    single = [move for move in moves if move.kind != "stack"]
    stacks = frozenset[str]().union(*(m.parts for m in moves if m.kind == "stack"))
    for some in chain.from_iterable(combinations(single, n) for n in range(len(single) + 1)):
        at = base
        for move in some:
            at = _after(at, move, back=back)
        if not passed_failing(at, stacks, movers, back=back) <= safe:
            return False
    return True


def _after(at: Combination, move: _Move, *, back: bool) -> Combination:
    return at - move.parts if back else at | move.parts
