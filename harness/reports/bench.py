"""A benchmark as text: one table of levels, then what the difference is made of, what the verdict
hangs on, what an execution uses, and how cost grows.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench.causes import Share
from harness.bench.results import Bench, of_curve
from harness.reports.bench_rows import SHOWN, gate_entries, level_rows, of_instructions, usage_rows

_WIDTH = 46
_NUMBERS = (10, 12, 9, 7)
"""How wide the columns are: names, and seconds, seconds, ms and ratio."""


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
    for name, *numbers, interval, verdict in level_rows(found):
        shown = " ".join(f"{n:>{w}}" for n, w in zip(numbers, _NUMBERS, strict=True))
        yield f"{name:<{_WIDTH}} {shown}  {interval:<18} {verdict}"


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
    for gate, entries in gate_entries(found):
        for entry in entries:
            yield f"  {gate}: {entry}"


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
        yield ""
        yield of_instructions(found.compute.instructions)
    if found.power:
        yield ""
        yield f"verdicts on tree code by the true effect, of {found.power[0].runs} runs drawn again"
        names = list(found.power[0].shares)
        yield f"  {'effect':>7} " + " ".join(f"{name:>13}" for name in names)
    for point in found.power:
        shares = " ".join(f"{point.shares[name]:>13.1%}" for name in point.shares)
        yield f"  {point.percent:>+6g}% {shares}"
