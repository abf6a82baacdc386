"""May this be released: what the evidence says, why, and what it says nothing of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drs_refactor.signoff.evidence import Evidence
from harness.comparison import Divergence
from harness.reports.bench_rows import assumptions
from harness.reports.text import apart

YES, NO, OPEN = "yes", "no", "not decided"
LINES = {
    YES: "Yes, this may be released",
    NO: "No, this must not be released",
    OPEN: "Not decided: the evidence does not say whether this may be released",
}
EXIT = {YES: 0, NO: 1, OPEN: 3}

SHOWN = 3
"""Scenarios that are named where many have the same."""

WIDTH = 90
"""Characters of a value in a reason."""

_GOOD = frozenset({"identical", "within"})
_BAD = frozenset({"divergent", "over", "faster"})

ALWAYS = (
    "AWS itself: everything ran against a fake account. What the fake does otherwise than AWS, the "
    "comparison cannot show.",
    "Data that no scenario, strike or drawn case has.",
    "Times are those of a latency model; of the trees' own code they are measured on one machine.",
)
"""What no sign-off checks."""


@dataclass(frozen=True)
class Reason:
    """Why: the part of the evidence, whether it speaks for, against, or for neither, and how."""

    part: str
    verdict: str
    words: str


@dataclass(frozen=True)
class Decision:
    """The answer, its reasons with those against it first, and what was not checked."""

    answer: str
    reasons: tuple[Reason, ...]
    not_checked: tuple[str, ...]
    partial: bool

    @property
    def line(self) -> str:
        return LINES[self.answer]


def decide(evidence: Evidence) -> Decision:
    """Yes only where every part was run and is good; no as soon as one is bad."""
    verdicts = evidence.verdicts
    found = {part: "".join(_words(evidence, part)) for part in verdicts}
    reasons = [Reason(part, verdict, found[part]) for part, verdict in verdicts.items()]
    reasons.sort(key=lambda one: (one.verdict in _GOOD, one.verdict not in _BAD))
    if any(one.verdict in _BAD for one in reasons):
        answer = NO
    else:
        answer = YES if all(one.verdict in _GOOD for one in reasons) else OPEN
    partial = "not run" in verdicts.values()
    return Decision(answer, tuple(reasons), tuple(not_checked(evidence)), partial)


def _words(evidence: Evidence, part: str) -> Iterator[str]:
    """One part in one line."""
    if part in evidence.missing:
        yield evidence.missing[part]
    else:
        yield from _OF[part](evidence)


def _of_migrate(evidence: Evidence) -> Iterator[str]:
    if where := evidence.difference:
        yield f"the refactored tree is not what the codemods write from legacy: {where}"
    elif evidence.migrated is not None:
        yield (
            "the refactored tree is what the codemods write from legacy, each moved function "
            "token for token"
        )


def _of_verify(evidence: Evidence) -> Iterator[str]:
    if (run := evidence.verification) is None:
        return
    good = sum(r.verdict == "identical" for r in run.results)
    bad = [r.name for r in run.results if r.verdict != "identical"]
    yield f"{good} of {run.asked} scenarios are identical"
    if bad:
        yield f"; not {', '.join(bad[:3])}{f' and {len(bad) - 3} more' if bad[3:] else ''}"
    first = next((r.findings[0].divergence for r in run.results if r.findings), None)
    if first is not None:
        yield f"; the first: {_told(first)}"
    if others := run.elsewhere.divergences:
        yield f"; {len(others)} differences in other deployments: {_told(others[0])}"
    if run.control != "identical":
        yield f"; the control failed: legacy against itself is {run.control}"


def _of_faults(evidence: Evidence) -> Iterator[str]:
    if (struck := evidence.faults) is None:
        return
    new = sum(len(one.new) for one in struck.raced)
    yield (
        f"{struck.tried} of {struck.things} different faults and {len(struck.raced)} of "
        f"{struck.races} races: {len(struck.divergent)} strikes taken differently, {new} "
        "outcomes that legacy has not"
    )
    first = next((one for one in struck.divergent if one.divergences), None)
    if first is not None:
        kinds = ", ".join(fault.kind for fault in first.strike.faults)
        yield f"; the first: {first.strike.what} {kinds}, {_told(first.divergences[0])}"


def _told(found: Divergence) -> str:
    """A difference in a line."""
    old, new = apart(found.legacy, found.refactored, WIDTH)
    return f"{found.kind} {found.path}, legacy {old}, refactored {new}"


def _of_fuzz(evidence: Evidence) -> Iterator[str]:
    if (drawn := evidence.fuzz) is not None:
        yield f"{len(drawn.ran)} drawn scenarios, {len(drawn.divergent)} divergent"


def _of_bench(evidence: Evidence) -> Iterator[str]:
    if (times := evidence.bench) is None:
        return
    bad = [gate for gate in times.deciding if gate.verdict != "within"]
    shown = bad or [gate for gate in times.deciding if gate.name == "execution"]
    yield "; ".join(f"{gate.name}: {gate.sentence}" for gate in shown)
    yield "" if bad else "; all budgets are kept"
    yield "".join(f"; {problem}" for problem in times.problems[:1])


def _of_rollback(evidence: Evidence) -> Iterator[str]:
    if (ways := evidence.rollout) is None:
        return
    lost = sum(len(flight.divergent) for flight in ways.flights if flight.on_the_way)
    safe = "a safe way out and back" if ways.out and ways.back else "no safe way out and back"
    yield f"there is {safe}; of the switches under executions in flight {lost} are lost"
    yield "".join(f"; {line}" for line in (*ways.blockers, *ways.problems)[:2])


def _of_mutants(evidence: Evidence) -> Iterator[str]:
    if (tried := evidence.mutants) is None:
        return
    score = tried["families"]["move"]
    yield (
        f"the harness found {score['killed']} of {score['mutants'] - score['equivalent']} "
        f"wrong refactors of this kind of move; {len(tried['survivors'])} mutants of all kinds "
        "survived"
    )


_OF: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "migrate": _of_migrate,
    "verify": _of_verify,
    "faults": _of_faults,
    "fuzz": _of_fuzz,
    "bench": _of_bench,
    "rollback": _of_rollback,
    "mutants": _of_mutants,
}


def _problems(evidence: Evidence) -> dict[str, list[str]]:
    """Why scenarios were not struck, and which."""
    found: dict[str, list[str]] = {}
    for look in evidence.faults.looks if evidence.faults else ():
        if look.problem:
            found.setdefault(look.problem, []).append(look.scenario.name)
    return found


def not_checked(evidence: Evidence) -> Iterator[str]:
    """What this evidence says nothing of, the particular first."""
    for part, why in evidence.missing.items():
        yield f"{part}: {why}"
    run, times, ways = evidence.verification, evidence.bench, evidence.rollout
    for function, role in run.unchecked if run else ():
        yield f"What {function} may do: its role {role} is in no template."
    for where in run.elsewhere.left_out if run else ():
        yield f"A deployment where {where}: legacy means something else there itself."
    if run and run.reached:
        reached = [one for one in run.reached if one.side == "refactored"]
        lines = sum(len(one.missing_lines) for one in reached)
        every = sum(one.lines for one in reached)
        yield f"{lines} of the {every} lines of moved code and stubs: no scenario reaches them."
    for problem, names in _problems(evidence).items():
        more = f" and {len(names) - SHOWN} more scenarios" if names[SHOWN:] else ""
        yield f"Faults in {', '.join(names[:SHOWN])}{more}: {problem}."
    for left_out in times.left_out if times else ():
        yield f"Time: {left_out}."
    for assumption in assumptions(times) if times else ():
        yield f"Time: {assumption}."
    if ways:
        if ways.unchecked:
            yield f"Not in the fake account: {', '.join(ways.unchecked)}."
        if ways.unjudged:
            yield f"{ways.unjudged} combinations of old and new parts."
    if evidence.mutants and evidence.mutants["digests"]["tool"] != evidence.signed.tool:
        yield "The mutants were tried with another version of this tool; the trees are the same."
    yield from ALWAYS
