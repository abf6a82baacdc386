"""How to deploy and how to go back: the short block of the first page, and the page for who is on
call.
"""

from __future__ import annotations

from collections.abc import Iterator

from drs_refactor.signoff.about import SHOWN, missing
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import (
    Block,
    Code,
    Fold,
    Items,
    Link,
    Page,
    Paragraph,
    Picture,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Words,
)
from drs_refactor.signoff.pictures import combinations
from drs_refactor.signoff.runbook import commands
from harness.reports.rollout import left_behind, warnings
from harness.reports.text import apart
from harness.rollout.flights import CONTROL
from harness.rollout.flown import Flown, FlownStep
from harness.rollout.results import Rollout, StackWay, Trial, Way

PAGE = "rollback.html"


def rollout(evidence: Evidence) -> Section:
    """The short block."""
    found = evidence.rollout
    title = "Rollout and rollback"
    if found is None:
        return Section("rollout", title, "not run", (missing(evidence, "rollback"),))
    blocks: list[Block] = [
        Paragraph(("What to type, in order, and what happens in between: ", Link(PAGE, PAGE)))
    ]
    for name, way in (("out", found.out), ("back", found.back)):
        blocks.append(Paragraph((Strong(f"The way {name}"),)))
        blocks.append(_way(found, way, back=name == "back"))
    flown = sum(flight.made for flight in found.flights)
    lost = [f.name for f in found.flights if f.divergent and f.on_the_way]
    blocks.append(
        Paragraph(
            f"{flown} switches under executions in flight: "
            + (f"lost in {', '.join(lost)}." if lost else "all end as in legacy.")
        )
    )
    blocks.append(Items((*found.blockers, *warnings(found))))
    return Section("rollout", title, found.verdict, tuple(blocks))


def _way(found: Rollout, way: Way | None, *, back: bool) -> Block:
    if way is None:
        return Paragraph("There is no safe way.")
    items = []
    for stage in way.stages:
        stacks = [f"the stack {root}" for root in stage.stacks]
        items.append("; ".join((*stage.by_hand, *stacks, *stage.partly)))
    if back and len(items) > 1:
        items[0] += f"; then wait {found.wait} s"
    return Items(tuple(items), ordered=True)


def rollback_page(evidence: Evidence, title: str) -> Page:
    """The page for who is on call."""
    found = evidence.rollout
    if found is None:
        why = evidence.missing.get("rollback", "it was not run")
        return Page(title, "not decided", f"Rollback: {why}", (), (), ())
    safe = found.verdict == "identical"
    return Page(
        title,
        "yes" if safe else "no" if found.verdict == "divergent" else "not decided",
        "There is a safe way out and back"
        if safe
        else f"Do not rely on a rollback: {found.verdict}",
        tuple(_why(found)),
        (
            "How long the calls of the AWS CLI and CloudFormation take.",
            *(f"Not in the fake account: {one}." for one in found.unchecked),
        ),
        (
            Section("type", "What to type", found.verdict, tuple(_typed(evidence, found))),
            Section("never", "What must never be", "", tuple(_never(evidence, found))),
            Section("matrix", "Every combination of old and new", "", tuple(_matrix(found))),
            Section("flight", "Executions in flight", "", tuple(_flights(evidence, found))),
            Section("step", "Step by step, old beside new", "", tuple(_flown(evidence.flown))),
            Section("stack", "What the stack does by itself", "", tuple(_stack(found))),
            Section("left", "What stays behind", "", tuple(_left(found))),
        ),
    )


def _why(found: Rollout) -> Iterator[Words]:
    made = sum(flight.made for flight in found.flights)
    lost = sum(len(flight.divergent) for flight in found.flights if flight.on_the_way)
    yield f"{made} times versions were switched under executions in flight: {lost} of them are lost"
    safe = sum(trial.verdict == "identical" for trial in found.combinations)
    yield f"{safe} of {len(found.combinations)} combinations of old and new parts are safe"
    yield from (Strong(line) for line in (*found.blockers, *warnings(found)))
    yield from found.problems


def _typed(evidence: Evidence, found: Rollout) -> Iterator[Block]:
    yield Paragraph(
        "Words in capitals are yours to fill in. Functions have the names of the deployment that "
        "was compared; take those of the one that you are at."
    )
    for name, way in (("back", found.back), ("out", found.out)):
        yield Paragraph((Strong(f"The way {name}"),))
        if way is None:
            yield Paragraph("There is no safe way.")
            continue
        for title, lines in commands(found, way, evidence.names, back=name == "back"):
            yield Paragraph(title)
            yield Text(lines)
        if name == "back":
            waits = found.wait * (len(way.stages) - 1)
            yield Paragraph(
                f"It takes {waits} s of waiting, and the time of {len(way.stages)} stages of "
                "updates. Each stage may also be left as it is: what remains is safe."
            )


def _never(evidence: Evidence, found: Rollout) -> Iterator[Block]:
    if not (found.ahead or found.unsafe_alone):
        yield Paragraph("Every combination of old and new parts is safe.")
    for pair in found.ahead[:SHOWN]:
        title = f"{pair.part} new while {pair.other} is old"
        yield Fold(title, tuple(_trial(evidence, pair.trial)))
    for trial in found.unsafe_alone[:SHOWN]:
        yield Fold(f"{_new(found, trial)} new, all else old", tuple(_trial(evidence, trial)))


