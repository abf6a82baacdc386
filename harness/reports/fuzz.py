"""A fuzz campaign as text and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.allowances import total
from harness.fuzzing.results import Campaign, Group
from harness.reports.text import divergences
from harness.values import to_json

SHOWN = 10
"""Actions of each function that are listed."""


@dataclass(frozen=True)
class Saved:
    """Where a group's case can be run again, and the scenario file of it."""

    replay: str
    file: str


def text(found: Campaign, saved: Sequence[Saved]) -> Iterator[str]:
    """Each group of divergences, what the campaign reached, and the verdict."""
    for group, where in zip(found.groups, saved, strict=False):
        yield from divergences(group.shrunk.result, where.replay)
        more = f", {len(group.cases)} cases differ there" if len(group.cases) > 1 else ""
        yield f"  scenario: {where.file}, shrunk in {group.shrunk.tries} tries{more}"
    if found.left:
        yield f"{found.left} more kinds of divergences were not shrunk"
    yield ""
    for problem in found.problems:
        yield f"lost: {problem}"
    yield from _reached(found)
    for allowance in total(a for one in found.ran for a in one.allowances):
        used = f"{allowance.hits} hits" if allowance.hits else "unused"
        yield f"allowance: {allowance.name} ({allowance.reason}): {used}"
    yield from _refused(found)
    bad = {one.control for one in found.controls} - {"identical"}
    yield (
        f"control: legacy against itself is {'; '.join(sorted(bad)) or 'identical'} in "
        f"{len(found.controls)} cases"
    )
    stopped = f" of {found.asked} asked for: interrupted" if found.interrupted else ""
    rate = len(found.ran) / found.seconds if found.seconds else 0.0
    yield (
        f"{found.verdict}: {len(found.ran):,} cases{stopped}, {len(found.divergent)} divergent in "
        f"{len(found.groups) + found.left} ways, seed {found.seed}, in {found.seconds:.1f} s "
        f"({rate:.1f} a second)"
        + (f", shrunk in {found.shrinking:.1f} s" if found.divergent else "")
    )


def _reached(found: Campaign) -> Iterator[str]:
    """How far the cases went, so that one sees when they do not."""
    ran = found.ran
    executions = Counter(status for one in ran for status in one.executions)
    ended = ", ".join(f"{n:,} {status.lower()}" for status, n in executions.most_common())
    yield (
        f"reached: {sum(one.steps for one in ran):,} steps, {sum(one.calls for one in ran):,} "
        f"calls, {executions.total():,} executions{f' ({ended})' if ended else ''}, "
        f"{sum(one.faults_met for one in ran):,} faults met"
    )
    for function, actions in sorted(reached(found).items()):
        shown = ", ".join(f"{what} {n:,}" for what, n in actions.most_common(SHOWN))
        more = len(actions) - SHOWN
        yield f"  {function}: {shown}{f', {more} more' if more > 0 else ''}"


def reached(found: Campaign) -> dict[str, Counter[str]]:
    """What was asked of each function, and how often."""
    asked: dict[str, Counter[str]] = {}
    for one in found.ran:
        for label, count in one.reached.items():
            function, _, what = label.partition(": ")
            asked.setdefault(function, Counter())[what] += count
    return asked


def _refused(found: Campaign) -> Iterator[str]:
    if found.refused:
        share = len(found.refused) / (len(found.refused) + len(found.ran))
        why = Counter(one.why[:90] for one in found.refused).most_common(3)
        told = "; ".join(f"{count} times {what}" for what, count in why)
        yield f"not valid: {len(found.refused)} drawn cases ({share:.0%}): {told}"


def as_json(
    found: Campaign, saved: Sequence[Saved], trees: dict[str, str], versions: dict[str, str]
) -> dict[str, Any]:
    """The document of `fuzz --json`."""
    return {
        "verdict": found.verdict,
        "examples": len(found.ran),
        "seed": found.seed,
        "divergences": [
            _group(group, where) for group, where in zip(found.groups, saved, strict=False)
        ],
        "trees": trees,
        "versions": versions,
        "divergent": len(found.divergent),
        "not_shrunk": found.left,
        "not_valid": len(found.refused),
        "interrupted": found.interrupted,
        "controls": len(found.controls),
        "problems": list(found.problems),
        "seconds": round(found.seconds, 3),
        "shrinking_seconds": round(found.shrinking, 3),
        "reached": {function: dict(actions) for function, actions in reached(found).items()},
    }


def _group(group: Group, where: Saved) -> dict[str, Any]:
    result = group.shrunk.result
    first = to_json(result.findings[0].divergence) if result.findings else {}
    return {
        **first,
        "cases": list(group.cases),
        "look_at": [to_json(suspect) for suspect in result.suspects],
        "replay": where.replay,
        "scenario": where.file,
    }
