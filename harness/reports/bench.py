"""A benchmark as text: one table of levels, then what the difference is made of, what the verdict
hangs on, what an execution uses, and how cost grows.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench.causes import Share
from harness.bench.results import Bench, of_curve
from harness.bench.sensitivity import Sensitive
from harness.bench.usage import Usage
from harness.compute.results import Judged

SHOWN = 4
"""Entries of the model that are told for each gate, and things for each cause."""

_WIDTH = 46


def text(found: Bench) -> Iterator[str]:
    """The whole report, line by line; the verdict last."""
    yield from _table(found)
    yield ""
    yield from _causes(found.shares)
    yield ""
    yield from _sensitivity(found)
    yield ""
    yield from _usage(found)
    yield from _growth(found)
    yield from _power(found)
    yield ""
    for problem in found.problems:
        yield f"problem: {problem}"
    for left_out in found.left_out:
        yield f"not measured: {left_out}"
    for gate in found.deciding:
        yield f"{gate.name}: {gate.sentence}"
    yield (
        f"{found.verdict}: {found.draws} draws of {found.scenario}, {found.begun} more of its "
        f"begin, seed {found.seed}, in {found.seconds:.1f} s"
    )


def _table(found: Bench) -> Iterator[str]:
    yield (
        f"{'level':<{_WIDTH}} {'legacy s':>10} {'refactored s':>12} {'added ms':>9} {'ratio':>7}  "
        f"{'interval':<18} verdict"
    )
    for level in found.levels:
        note = "" if level.decides else ", does not decide"
        ratio = level.ratio
        yield (
            f"{level.name:<{_WIDTH}} {level.legacy:>10,.3f} {level.refactored:>12,.3f} "
            f"{1000 * level.added:>+9,.0f} {ratio.value:>7.4f}  "
            f"{f'[{ratio.low:.4f}, {ratio.high:.4f}]':<18} {level.verdict}{note}"
        )
    for budget in found.budgets:
        limit = f", budget {1000 * budget.limit:,.0f} ms" if budget.limit is not None else ""
        verdict = budget.verdict if budget.decides else "no budget"
        added = budget.added
        yield (
            f"{budget.title:<{_WIDTH}} {budget.legacy:>10,.3f} {budget.refactored:>12,.3f} "
            f"{1000 * added.value:>+9,.0f} {'':>7}  "
            f"{f'[{1000 * added.low:+,.0f}, {1000 * added.high:+,.0f}]':<18} {verdict}{limit}"
        )
    if found.compute is not None:
        for judged in found.compute.levels:
            yield _computed(judged)


def _computed(judged: Judged) -> str:
    ratio = judged.ratio
    added = judged.refactored - judged.legacy
    return (
        f"{f'tree code, {judged.level}':<{_WIDTH}} {judged.legacy:>10,.6f} "
        f"{judged.refactored:>12,.6f} {1000 * added:>+9,.3f} {ratio.ratio:>7.4f}  "
        f"{f'[{ratio.low:.4f}, {ratio.high:.4f}]':<18} {judged.verdict}, floor "
        f"{1000 * judged.floor:g} ms each"
    )


def _causes(shares: tuple[Share, ...]) -> Iterator[str]:
    yield "what is added, by cause, mean ms of one:"
    for share in shares:
        told = ", ".join(
            f"{cause} {1000 * seconds:+,.1f}" for cause, seconds in share.by_cause.items()
        )
        yield f"  {share.level} {1000 * share.added:+,.1f}: {told or 'nothing'}"
        for cause, parts in share.of_what.items():
            some = [part for part in parts[:SHOWN] if abs(part[1]) >= 5e-4]
            if some:
                names = ", ".join(f"{what} {1000 * seconds:+,.1f}" for what, seconds in some)
                yield f"    {cause}: {names}"


def _sensitivity(found: Bench) -> Iterator[str]:
    model = found.latencies
    assumed = sum(entry.assumed for entry in model.entries.values())
    yield (
        f"what the verdict hangs on: the latency model {' and '.join(model.where)} has "
        f"{len(model.entries)} entries, {assumed} of them assumed"
    )
    for gate in dict.fromkeys(one.gate for one in found.sensitivity):
        some = [one for one in found.sensitivity if one.gate == gate]
        for one in some[:SHOWN]:
            yield f"  {gate}: {of_entry(one)}"
        breaking = [one for one in some[SHOWN:] if not one.holds]
        for one in breaking:
            yield f"  {gate}: {of_entry(one)}"


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


def _usage(found: Bench) -> Iterator[str]:
    yield f"{'one execution uses, mean':<{_WIDTH}} {'legacy':>9} {'refactored':>11}"
    for name, old, new in usage_rows(*found.usage):
        yield f"  {name:<44} {old:>9} {new:>11}"
    for side, limits in found.reached.items():
        told = "; ".join(
            f"{one.what} of {one.limit:,} bytes at "
            f"{f'{one.servers:,} servers' if one.servers else 'no number of servers'}"
            for one in limits
        )
        yield f"  {side} reaches its limits in one wave: {told}"


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


def _growth(found: Bench) -> Iterator[str]:
    if found.curves:
        yield ""
        yield "how cost grows: power of the size, legacy and refactored"
    for curve in found.curves:
        legacy, refactored = curve.orders
        mark = f"  OVER: {of_curve(curve)}" if curve.verdict != "within" else ""
        yield (
            f"  {f'{curve.measure}, {curve.dimension}':<44} {legacy:>9.2f} {refactored:>11.2f}"
            f"   to {curve.sizes[-1]:,}: {curve.legacy[-1]:,.1f} and {curve.refactored[-1]:,.1f}"
            f"{mark}"
        )


def _power(found: Bench) -> Iterator[str]:
    if found.compute is not None and found.compute.instructions is not None:
        counted = found.compute.instructions
        yield ""
        yield (
            f"processor instructions of one execution's tree code: {counted.legacy:,} legacy, "
            f"{counted.refactored:,} refactored, ratio {counted.ratio:.3f}"
        )
    if found.power:
        yield ""
        yield f"verdicts on tree code by the true effect, of {found.power[0].runs} runs drawn again"
        names = list(found.power[0].shares)
        yield f"  {'effect':>7} " + " ".join(f"{name:>13}" for name in names)
    for point in found.power:
        shares = " ".join(f"{point.shares[name]:>13.1%}" for name in point.shares)
        yield f"  {point.percent:>+6g}% {shares}"