def _trial(evidence: Evidence, trial: Trial) -> Iterator[Block]:
    yield Paragraph(("In ", Code(trial.scenario), f": {trial.problem or trial.verdict}"))
    yield Items(trial.effects)
    if trial.first is not None:
        old, new = apart(trial.first.legacy, trial.first.refactored, 2000)
        yield Paragraph((f"{trial.first.kind}, ", Code(trial.first.path)))
        yield SideBySide(old, new, ("legacy", "mixed versions"))
    if trial in evidence.replays.rollback:
        yield Text((evidence.replays.rollback[trial],))


def _new(found: Rollout, trial: Trial) -> str:
    return ", ".join(part for part in found.parts if part in trial.course.start) or "nothing"


def _matrix(found: Rollout) -> Iterator[Block]:
    trials = sorted(
        found.combinations,
        key=lambda t: (len(t.course.start), [p not in t.course.start for p in found.parts]),
    )
    rows = [(trial.course.start, trial.verdict) for trial in trials]
    picture = combinations(found.parts, rows)
    yield Picture("combinations.svg", picture, "which parts are new, and whether that is safe")
    yield Paragraph("Orange is new, blue is old; the last square says whether it is safe.")
    yield Fold(
        "Combination by combination",
        (
            Table(
                ("no.", "new", "verdict", "scenario", "effects"),
                tuple(
                    (
                        f"{number}", _new(found, trial), trial.verdict, Code(trial.scenario),
                        "; ".join(trial.effects) or trial.problem,
                    )
                    for number, trial in enumerate(trials, 1)
                ),
                frozenset({0}),
                filtered=True,
            ),
        ),
    )  # fmt: skip


def _flights(evidence: Evidence, found: Rollout) -> Iterator[Block]:
    rows: list[tuple[Words, ...]] = []
    for flight in found.flights:
        end = "all end as in legacy"
        if flight.divergent:
            end = ", ".join(t.scenario for t in flight.divergent)
            end = f"lost: {end}" if flight.on_the_way else f"lost, which the wait prevents: {end}"
        rows.append(
            (flight.name, f"{flight.made} of {flight.asked}", ", ".join(flight.scenarios), end)
        )
    yield Table(("switched", "made", "in scenarios", "outcome"), tuple(rows), frozenset({1}))
    for flight in found.flights:
        if flight.divergent and flight.name != CONTROL:
            yield Fold(flight.name, tuple(_trial(evidence, flight.divergent[0])))


def _flown(flown: tuple[Flown, ...]) -> Iterator[Block]:
    if not flown:
        yield Paragraph("No execution was in flight in any scenario.")
    for one in flown:
        yield Paragraph(
            (
                Code(one.scenario),
                f": {one.shows} It begins under the new release, which is taken back before step "
                f"{one.switched}; beside it the same execution under the old one.",
            )
        )
        for step in one.steps:
            yield Fold(_step_title(step), tuple(_step(step)))


def _step_title(step: FlownStep) -> str:
    code = "new" if step.is_new else "old again"
    differing = ", ".join(item.path for item in step.differing)
    return f"Step {step.number} at {step.at:,.1f} s, {step.source}, run by {code} code: " + (
        f"differs in {differing}" if differing else "the state is the same"
    )


def _step(step: FlownStep) -> Iterator[Block]:
    yield Table(
        ("item of the state", "under the old release", "new, then taken back", "same"),
        tuple(
            (Code(i.path), i.legacy, i.mixed, "yes" if i.legacy == i.mixed else Strong("NO"))
            for i in step.items
        ),
    )
    if step.effects:
        yield Paragraph("Done outside in this step, which no way back undoes:")
        yield Items(tuple((Code(effect),) for effect in step.effects))
    else:
        yield Paragraph("Nothing was changed outside in this step.")


def _stack(found: Rollout) -> Iterator[Block]:
    stacks = found.stacks
    yield Items(tuple((f"{change.told} ", Code(change.place)) for change in stacks.changes))
    yield Items(
        tuple(
            _stack_way(name, way)
            for name, way in (
                ("Updated alone", stacks.out),
                ("Reverted alone", stacks.back),
                ("Updated, with packages of its own for each release", stacks.versioned_out),
                ("Reverted, with packages of its own for each release", stacks.versioned_back),
            )
        )
    )
    if stacks.packages:
        yield Paragraph("It never moves code, nor takes it back:")
        yield Items(
            tuple((Code(p.place), f": {p.part} always runs {p.key}") for p in stacks.packages)
        )
    if stacks.advice:
        yield Paragraph("CloudFormation keeps to a safe order with these:")
        yield Items(stacks.advice)


def _stack_way(name: str, way: StackWay) -> str:
    if way.unsafe is None:
        return f"{name}: passes through {way.passed} combinations, all safe."
    new = ", ".join(sorted(way.unsafe.course.start)) or "nothing"
    when = "where it ends" if way.at_end else "on its way"
    when = "when the update fails and is taken back" if way.failing else when
    return f"{name}: passes through {way.passed} combinations, NOT SAFE {when}, with {new} new."


def _left(found: Rollout) -> Iterator[Block]:
    yield Items(tuple(line.strip() for line in list(left_behind(found))[1:]))
