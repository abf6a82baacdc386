"""Both trees' templates, as far as a rollout asks them: who moves what, and through which
combinations the stacks pass by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from drs_refactor.migration import Migration
from harness.results import Trees
from harness.rollout.advice import advice
from harness.rollout.changes import Change, changes
from harness.rollout.judged import Judged
from harness.rollout.movers import Mover, Package, fixed_packages, movers
from harness.rollout.passes import passed, passed_failing
from harness.rollout.references import Resource, resources_of
from harness.rollout.results import Ahead, Combination, Stacks, StackWay
from harness.tree import read_stacks


@dataclass(frozen=True)
class Templates:
    """The resources of both trees; the movers of the parts as the templates are, and as if each
    release had packages of its own.
    """

    parts: tuple[str, ...]
    old: Mapping[str, Resource]
    new: Mapping[str, Resource]
    movers: Mapping[str, Mover]
    versioned: Mapping[str, Mover]
    changes: tuple[Change, ...]
    packages: tuple[Package, ...]

    def passed(self) -> list[Combination]:
        """All combinations that stacks pass through by themselves, the smallest first."""
        found: set[Combination] = set()
        for known in (self.movers, self.versioned):
            own = _of_stacks(known)
            found |= passed_failing(frozenset(), own, known, back=False)
            found |= passed_failing(frozenset(self.parts), own, known, back=True)
        return sorted(found, key=order_of)

    def along(self, order: Sequence[str]) -> Iterator[Combination]:
        """The combinations of an order, one part at a time, and those that the stacks pass through
        if they are updated in its course, or reverted.
        """
        own = _of_stacks(self.movers)
        for count in range(len(order) + 1):
            at = frozenset(order[:count])
            yield at
            if count == 0 or not {order[count - 1]} & own:
                yield from passed_failing(at - own, own, self.movers, back=False)
                yield from passed_failing(at | own, own, self.movers, back=True)

    def unchecked(self) -> list[str]:
        """Resources that change and are no part: nothing here knows what they do."""
        known = {address for mover in self.versioned.values() for address in mover.resources}
        return [
            f"{change.kind} {change.address.rpartition('/')[2]}"
            for change in self.changes
            if change.address not in known and change.kind != "AWS::CloudFormation::Stack"
        ]

    def stacks(self, pairs: Iterable[Ahead], judged: Judged) -> Stacks:
        """What the stacks do by themselves, and what would make it safe."""
        return Stacks(
            self.changes,
            tuple(self.movers.values()),
            self.packages,
            _way(self.parts, self.movers, judged, back=False),
            _way(self.parts, self.movers, judged, back=True),
            _way(self.parts, self.versioned, judged, back=False),
            _way(self.parts, self.versioned, judged, back=True),
            tuple(advice(pairs, self.versioned, self.old, self.new)),
        )


def read_templates(trees: Trees, migration: Migration, parts: tuple[str, ...]) -> Templates:
    """Read both trees' templates. Raises InputError for what is missing or cannot be read."""
    old = resources_of(read_stacks(trees.legacy, migration))
    new = resources_of(read_stacks(trees.refactored, migration))
    return Templates(
        parts,
        old,
        new,
        movers(parts, migration, old, new),
        movers(parts, migration, old, new, packages=True),
        tuple(changes(old, new)),
        tuple(fixed_packages(parts, migration, old, new)),
    )


def _of_stacks(known: Mapping[str, Mover]) -> frozenset[str]:
    return frozenset(part for part, mover in known.items() if not mover.by_hand)


def _way(
    parts: tuple[str, ...], known: Mapping[str, Mover], judged: Judged, *, back: bool
) -> StackWay:
    """The stack alone: out before anything is done by hand, back with everything left in place."""
    own = _of_stacks(known)
    start = frozenset(parts) if back else frozenset[str]()
    unsafe = judged.unsafe
    straight = passed(start, own, known, back=back)
    failing = passed_failing(start, own, known, back=back)
    # Where it ends is what stays: that first, then what lasts for a moment.
    end = start - own if back else start | own
    ordered = [end, *sorted(straight, key=order_of), *sorted(failing - straight, key=order_of)]
    first = next((combination for combination in ordered if combination in unsafe), None)
    return StackWay(
        len(straight),
        unsafe[first] if first is not None else None,
        first is not None and first not in straight,
        first == end,
    )


def order_of(combination: Combination) -> tuple[int, list[str]]:
    """What combinations are sorted by: the same every day, though they are sets."""
    return len(combination), sorted(combination)
