"""All mutants of a refactored tree, tried stage by stage; then those that live alone two at a time,
and what each facet of the comparison is there for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence

from harness.executor import Workers
from harness.mutants.cache import Cache
from harness.mutants.facets import earned
from harness.mutants.model import UNTOUCHED, Mutant, Tried
from harness.mutants.pairs import pairs
from harness.mutants.results import Campaign
from harness.mutants.stages import Stages, Told, import_all, lives, work
from harness.results import Trees
from harness.scenario import Scenario

BUDGET = 1_150.0
"""Seconds in all, if nothing else is said."""

PATIENCE = 240.0
"""Seconds after which a mutant is taken to run for ever, which counts as found; all strikes of one
that all scenarios reach take forty."""


def campaign(
    trees: Trees,
    mutants: Sequence[Mutant],
    scenarios: Iterable[Scenario],
    told: Told,
    cache: Cache,
    budget: float = BUDGET,
    equivalent: frozenset[str] = frozenset(),
    *,
    facets: bool = False,
) -> Campaign:
    """Try all of them; `told` is told how many of how many are done, and of what. Those whose keys
    are in `equivalent` are said to change nothing: they are tried in few cases.

    Raises InputError for trees that cannot be read. Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    tried: dict[Mutant, Tried] = {}
    with Workers(work, warm_up=import_all, count=os.cpu_count() or 1, patience=PATIENCE) as workers:
        stages = Stages(workers, trees, list(scenarios), told, cache, began + budget, equivalent)
        asked = list(mutants)
        stages.through([UNTOUCHED, *asked], tried)
        together = list(pairs([m for m in asked if m in tried and lives(tried[m])]))
        stages.through(together, tried)
        asked += together
        each = earned(stages, tried) if facets else []
    return Campaign(
        tuple(tried[m] for m in asked if m in tried),
        len(asked),
        len(stages.looked),
        len(stages.struck),
        time.perf_counter() - began,
        cache.hits,
        stages.interrupted or len(tried) <= len(asked),
        tuple(stages.problems),
        tuple(one.reach.case.scenario for one in stages.looked if one.diverges),
        tried.get(UNTOUCHED),
        tuple(each),
    )
