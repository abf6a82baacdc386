"""Orders of deployment, from which combinations of parts are safe and which are not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from harness.rollout.results import Ahead, Combination, Trial

SHOWN = 500
"""Orders that are listed; there may be as many as the parts have permutations."""


def orders(
    parts: tuple[str, ...], safe: Collection[Combination]
) -> tuple[list[tuple[str, ...]], int]:
    """Orders of all parts each of whose beginnings is safe, at most SHOWN; and how many there are.

    Read backwards they are those in which the parts may be taken back.
    """
    everything = frozenset(parts)

    @cache
    def ways(at: Combination) -> int:
        if at == everything:
            return 1
        return sum(ways(at | {part}) for part in parts if part not in at and at | {part} in safe)

    def walk(at: Combination, so_far: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if at == everything:
            yield so_far
            return
        for part in parts:
            if part not in at and at | {part} in safe and ways(at | {part}):
                yield from walk(at | {part}, (*so_far, part))

    if frozenset() not in safe:
        return [], 0
    found: list[tuple[str, ...]] = []
    for order in walk(frozenset(), ()):
        found.append(order)
        if len(found) == SHOWN:
            break
    return found, ways(frozenset())


def ahead(
    parts: tuple[str, ...], safe: Collection[Combination], unsafe: Mapping[Combination, Trial]
) -> list[Ahead]:
    """Which part must not be new before which other: where it is unsafe, and safe both without the
    one and with the other. Each is shown where most else is in place already.
    """
    found: dict[tuple[str, str], Ahead] = {}
    for combination in sorted(unsafe, key=lambda c: (-len(c), sorted(c))):
        for part in parts:
            for other in parts:
                if (
                    part in combination
                    and other not in combination
                    and combination - {part} in safe
                    and combination | {other} in safe
                ):
                    found.setdefault((part, other), Ahead(part, other, unsafe[combination]))
    return sorted(found.values(), key=lambda a: (parts.index(a.part), parts.index(a.other)))


def suggested(parts: tuple[str, ...], known: Collection[Ahead]) -> list[str]:
    """An order that these pairs allow; what they forbid in a circle comes last."""
    found: list[str] = []
    left = list(parts)
    while left:
        free = [p for p in left if not any(a.part == p and a.other in left for a in known)]
        found += free or left
        left = [part for part in left if free and part not in free]
    return found


def alone(known: Collection[Ahead], unsafe: Mapping[Combination, Trial]) -> list[Trial]:
    """The smallest unsafe combinations that no such pair explains."""
    rest = [
        combination
        for combination in unsafe
        if not any(a.part in combination and a.other not in combination for a in known)
    ]
    smallest = [c for c in rest if not any(other < c for other in rest)]
    return [unsafe[c] for c in sorted(smallest, key=lambda c: (len(c), sorted(c)))]
