"""Races as text and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.races.results import New, Raced
from harness.reports.text import apart
from harness.values import to_json

SHOWN = 3
"""Differences shown of one outcome."""


def shown(raced: Iterable[Raced]) -> list[tuple[Raced, New]]:
    """The first new outcome of each race."""
    return [(one, one.new[0]) for one in raced if one.new]


def text(raced: Sequence[Raced], replays: Sequence[str]) -> Iterator[str]:
    """What the refactored tree comes to, and legacy at no moment does."""
    for (one, new), replay in zip(shown(raced), replays, strict=False):
        yield ""
        yield f"{one.scenario.name}: {one.scenario.shows}"
        when = new.scenario.invoke[one.moved].seconds
        yield f"  race        {one.what} at {when:g} s, after {new.after}"
        for path, legacy, refactored in new.differences[:SHOWN]:
            old, now = apart(legacy, refactored)
            yield f"  outcome, {path}"
            yield f"    legacy      {old}  (the nearest of {one.outcomes[0]} outcomes)"
            yield f"    refactored  {now}"
        if len(new.differences) > SHOWN:
            yield f"  {len(new.differences) - SHOWN} more differences"
        if len(one.new) > 1:
            yield f"  {len(one.new) - 1} more outcomes that legacy has not"
        yield f"  replay: {replay}"


def summary(raced: Sequence[Raced], asked: int) -> Iterator[str]:
    """How many races, moments and outcomes."""
    for one in raced:
        if one.problem:
            yield f"not raced: {one.what} in {one.scenario.name}: {one.problem}"
    run = [one for one in raced if not one.problem]
    if asked:
        moments = sum(one.moments[1] for one in run)
        outcomes = sum(one.outcomes[1] for one in run)
        new = sum(len(one.new) for one in run)
        yield (
            f"races: {len(raced)} of {asked}, {moments:,} moments, {outcomes} outcomes, "
            f"{new} that legacy has not"
        )


def as_json(raced: Sequence[Raced], asked: int) -> dict[str, Any]:
    """The races of a document."""
    return {
        "asked": asked,
        "run": [
            {
                "scenario": one.scenario.name,
                "invocation": one.moved,
                "moments": list(one.moments),
                "outcomes": list(one.outcomes),
                "problem": one.problem,
                "new": [
                    {
                        "seconds": new.scenario.invoke[one.moved].seconds,
                        "after": new.after,
                        "differences": [
                            {"path": path, "legacy": to_json(old), "refactored": to_json(now)}
                            for path, old, now in new.differences
                        ],
                    }
                    for new in one.new
                ],
            }
            for one in raced
        ],
    }
