"""A rollout as text: what to do, what not to do, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.comparison import Divergence
from harness.reports.text import apart
from harness.rollout.changes import TABLE
from harness.rollout.flights import CONTROL
from harness.rollout.results import Course, Flight, Rollout, StackWay, Stage, Trial, Way

SHOWN = 8
"""Trials of each kind that are shown."""

EFFECTS = 3
"""Effects of a trial that are shown."""

WIDTH = 160
"""Characters of a value that are shown."""


def shown(found: Rollout) -> list[Trial]:
    """The trials that the text shows, each of which gets a case."""
    stacks = found.stacks
    trials = [
        *_target(found),
        *(pair.trial for pair in found.ahead[:SHOWN]),
        *found.unsafe_alone[:SHOWN],
        *(way.unsafe for way in (stacks.out, stacks.back) if way.unsafe is not None),
        *(flight.divergent[0] for flight in found.flights if flight.divergent),
    ]
    return list(dict.fromkeys(trials))


def text(found: Rollout, replays: Mapping[Trial, str]) -> Iterator[str]:
    """All of it; the verdict is the last line."""
    yield from _evidence(found)
    for trial in _target(found):
        yield ""
        yield "The refactored tree itself is not what legacy is (see drs-refactor verify):"
        yield from _trial(trial, replays)
    for name, way in (("out", found.out), ("back", found.back)):
        yield ""
        yield from _way(name, way, found)
    if found.ahead or found.unsafe_alone:
        yield ""
        yield "Never"
    for pair in found.ahead[:SHOWN]:
        yield f"  {pair.part} new while {pair.other} is old"
        yield from _trial(pair.trial, replays)
    for trial in found.unsafe_alone[:SHOWN]:
        yield f"  {_names(trial.course, found)} new, all else old"
        yield from _trial(trial, replays)
    yield ""
    yield from _stack(found, replays)
    yield ""
    yield from _flights(found, replays)
    yield ""
    yield from left_behind(found)
    yield ""
    for line in (*found.blockers, *warnings(found)):
        yield f"warning: {line}"
    for problem in found.problems:
        yield f"not done: {problem}"
    yield _last(found)


def _evidence(found: Rollout) -> Iterator[str]:
    yield f"parts that change: {', '.join(found.parts) or 'none: the trees are the same'}"
    points, everything = (
        len(set[tuple[str, ...]]().union(*(look.points for look in looks)))
        for looks in (found.chosen, found.looks)
    )
    flying = [look for look in found.chosen if look.executions and look.steps > 1]
    yield (
        f"judged by {len(found.chosen)} of {len(found.looks)} scenarios, which reach {points} of "
        f"the {everything} lines that call, states, routes and ends that all reach; in "
        f"{len(flying)} of them executions are in flight, in "
        f"{sum(bool(f.paused) for f in flying)} with a pause"
    )
    for look in found.looks:
        if look.problem:
            yield f"  left out: {look.scenario.name}: {look.problem}"


def _target(found: Rollout) -> list[Trial]:
    whole = frozenset(found.parts)
    return [t for t in found.combinations if t.course.start == whole and t.verdict == "divergent"]


def _way(name: str, way: Way | None, found: Rollout) -> Iterator[str]:
    if way is None:
        yield f"There is no safe way {name}."
        return
    bad = [f for f in found.flights if f.divergent and f.on_the_way and f.name.startswith(name)]
    yield f"The way {name}" + (", which executions in flight do NOT survive" if bad else "")
    for number, stage in enumerate(way.stages, 1):
        moves = list(_stage(stage, found, back=name == "back"))
        if len(moves) == 1:
            yield f"  {number}. {moves[0]}"
        else:
            yield f"  {number}. in any order"
            yield from (f"     {move}" for move in moves)
        if name == "back" and number < len(way.stages):
            yield (f"     then wait {found.wait} s, the longest time limit, for what is under way")
    if name == "back" and len(way.stages) > 1:
        yield "     each stage may also be left as it is: what remains is safe"


def _stage(stage: Stage, found: Rollout, *, back: bool) -> Iterator[str]:
    code = "the old package" if back else "the new package"
    for part in stage.by_hand:
        yield f"by hand  {part} ({code}, update-function-code)"
    for root in stage.stacks:
        parts = [m.part for m in found.stacks.movers if m.root == root and not m.by_hand]
        verb = "revert" if back else "update"
        yield f"stack    {verb} {root}: {', '.join(parts)}"
    for part in stage.partly:
        yield f"stack    {part}, and nothing else, in an update of its own"


def _names(course: Course, found: Rollout) -> str:
    return ", ".join(part for part in found.parts if part in course.start) or "nothing"


def _trial(trial: Trial, replays: Mapping[Trial, str]) -> Iterator[str]:
    effects = f": {', '.join(trial.effects[:EFFECTS])}" if trial.effects else ""
    more = len(trial.effects) - EFFECTS
    effects += f" and {more} more" if more > 0 else ""
    at = "".join(f", switched at {s.moment}" for s in trial.course.switches[:1])
    yield f"    {trial.scenario}{at}{effects}"
    if trial.problem:
        yield f"      {trial.problem}"
    if trial.first is not None:
        yield from divergence(trial.first)
    if trial in replays:
        yield f"      replay: {replays[trial]}"


def divergence(found: Divergence) -> Iterator[str]:
    """One difference, legacy's value against that of the mixed versions."""
    where = f"step {found.step}" if found.step else "in the end"
    old, new = apart(found.legacy, found.refactored)
    yield f"      {found.kind}, {where}, {found.path}"
    yield f"        legacy  {_short(old)}"
    yield f"        mixed   {_short(new)}"


