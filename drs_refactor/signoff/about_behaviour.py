"""What both trees did: scenarios, faults, races, drawn scenarios, allowances, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from drs_refactor.signoff.about import SHOWN, missing
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import (
    Block,
    Code,
    Fold,
    Items,
    Paragraph,
    Picture,
    Section,
    SideBySide,
    Table,
    Text,
    Words,
)
from drs_refactor.signoff.pictures import scenarios
from harness.comparison import Divergence
from harness.faults.points import told
from harness.faults.results import Campaign
from harness.fuzzing.results import Campaign as Fuzz
from harness.reports import faults as faults_report
from harness.reports import races as races_report
from harness.reports.text import apart, runtime
from harness.results import ScenarioResult, Verification


def behaviour(evidence: Evidence) -> Section:
    """All that was run on both trees beside each other."""
    run = evidence.verification
    verdicts = [evidence.verdicts[part] for part in ("verify", "faults", "fuzz")]
    worst = next((v for v in verdicts if v != "identical"), "identical")
    if "divergent" in verdicts:
        worst = "divergent"
    blocks = (
        *(_scenarios(evidence, run) if run else [missing(evidence, "verify")]),
        *_faults(evidence),
        *_fuzz(evidence),
        *((*_allowances(run), *_coverage(run), *_observations(run)) if run else ()),
    )
    return Section("behaviour", "Behaviour", worst, blocks)


def _scenarios(evidence: Evidence, run: Verification) -> Iterator[Block]:
    good = sum(result.verdict == "identical" for result in run.results)
    yield Paragraph(
        f"{good} of {run.asked} scenarios are identical, with warm containers and with a cold "
        "start at every invocation. Compared at every step: returned state, exceptions, ordered "
        "AWS calls with account, region and parameters, tables, DRS and EC2, the path through the "
        "state machine, logs."
    )
    yield Paragraph(f"Control: legacy against itself is {run.control}.")
    for function, actions in run.denied.items():
        if actions:
            yield Paragraph(
                f"The second time {function} is denied {', '.join(actions)}: it needs no such call."
            )
    yield from _elsewhere(run)
    bad = [result for result in run.results if result.verdict != "identical"]
    for result in bad[:SHOWN]:
        yield Fold(
            (f"{result.name}: {result.verdict}. {result.shows}",),
            tuple(_divergent(result, evidence.replays.verify.get(result.name, ""))),
            is_open=result is bad[0],
        )
    if bad[SHOWN:]:
        yield Paragraph(f"{len(bad) - SHOWN} more are not identical: see the table.")
    ordered = sorted(run.results, key=lambda one: one.verdict == "identical")
    yield Fold(
        f"All {len(run.results)} scenarios",
        (
            Picture("scenarios.svg", scenarios(ordered), "scenarios by facets, red what differs"),
            Table(
                ("scenario", "verdict", "steps", "AWS calls", "virtual s", "shows"),
                tuple(
                    (
                        Code(r.name), r.verdict, f"{r.steps}", f"{r.calls}",
                        f"{r.virtual_seconds:,.0f}", " ".join(r.shows.split()),
                    )
                    for r in run.results
                ),
                frozenset({2, 3, 4}),
                filtered=True,
            ),
        ),
    )  # fmt: skip


def _elsewhere(run: Verification) -> Iterator[Block]:
    """What the templates are in other deployments."""
    found = run.elsewhere
    if found.read:
        yield Paragraph(
            f"Variables and permissions mean the same in {len(found.read)} other deployments "
            f"({'; '.join(found.read)})"
            + (f", but for {len(found.divergences)}:" if found.divergences else ".")
        )
    for one in found.divergences[:SHOWN]:
        yield from _difference(one)
    for line in found.widened:
        yield Paragraph(f"{line}, which legacy's did not and nothing of the tree needs.")


def _divergent(result: ScenarioResult, replay: str) -> Iterator[Block]:
    if result.problem:
        yield Paragraph(result.problem)
    for finding in result.findings[:1]:
        yield from _difference(finding.divergence)
    for suspect in result.suspects:
        yield Paragraph(("Look at ", Code(suspect.place), f" {suspect.name}: {suspect.why}"))
    if result.findings[1:]:
        kinds = Counter(finding.divergence.kind for finding in result.findings[1:])
        more = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        yield Paragraph(f"{len(result.findings) - 1} more followed: {more}.")
    if replay:
        yield Text((replay,))


def _difference(found: Divergence) -> Iterator[Block]:
    old, new = apart(found.legacy, found.refactored, 4000)
    step = f"step {found.step}" if found.step else "in the end"
    yield Paragraph((f"{found.kind}, {step}, ", Code(found.path)))
    places = (found.legacy_place, found.refactored_place)
    heads = tuple(f"{side} {place}".strip() for side, place in zip(
        ("legacy", "refactored"), places, strict=True))  # fmt: skip
    yield SideBySide(old, new, (heads[0], heads[1]))


def _faults(evidence: Evidence) -> Iterator[Block]:
    found = evidence.faults
    if found is None:
        yield missing(evidence, "faults")
        return
    kinds = Counter(kind for s in found.struck for kind in {f.kind for f in s.strike.faults})
    sites = {(s.strike.site, s.strike.what) for s in found.struck}
    yield Paragraph(
        f"Faults: {found.tried} of {found.things} different strikes at {len(sites)} calls, "
        f"{len(found.divergent)} taken differently. "
        + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        + "."
    )
    yield from _struck(evidence, found)
    for line in races_report.summary(found.raced, found.races):
        yield Paragraph(f"{line[0].upper()}{line[1:]}.")
    for (one, new), replay in zip(
        races_report.shown(found.raced), evidence.replays.races, strict=False
    ):
        blocks: list[Block] = [
            SideBySide(*apart(old, now), (f"legacy, {path}", f"refactored, {path}"))
            for path, old, now in new.differences[: races_report.SHOWN]
        ]
        yield Fold(
            f"A race in {one.scenario.name}: {one.what}, after {new.after}",
            (*blocks, Text((replay,))),
        )


def _struck(evidence: Evidence, found: Campaign) -> Iterator[Block]:
    shown = zip(faults_report.shown(found), evidence.replays.faults, strict=False)
    for struck, replay in list(shown)[:SHOWN]:
        blocks: list[Block] = [
            Paragraph((f"{told(fault)} at ", Code(struck.strike.site)))
            for fault in struck.strike.faults
        ]
        for divergence in struck.divergences[:1]:
            blocks += _difference(divergence)
        yield Fold(
            f"{struck.scenario.name}: {struck.verdict} under "
            f"{', '.join(fault.kind for fault in struck.strike.faults)}",
            (*blocks, Text((replay,))),
        )


def _fuzz(evidence: Evidence) -> Iterator[Block]:
    found = evidence.fuzz
    if found is None:
        yield missing(evidence, "fuzz")
        return
    yield Paragraph(_drawn(found))
    for group, replay in zip(found.groups, evidence.replays.fuzz, strict=False):
        blocks = tuple(_divergent(group.shrunk.result, replay))
        yield Fold(f"{len(group.cases)} drawn scenarios differ at {group.place}", blocks)


def _drawn(found: Fuzz) -> str:
    ends = Counter(status for one in found.ran for status in one.executions)
    ended = ", ".join(f"{count} {status.lower()}" for status, count in ends.most_common())
    return (
        f"Drawn scenarios, which nobody wrote: {len(found.ran)} with seed {found.seed}, "
        f"{len(found.divergent)} divergent; {sum(one.steps for one in found.ran):,} steps, "
        f"{sum(one.calls for one in found.ran):,} calls, "
        f"{sum(one.faults_met for one in found.ran):,} faults met; executions: {ended or 'none'}."
    )


def _allowances(run: Verification) -> Iterator[Block]:
    yield Table(
        ("allowance", "reason", "hits"),
        tuple(
            (
                one.name,
                one.reason,
                f"{one.hits or 'unused'}"
                + (f" of at most {one.at_most}" if one.at_most is not None else ""),
            )
            for one in run.allowances
        ),
        frozenset({2}),
        caption="Differences that are declared, and so excused",
    )
    yield Items(tuple(f"{line[0].upper()}{line[1:]}." for line in runtime(run)))


def _coverage(run: Verification) -> Iterator[Block]:
    rows: list[tuple[Words, ...]] = [
        (
            one.side, Code(one.path), Code(one.function),
            f"{one.lines - len(one.missing_lines)} of {one.lines}",
            f"{one.branches - len(one.missing_branches)} of {one.branches}",
            ", ".join(map(str, one.missing_lines)),
        )
        for one in run.reached
    ]  # fmt: skip
    if rows:
        table = Table(
            ("side", "file", "function", "lines reached", "branches reached", "lines not reached"),
            tuple(rows),
            frozenset({3, 4}),
        )
        yield Fold("Coverage: what the scenarios reach of what moved or changed", (table,))


def _observations(run: Verification) -> Iterator[Block]:
    seen: dict[str, list[str]] = {}
    for result in run.results:
        for observation in result.observations:
            seen.setdefault(observation, []).append(result.name)
    if seen:
        yield Paragraph(
            "Observed in legacy, which is right by definition; the refactored tree does the same:"
        )
        yield Items(
            tuple(
                (f"{what}, in ", Code(names[0]), f" and {len(names) - 1} more" if names[1:] else "")
                for what, names in sorted(seen.items())
            )
        )
