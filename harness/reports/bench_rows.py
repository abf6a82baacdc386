"""A benchmark's figures as words: what text, Markdown and the signed page show alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.bench.results import Bench
from harness.bench.sensitivity import Sensitive
from harness.bench.usage import Usage
from harness.compute.power import false_alarms
from harness.compute.results import Instructions, PowerPoint

SHOWN = 4
"""Entries of the model that are told for each gate, and things for each cause."""

LevelRow = tuple[str, str, str, str, str, str, str]
"""Name, legacy s, refactored s, added ms, ratio, interval, verdict."""


def level_rows(found: Bench) -> Iterator[LevelRow]:
    """Levels, then what has a budget, then tree code. The interval is of the ratio, or of what is
    added where there is none.
    """
    for level in found.levels:
        ratio = level.ratio
        yield (
            level.name,
            f"{level.legacy:,.3f}",
            f"{level.refactored:,.3f}",
            f"{1000 * level.added:+,.0f}",
            f"{ratio.value:.4f}",
            f"{ratio.low:.4f} to {ratio.high:.4f}",
            level.verdict if level.decides else f"{level.verdict}, does not decide",
        )
    for budget in found.budgets:
        added = budget.added
        limit = f", {1000 * budget.limit:,.0f} ms may be added" if budget.limit is not None else ""
        yield (
            budget.title,
            f"{budget.legacy:,.3f}",
            f"{budget.refactored:,.3f}",
            f"{1000 * added.value:+,.0f}",
            "",
            f"{1000 * added.low:+,.0f} to {1000 * added.high:+,.0f} ms",
            f"{budget.verdict if budget.decides else 'no budget'}{limit}",
        )
    for judged in found.compute.levels if found.compute is not None else ():
        code = judged.ratio
        yield (
            f"tree code, {judged.level}",
            f"{judged.legacy:,.6f}",
            f"{judged.refactored:,.6f}",
            f"{1000 * (judged.refactored - judged.legacy):+,.3f}",
            f"{code.ratio:.4f}",
            f"{code.low:.4f} to {code.high:.4f}",
            f"{judged.verdict}, floor {1000 * judged.floor:g} ms an invocation",
        )


def gate_entries(found: Bench) -> Iterator[tuple[str, list[str]]]:
    """Each gate, and the entries of the model that it hangs on: the first few, and every one at
    which it is lost within its range.
    """
    for gate in dict.fromkeys(one.gate for one in found.sensitivity):
        some = [one for one in found.sensitivity if one.gate == gate]
        yield gate, [of_entry(one) for n, one in enumerate(some) if n < SHOWN or not one.holds]


def of_entry(one: Sensitive) -> str:
    """How a gate's figure hangs on an entry of the model, in words."""
    if one.lost_from is not None:
        lost = f"lost from {one.lost_from:.4g} s on" if one.lost_from else "lost as it is"
    elif one.lost_below is not None:
        lost = f"lost below {one.lost_below:.4g} s"
    else:
        lost = "lost at no value"
    inside = "" if one.holds else " — INSIDE ITS RANGE"
    return (
        f"{one.entry} {one.p50:g} s, if {one.low:g} to {one.high:g} s: {one.at_low:.3f} to "
        f"{one.at_high:.3f} where {one.limit:g} is the limit; {lost}{inside}"
    )


def assumptions(found: Bench) -> Iterator[str]:
    """What a gate that is kept hangs on: entries of the model at which it is lost within their
    range.
    """
    kept = {gate.name for gate in found.deciding if gate.verdict == "within"}
    for one in found.sensitivity:
        if one.gate in kept and not one.holds:
            lost = one.lost_below if one.lost_from is None else one.lost_from
            way = "below" if one.lost_from is None else "from"
            yield (
                f"{one.gate} is lost {way} {lost:.3g} s of {one.entry} on, for which the model has "
                f"{one.p50:g} s of {one.low:g} to {one.high:g}"
            )


def of_instructions(counted: Instructions) -> str:
    """What was counted, in words."""
    return (
        "Processor instructions of one execution's tree code (callgrind, marginal): "
        f"{counted.legacy:,} legacy, {counted.refactored:,} refactored, ratio {counted.ratio:.3f}."
    )


def of_power(points: Sequence[PowerPoint]) -> str:
    """What the picture of power shows, in words."""
    return (
        f"{points[0].recorded:,} recorded pairs of legacy with itself, resampled {points[0].runs} "
        "times for each true effect, by ratio alone: "
        f"{false_alarms(points):.1%} false alarms where there is none."
    )


def usage_rows(legacy: Usage, refactored: Usage) -> Iterator[tuple[str, str, str]]:
    """What one execution uses: name, legacy, refactored."""

    def row(name: str, old: float, new: float, form: str = ",.1f") -> tuple[str, str, str]:
        return name, format(old, form), format(new, form)

    def seconds(of: Usage) -> float:
        return sum(of.gb_seconds.values())

    for name in sorted({*legacy.calls, *refactored.calls}):
        yield row(f"calls of {name}", legacy.calls.get(name, 0), refactored.calls.get(name, 0))
    for name in sorted({*legacy.invocations, *refactored.invocations}):
        old, new = (side.invocations.get(name, 0) for side in (legacy, refactored))
        yield row(f"invocations of {name}", old, new)
    yield row("GB-seconds", seconds(legacy), seconds(refactored), ",.2f")
    yield row("US dollars", legacy.dollars, refactored.dollars, ".6f")
    yield row("containers at once", legacy.at_once, refactored.at_once, ",")
    yield row("greatest Lambda payload, bytes", legacy.payload, refactored.payload, ",")
    yield row("greatest state, bytes", legacy.state, refactored.state, ",")
