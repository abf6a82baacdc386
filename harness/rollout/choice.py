"""Few scenarios that reach most: a combination is judged by these, not by all."""

from __future__ import annotations

from collections.abc import Sequence

from harness.rollout.results import Look

LONG = 20
"""Steps of a scenario up to which it is taken: longer ones repeat what they do."""


def chosen(looks: Sequence[Look]) -> list[Look]:
    """The scenarios that reach, together, all that the others do: each next one most that is new
    for the fewest steps and calls; and those with a pause, which are the longest in flight.
    """
    usable = [look for look in looks if not look.problem and look.steps <= LONG]
    taken = [look for look in usable if look.paused]
    reached = set[tuple[str, ...]]().union(*(look.points for look in taken))
    everything = set[tuple[str, ...]]().union(*(look.points for look in usable))
    while reached != everything:
        best = max(
            usable, key=lambda look: len(look.points - reached) / (look.steps + look.calls + 2)
        )
        taken.append(best)
        reached |= best.points
    return [look for look in looks if look in taken]