def _short(value: str) -> str:
    return value if len(value) <= WIDTH else f"{value[:WIDTH]}…"


def _stack(found: Rollout, replays: Mapping[Trial, str]) -> Iterator[str]:
    stacks = found.stacks
    yield "The stack by itself"
    for change in stacks.changes:
        yield f"  {change.told} ({change.place})"
    yield from _stack_way("updated alone", stacks.out, replays)
    yield from _stack_way("reverted alone", stacks.back, replays)
    if stacks.packages:
        yield "  It never moves code, nor takes it back:"
        for package in stacks.packages:
            yield f"    {package.place}: {package.part} always runs {package.key}"
        yield "  Give each S3Key the release, or set S3ObjectVersion: the stack then moves code."
        yield from _stack_way("updated then", stacks.versioned_out, {})
        yield from _stack_way("reverted then", stacks.versioned_back, {})
    if stacks.advice:
        yield "  CloudFormation then keeps to a safe order with these:"
        for line in stacks.advice:
            yield f"    {line}"


def _stack_way(name: str, way: StackWay, replays: Mapping[Trial, str]) -> Iterator[str]:
    count = f"{way.passed} combination{'s' if way.passed != 1 else ''}"
    if way.unsafe is None:
        yield f"  {name}: passes through {count}, all safe"
        return
    when = "where it ends" if way.at_end else "on its way"
    when = "when the update fails and is taken back" if way.failing else when
    new = ", ".join(sorted(way.unsafe.course.start)) or "nothing"
    yield f"  {name}: passes through {count}, NOT SAFE {when}, with {new} new"
    if replays:
        yield from _trial(way.unsafe, replays)


def _flights(found: Rollout, replays: Mapping[Trial, str]) -> Iterator[str]:
    yield "Executions in flight, switched at every step"
    for flight in found.flights:
        if flight.name != CONTROL:
            yield f"  {flight.name}: {_told(flight)}"
        if flight.divergent:
            yield from _trial(flight.divergent[0], replays)


def _told(flight: Flight) -> str:
    made = f"{flight.made} switches in {len(flight.scenarios)} scenarios"
    if not flight.divergent:
        return f"{made}, all end as in legacy"
    why = "" if flight.on_the_way else ": this is what the wait is for"
    return f"{made}, {len(flight.divergent)} do not end so{why}"


def left_behind(found: Rollout) -> Iterator[str]:
    """What remains after the way back."""
    changes = found.stacks.changes
    yield "Left behind after the way back"
    kept = [change for change in changes if change.retained and change.what != "changed"]
    for change in kept:
        yield f"  {change.told}: it is retained ({change.place})"
    if not any(change.what != "changed" for change in changes):
        yield "  nothing in the stacks: no resource is added, removed, replaced or renamed"
    if not any(change.kind == TABLE for change in changes):
        yield "  nothing of the tables: their keys and properties are the same"
    if found.flights and not any(f.divergent and f.on_the_way for f in found.flights):
        yield "  nothing in the tables: after every switch the items are those that legacy writes"
    for machine in (c for c in changes if "StateMachine" in c.kind and c.what == "replaced"):
        yield f"  executions on the old machine ({machine.told}), until they end"
    if found.stacks.packages:
        yield "  the packages in the bucket, under the same names: keep a copy of the old ones"


def warnings(found: Rollout) -> Iterator[str]:
    """What the stack alone does not do, or does otherwise than people think."""
    packages = found.stacks.packages
    if packages:
        keys = ", ".join(package.place for package in packages)
        yield (
            "reverting the stack does not bring the old code back: the names of the packages never "
            f"change ({keys})"
        )
    if found.unchecked:
        yield f"not judged, since the fake account does not have it: {', '.join(found.unchecked)}"
    for change in found.stacks.changes:
        if "StateMachine" in change.kind and change.what == "replaced":
            yield (
                f"{change.told} ({change.place}): a new machine takes its place. Executions in "
                "flight stay on the old one, which takes no new ones; whoever starts by the old "
                "ARN fails until their configuration is new; and a rollback renames again, which "
                "fails while executions still run on the old one (StateMachineDeleting). Keep its "
                "name"
            )
        elif change.what == "replaced" and change.kind != TABLE:
            yield f"{change.told} ({change.place}): it is made anew, out and back"


def _last(found: Rollout) -> str:
    safe = sum(t.verdict == "identical" for t in found.combinations)
    flown = sum(flight.made for flight in found.flights)
    bad = sum(len(flight.divergent) for flight in found.flights if flight.on_the_way)
    ways = "a safe way out and back" if found.out and found.back else "NO safe way"
    control = next((f for f in found.flights if f.name == CONTROL), None)
    held = "holds" if control is not None and not control.divergent else "FAILED or was not made"
    unjudged = f" ({found.unjudged} not judged)" if found.unjudged else ""
    return (
        f"{found.verdict}: {ways}; {safe} of {len(found.combinations)} combinations are safe"
        f"{unjudged}, {found.orders_in_all} orders; {flown} switches in flight, {bad} lost; the "
        f"control {held}; {found.runs} runs in {found.seconds:.1f} s"
    )


def course_told(course: Course, parts: Sequence[str]) -> str:
    """Which parts are new, in words: for a replay."""
    new = ", ".join(part for part in parts if part in course.start) or "nothing"
    text = f"new: {new}"
    for switch in course.switches:
        then = ", ".join(part for part in parts if part in switch.new) or "nothing"
        text += f"; from {switch.moment} on: {then}"
    return text
