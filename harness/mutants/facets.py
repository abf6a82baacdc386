"""What a facet of the comparison is there for: a mutant that lives without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from drs_refactor.declared_allowances import KINDS
from harness.mutants.model import Mutant, Tried
from harness.mutants.results import Earned
from harness.mutants.stages import Stages, lives

AT_ONCE, MOST = 4, 24
"""Mutants that are tried at once, and in all, before a facet is said to earn nothing."""


def earned(stages: Stages, tried: Mapping[Mutant, Tried]) -> list[Earned]:
    """For each facet a mutant that was found, and is not without that facet."""
    found = []
    for facet in KINDS:
        candidates = _only_by(facet, tried.values())[:MOST]
        living: list[Tried] = []
        asked = 0
        while candidates[asked:] and not living and not stages.interrupted:
            some = candidates[asked : asked + AT_ONCE]
            asked += len(some)
            without: dict[Mutant, Tried] = {}
            stages.through(some, without, frozenset({facet}))
            living = [one for one in without.values() if lives(one)]
        found.append(Earned(facet, living[0].mutant if living else None, asked))
    return found


def _only_by(facet: str, tried: Iterable[Tried]) -> Sequence[Mutant]:
    """Those that differed in nothing else when they were found; what little reaches comes first."""
    found = [one for one in tried if one.killed is not None and one.killed.facets == (facet,)]
    return [one.mutant for one in sorted(found, key=lambda one: one.reaching)]
