"""A fault run as text and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from harness.faults.points import told
from harness.faults.results import Campaign, Struck
from harness.reports import races
from harness.reports.text import apart
from harness.values import to_json


def shown(found: Campaign) -> list[Struck]:
    """What is to be shown: one of each kind of divergence, those of the smallest scenarios."""
    calls = {look.scenario.name: look.calls for look in found.looks}
    first: dict[tuple[str, ...], Struck] = {}
    for struck in sorted(found.divergent, key=lambda s: calls.get(s.scenario.name, 0)):
        first.setdefault((struck.verdict, *struck.strike.novelty), struck)
    return list(first.values())


def text(
    found: Campaign, replays: Sequence[str], race_replays: Sequence[str] = ()
) -> Iterator[str]:
    """The divergences, what was struck, what was left out, and the verdict."""
    cases = shown(found)
    for struck, replay in zip(cases, replays, strict=False):
        yield ""
        yield f"{struck.scenario.name}: {struck.scenario.shows}"
        for fault in struck.strike.faults:
            yield f"  struck at   {struck.strike.site or '(no line of the tree)'}"
            yield f"  by          {told(fault)}"
        if struck.verdict == "invalid":
            yield "  the fault was not met, or legacy does not do the same twice"
        for divergence in struck.divergences[:1]:
            old, new = apart(divergence.legacy, divergence.refactored)
            step = f"step {divergence.step}" if divergence.step else "in the end"
            yield f"  {divergence.kind}, {step}, {divergence.path}"
            yield f"    legacy      {old}"
            yield f"    refactored  {new}"
        if len(struck.divergences) > 1:
            yield f"  {len(struck.divergences) - 1} more followed"
        yield f"  replay: {replay}"
    others = len(found.divergent) - len(replays)
    if replays and others > 0:
        yield f"{others} more strikes are like these"
    yield from races.text(found.raced, race_replays)
    yield ""
    for look in found.looks:
        if look.problem:
            yield f"not struck: {look.scenario.name}: {look.problem}"
    for problem in found.problems:
        yield f"lost: {problem}"
    kinds = Counter(kind for s in found.struck for kind in {f.kind for f in s.strike.faults})
    yield "strikes: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    for on_invocation, whose in ((True, "invocations"), (False, "calls that legacy makes too")):
        failed, lost = found.lost_answers(on_invocation=on_invocation)
        if lost:
            yield f"lost answers of {whose}: {failed} of {lost} executions fail by one"
    yield from races.summary(found.raced, found.races)
    sites = {(s.strike.site, s.strike.what) for s in found.struck}
    yield (
        f"{found.verdict}: {len(found.struck)} of {found.asked} strikes at {len(sites)} calls of "
        f"the trees, {found.tried} of {found.things} different ones, {len(found.divergent)} taken "
        f"differently, in {found.seconds:.1f} s"
    )


def as_json(
    found: Campaign, replays: Sequence[str], trees: dict[str, str], versions: dict[str, str]
) -> dict[str, Any]:
    """The document of `verify --faults`."""
    rates = {
        name: dict(zip(("failed", "lost"), found.lost_answers(on_invocation=on), strict=True))
        for name, on in (("invocations", True), ("calls", False))
    }
    return {
        "verdict": found.verdict,
        "trees": trees,
        "versions": versions,
        "seconds": round(found.seconds, 3),
        "scenarios": [
            {"name": look.scenario.name, "strikes": len(look.strikes), "problem": look.problem}
            for look in found.looks
        ],
        "faults": {
            "asked": found.asked,
            "struck": len(found.struck),
            "different": found.things,
            "different_struck": found.tried,
            "lost_answers": rates,
            "problems": list(found.problems),
            "divergences": [
                {
                    "scenario": struck.scenario.name,
                    "verdict": struck.verdict,
                    "faults": [to_json(fault) for fault in struck.strike.faults],
                    "site": struck.strike.site,
                    "divergences": [to_json(d) for d in struck.divergences],
                }
                for struck in found.divergent
            ],
            "replays": list(replays),
        },
        "races": races.as_json(found.raced, found.races),
    }
