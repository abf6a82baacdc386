"""What a facet of the comparison is there for: a mutant that lives without it. Where another facet
always differs too, a mutant that this one finds when the other is excused, and that lives without
both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from drs_refactor.declared_allowances import KINDS
from harness.mutants.model import Mutant, Tried
from harness.mutants.results import Earned
from harness.mutants.stages import Stages, lives

CAUSES = {"permission": "calls"}
"""Kinds of a divergence that tell a cause apart, within a facet: a call that is refused is one that
went otherwise.
"""

AT_ONCE, MOST = 4, 16
"""Mutants that are tried at once, and in all, before a facet is said to earn nothing."""


def earned(stages: Stages, tried: Mapping[Mutant, Tried]) -> list[Earned]:
    """For each facet a mutant that was found, and is not without that facet."""
    killed = [one for one in tried.values() if one.killed is not None]
    return [_earned(stages, facet, killed) for facet in KINDS if facet not in CAUSES]


def _earned(stages: Stages, facet: str, killed: Sequence[Tried]) -> Earned:
    asked = 0
    for others, mutants in _by_others(facet, killed):
        for some in _few(mutants[: MOST - asked]):
            if stages.interrupted:
                return Earned(facet, None, asked)
            asked += len(some)
            # Alone it must find them, or it is another facet's work that is missing.
            found = _through(stages, some, others) if others else []
            left = [m for m in some if m not in found]
            living = _through(stages, left, others | {facet})
            if living:
                return Earned(facet, living[0], asked, tuple(sorted(others)))
    return Earned(facet, None, asked)


def _through(stages: Stages, mutants: Sequence[Mutant], without: frozenset[str]) -> list[Mutant]:
    """Those that live without some facets."""
    tried: dict[Mutant, Tried] = {}
    stages.through(mutants, tried, frozenset(k for k in KINDS if CAUSES.get(k, k) in without))
    return [mutant for mutant in mutants if mutant in tried and lives(tried[mutant])]


def _by_others(
    facet: str, killed: Iterable[Tried]
) -> Iterator[tuple[frozenset[str], list[Mutant]]]:
    """Mutants by the other facets that differed too when they were found: none first, then few; of
    each those that little reaches first.
    """
    found: dict[frozenset[str], list[Tried]] = {}
    for one in killed:
        facets = {CAUSES.get(kind, kind) for kind in one.killed.facets} if one.killed else set()
        if facet in facets:
            found.setdefault(frozenset(facets - {facet}), []).append(one)
    for others in sorted(found, key=lambda some: (len(some), sorted(some))):
        yield others, [one.mutant for one in sorted(found[others], key=lambda one: one.reaching)]


def _few(mutants: Sequence[Mutant]) -> Iterator[Sequence[Mutant]]:
    for start in range(0, len(mutants), AT_ONCE):
        yield mutants[start : start + AT_ONCE]
