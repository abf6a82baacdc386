"""What templates must say so that CloudFormation by itself keeps to the safe order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from harness.rollout.movers import Mover
from harness.rollout.references import Resource
from harness.rollout.results import Ahead


def advice(
    known: Iterable[Ahead],
    movers: Mapping[str, Mover],
    old: Mapping[str, Resource],
    new: Mapping[str, Resource],
) -> list[str]:
    """A line for each order that must hold and that the stack has in its hands."""
    found: list[str] = []
    pairs = [p for p in known if not (movers[p.part].by_hand or movers[p.other].by_hand)]
    for back in (False, True):
        for part in dict.fromkeys(pair.part for pair in pairs):
            others = [movers[pair.other] for pair in pairs if pair.part == part]
            found += _of(movers[part], others, old if back else new, back=back)
    return list(dict.fromkeys(found))


def _of(
    one: Mover, others: list[Mover], resources: Mapping[str, Resource], *, back: bool
) -> Iterator[str]:
    """`one` must move after all others on the way out, before them on the way back."""
    apart = [
        f"{other.part}, {why}" for other in others if (why := _why_apart(one, other, back=back))
    ]
    if apart and back:
        yield f"back: revert {one.part} first, in an update of its own: before {'; '.join(apart)}"
    elif apart:
        yield f"out: {one.part} last, in an update of its own: after {'; '.join(apart)}"
    else:
        for other in others:
            if back and one.part not in other.after_back:
                yield f"back: {_depends(other.resources, one.resources, resources)}"
            elif not back and other.part not in one.after:
                yield f"out: {_depends(one.resources, other.resources, resources)}"


def _why_apart(one: Mover, other: Mover, *, back: bool) -> str:
    """Why no DependsOn can hold the two in order, if none can."""
    if set(one.resources) & set(other.resources):
        return "the same resource, updated by two calls of no known order"
    against = other.part in one.after_back if back else one.part in other.after
    return "which the templates' references put the other way round" if against else ""


def _depends(
    later: tuple[str, ...], earlier: tuple[str, ...], resources: Mapping[str, Resource]
) -> str:
    """The line to write: between resources of one stack, or the nested stacks that they are in."""
    a, b = later[0].split("/"), earlier[0].split("/")
    depth = next(n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
    if not depth:
        return f"update stack {b[0]} before stack {a[0]}"
    address = "/".join(a[: depth + 1])
    place = resources[address].place if address in resources else ""
    return f"write `DependsOn: {b[depth]}` into {a[depth]} ({place})"
