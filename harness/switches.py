"""A deployment in the midst of a run: at a moment, a world becomes another tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from harness.tree import Tree


@dataclass(frozen=True, order=True)
class Moment:
    """Just before the invocation of that number, counted from 1: of those from outside (steps), or,
    `inside` of steps, of those of one of the tree's functions by another.
    """

    number: int
    inside: bool = False

    def __str__(self) -> str:
        return f"{'invocation' if self.inside else 'step'} {self.number}"


class Switches:
    """The trees that a world becomes, each at its moment. Made anew for each run."""

    def __init__(self, trees: Mapping[Moment, Tree]) -> None:
        self._trees = dict(trees)
        self._counts: Counter[bool] = Counter()
        self.entered: set[str] = set()

    def due(self, function: str, *, inside: bool) -> Tree | None:
        """The tree to become before the invocation of a function that begins now, if there is one;
        `entered` keeps the function.
        """
        self._counts[inside] += 1
        self.entered.add(function)
        return self._trees.pop(Moment(self._counts[inside], inside), None)

    @property
    def are_met(self) -> bool:
        """True once the run has come to all of the moments."""
        return not self._trees
