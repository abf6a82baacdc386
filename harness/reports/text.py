"""Results as text: a table of scenarios, then each divergence and how to see it again."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from harness.elsewhere import Elsewhere
from harness.reached import Reached
from harness.remedies import remedy
from harness.results import Finding, ScenarioResult, Verification
from harness.shares import Shares
from harness.values import to_json

SHOWN = 5
"""Lines of DeepDiff shown for one scenario."""


def table(results: list[ScenarioResult]) -> Iterator[str]:
    """One line a scenario: verdict, steps, AWS calls, virtual and real seconds."""
    width = max((len(result.name) for result in results), default=8)
    heads = f"{'verdict':<9} {'steps':>5} {'calls':>5} {'virtual s':>9} {'s':>5}"
    yield f"{'scenario':<{width}}  {heads}"
    for result in results:
        yield (
            f"{result.name:<{width}}  {result.verdict:<9} {result.steps:>5} {result.calls:>5} "
            f"{result.virtual_seconds:>9,.0f} {result.seconds:>5.1f}"
        )


def divergences(result: ScenarioResult, replay: str, *, everything: bool = False) -> Iterator[str]:
    """The first cause of a scenario's divergence, legacy against refactored, where to look, and how
    to replay it; what followed from it is counted, or shown too with `everything`.
    """
    yield ""
    yield f"{result.name}: {result.shows}"
    if result.problem:
        yield f"  {result.problem}"
    for number, finding in enumerate(result.findings if everything else result.findings[:1]):
        yield from _finding(finding)
        if not number:
            for suspect in result.suspects:
                yield f"    look at     {suspect.place} {suspect.name}: {suspect.why}"
            for line in result.explanation[:SHOWN]:
                yield f"    deepdiff    {line}"
    for hint in dict.fromkeys(remedy(finding.divergence) for finding in result.findings):
        if hint:
            yield f"    remedy      {hint}"
    rest = result.findings[1:]
    if rest and not everything:
        counts = Counter(finding.divergence.kind for finding in rest)
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        yield f"  {len(rest)} more followed ({kinds}): {replay} --all"
    if replay:
        yield f"  replay: {replay}"


def _finding(finding: Finding) -> Iterator[str]:
    found = finding.divergence
    where = f"step {found.step}" if found.step else "in the end"
    cold = " (cold containers only)" if finding.containers == "cold" else ""
    yield f"  {found.kind}, {where}, {found.path}{cold}"
    old, new = apart(found.legacy, found.refactored)
    yield f"    legacy      {old}{_at(found.legacy_place)}"
    yield f"    refactored  {new}{_at(found.refactored_place)}"


def _at(place: str) -> str:
    return f"  ({place})" if place else ""


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
        limit = f" of at most {allowance.at_most}" if allowance.at_most is not None else ""
        broad = ": it hides more than its scope, narrow it" if allowance.too_broad else ""
        yield f"allowance: {allowance.name} ({allowance.reason}): {used}{limit}{broad}"
    yield from runtime(verification)
    yield from elsewhere(verification.elsewhere)
    yield f"control: legacy against itself is {verification.control}"
    done = len(verification.results)
    asked = f" asked for, {done} done: interrupted" if verification.interrupted else " scenarios"
    yield (
        f"{verification.verdict}: {numbers or 'none'} of {verification.asked}{asked}"
        f"{', but other deployments differ' if verification.elsewhere.divergences else ''} "
        f"in {verification.seconds:.1f} s"
    )


def elsewhere(found: Elsewhere) -> Iterator[str]:
    """What the templates are in other deployments."""
    for one in found.divergences:
        old, new = apart(one.legacy, one.refactored)
        place = f" ({one.refactored_place})" if one.refactored_place else ""
        yield f"{one.kind}: {one.path}{place}: legacy {old}, refactored {new}"
    if found.read:
        by = ", ".join(dict.fromkeys(name.partition(" is ")[0] for name in found.read))
        yield f"deployments: the templates were also read as {len(found.read)} others, by {by}"
    if found.left_out:
        told = "; ".join(found.left_out)
        yield f"deployments: not compared, since legacy means something else there itself: {told}"
    for line in found.widened:
        yield f"permissions: {line}, which legacy's did not and nothing of the tree needs"


def runtime(verification: Verification) -> Iterator[str]:
    """The functions' runtime, and how the refactored tree's clients take failures."""
    kinds = sorted(set(verification.runtimes.values()))
    ways: dict[str, list[str]] = {}
    for function, service, way in verification.retries:
        ways.setdefault(way, []).append(f"{service} in {function}")
    if kinds:
        yield (
            f"runtime: the functions' is {', '.join(kinds)}; run here by Python "
            f"{platform.python_version()}"
        )
    for function, role in verification.unchecked:
        yield (
            f"not checked: the permissions of {function}, whose role {role or '(none)'} is in no "
            "template of [templates] files"
        )
    usual = max(ways, key=lambda way: len(ways[way]), default="")
    for way, clients in sorted(ways.items(), key=lambda pair: pair[0] != usual):
        who = "clients" if way == usual else ", ".join(clients)
        yield f"retries: {way} ({who})"


def speed(verification: Verification) -> Iterator[str]:
    """What a run costs, and whose code the time goes to."""
    runs = 4 * len(verification.results)
    seconds = sum(result.seconds for result in verification.results)
    shares = Shares.sum(result.shares for result in verification.results).percent()
    parts = ", ".join(f"{owner} {share:.0f} %" for owner, share in shares.items())
    yield f"speed: {runs} runs, {1000 * seconds / max(1, runs):.0f} ms each; of that {parts}"


def apart(one: Any, other: Any, width: int = 300) -> tuple[str, str]:
    """Both values on a line each. Long ones begin where they begin to differ."""
    texts = [shown(value, 1_000_000) for value in (one, other)]
    if max(map(len, texts)) <= width:
        return texts[0], texts[1]
    start = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), 0)
    start = max(0, min(start - 60, max(map(len, texts)) - width))
    cut = [("… " if start else "") + text[start : start + width] for text in texts]
    return cut[0], cut[1]


def shown(value: Any, width: int = 300) -> str:
    """A value on one line, cut where it gets long."""
    data = to_json(value)
    if data == {"$missing": True}:
        return "(missing)"
    text = json.dumps(data, ensure_ascii=False, default=str)
    return text if len(text) <= width else f"{text[:width]}… ({len(text):,} characters)"
