"""Results as text: a table of scenarios, then each divergence and how to see it again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from harness.reached import Reached
from harness.values import to_json
from harness.verify import ScenarioResult, Verification

SHOWN = 5
"""Divergences shown for one scenario; the rest is in the JSON document."""


def table(results: list[ScenarioResult]) -> Iterator[str]:
    """One line a scenario: verdict, steps, AWS calls, virtual and real seconds."""
    width = max(len(result.name) for result in results)
    heads = f"{'verdict':<9} {'steps':>5} {'calls':>5} {'virtual s':>9} {'s':>5}"
    yield f"{'scenario':<{width}}  {heads}"
    for result in results:
        yield (
            f"{result.name:<{width}}  {result.verdict:<9} {result.steps:>5} {result.calls:>5} "
            f"{result.virtual_seconds:>9,.0f} {result.seconds:>5.1f}"
        )


def divergences(result: ScenarioResult, replay: str) -> Iterator[str]:
    """The first divergences of a scenario, legacy against refactored, and how to replay it."""
    yield ""
    yield f"{result.name}: {result.shows}"
    for finding in result.findings[:SHOWN]:
        found = finding.divergence
        where = f"step {found.step}" if found.step else "in the end"
        cold = " (cold containers only)" if finding.containers == "cold" else ""
        yield f"  {found.kind}, {where}, {found.path}{cold}"
        yield f"    legacy      {shown(found.legacy)}"
        yield f"    refactored  {shown(found.refactored)}"
    more = len(result.findings) - SHOWN
    if more > 0:
        yield f"  … and {more} more, mostly what follows from these (see --json)"
    for line in result.explanation[:SHOWN]:
        yield f"  deepdiff: {line}"
    yield f"  replay: {replay}"


def coverage(found: Iterable[Reached]) -> Iterator[str]:
    """What scenarios reached of the functions that the move touched; then what they did not."""
    functions = list(found)
    for side in ("legacy", "refactored"):
        own = [function for function in functions if function.side == side]
        lines, branches = sum(f.lines for f in own), sum(f.branches for f in own)
        if own:
            yield ""
            yield (
                f"reached in {side}: {lines - sum(len(f.missing_lines) for f in own)} of {lines} "
                f"lines, {branches - sum(len(f.missing_branches) for f in own)} of {branches} "
                "branches of what the move touched"
            )
        for function in own:
            missing = [str(line) for line in function.missing_lines]
            missing += [
                f"{start}→{end}"
                for start, end in function.missing_branches
                if not {start, end} & set(function.missing_lines)
            ]
            if missing:
                yield f"  never reached  {function.path} {function.function}: {', '.join(missing)}"


def summary(verification: Verification) -> Iterator[str]:
    """The verdict in one line, the control, and every allowance with its hits."""
    counts = dict.fromkeys(("identical", "divergent", "invalid"), 0)
    for result in verification.results:
        counts[result.verdict] += 1
    numbers = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    yield ""
    for allowance in verification.allowances:
        used = f"{allowance.hits} hits" if allowance.hits else "unused"
        yield f"allowance: {allowance.name} ({allowance.reason}): {used}"
    yield f"control: legacy against itself is {verification.control}"
    yield (
        f"{verification.verdict}: {numbers} of {len(verification.results)} scenarios "
        f"in {verification.seconds:.1f} s"
    )


def shown(value: Any, width: int = 300) -> str:
    """A value on one line, cut where it gets long."""
    data = to_json(value)
    if data == {"$missing": True}:
        return "(missing)"
    text = json.dumps(data, ensure_ascii=False, default=str)
    return text if len(text) <= width else f"{text[:width]}… ({len(text):,} characters)"
