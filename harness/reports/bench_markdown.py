"""A benchmark as Markdown, with pictures beside it: what a release manager signs."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench.results import Bench
from harness.reports import bench_pictures
from harness.reports.bench_rows import (
    gate_entries,
    level_rows,
    of_instructions,
    of_power,
    usage_rows,
)
from harness.reports.markdown import cell


def pictures(found: Bench) -> dict[str, str]:
    """The pictures by the name of their file."""
    drawn = {"levels.svg": bench_pictures.levels(found)}
    if found.curves:
        drawn["growth.svg"] = bench_pictures.growth(found.curves)
    if found.power:
        drawn["power.svg"] = bench_pictures.power(found.power)
    return drawn


def report(found: Bench, trees: dict[str, str], versions: dict[str, str], folder: str) -> str:
    """The report; its pictures stand in `folder`, relative to it."""
    return "\n".join(_lines(found, trees, versions, folder)) + "\n"


def _lines(
    found: Bench, trees: dict[str, str], versions: dict[str, str], folder: str
) -> Iterator[str]:
    yield f"# Bench: {found.verdict}"
    yield ""
    yield (
        f"`{trees['refactored']}` against `{trees['legacy']}`: {found.draws} draws of "
        f"{found.scenario} under a declared latency model, {found.begun} more of its begin, seed "
        f"{found.seed}, the same draw for both sides."
    )
    yield ""
    for gate in found.deciding:
        yield f"- **{gate.name}**: {cell(gate.sentence)}"
    for left_out in found.left_out:
        yield f"- Not measured: {cell(left_out)}"
    for problem in found.problems:
        yield f"- Problem: {cell(problem)}"
    yield ""
    yield f"![levels]({folder}/levels.svg)"
    yield ""
    yield from _levels(found)
    yield from _causes(found)
    yield from _sensitivity(found)
    yield from _usage(found)
    yield from _growth(found, folder)
    yield from _power(found, folder)
    yield from _model(found)
    yield "Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + "."


def _levels(found: Bench) -> Iterator[str]:
    yield "| level | legacy s | refactored s | added ms | ratio | 95 % interval | verdict |"
    yield "|---|---:|---:|---:|---:|---|---|"
    for row in level_rows(found):
        yield f"| {' | '.join(map(cell, row))} |"
    yield ""


def _causes(found: Bench) -> Iterator[str]:
    causes = list(dict.fromkeys(c for share in found.shares for c in share.by_cause))
    yield "## What the added time is made of"
    yield ""
    yield f"| mean ms of one | {' | '.join(cell(share.level) for share in found.shares)} |"
    yield "|---|" + "---:|" * len(found.shares)
    for cause in causes:
        cells = [
            f"{1000 * share.by_cause[cause]:+,.1f}" if cause in share.by_cause else ""
            for share in found.shares
        ]
        yield f"| {cause} | {' | '.join(cells)} |"
    yield f"| all | {' | '.join(f'{1000 * share.added:+,.1f}' for share in found.shares)} |"
    yield ""


def _sensitivity(found: Bench) -> Iterator[str]:
    yield "## What the verdict hangs on"
    yield ""
    yield (
        "Each entry of the model that has a range, at both ends of it, and where its gate would be "
        "lost. Nothing is run again: times add up."
    )
    yield ""
    for gate, entries in gate_entries(found):
        yield f"- {gate}"
        yield from (f"  - {entry}" for entry in entries)
    yield ""


def _usage(found: Bench) -> Iterator[str]:
    yield "## What one execution uses"
    yield ""
    yield "| mean | legacy | refactored |"
    yield "|---|---:|---:|"
    for name, old, new in usage_rows(*found.usage):
        yield f"| {cell(name)} | {old} | {new} |"
    for old_limit, new_limit in zip(*found.reached.values(), strict=True) if found.reached else ():
        yield (
            f"| servers in one wave that reach {old_limit.limit:,} bytes of {old_limit.what} | "
            f"{old_limit.servers or 'none'} | {new_limit.servers or 'none'} |"
        )
    yield ""


def _growth(found: Bench, folder: str) -> Iterator[str]:
    if not found.curves:
        return
    yield "## How cost grows"
    yield ""
    yield f"![growth]({folder}/growth.svg)"
    yield ""
    yield "| measure | with | power, legacy | power, refactored | at | legacy | refactored | |"
    yield "|---|---|---:|---:|---:|---:|---:|---|"
    for curve in found.curves:
        legacy, refactored = curve.orders
        yield (
            f"| {curve.measure} | {curve.dimension} | {legacy:.2f} | {refactored:.2f} | "
            f"{curve.sizes[-1]:,} | {curve.legacy[-1]:,.1f} | {curve.refactored[-1]:,.1f} | "
            f"{curve.verdict} |"
        )
    yield ""


def _power(found: Bench, folder: str) -> Iterator[str]:
    if found.compute is not None and found.compute.instructions is not None:
        yield of_instructions(found.compute.instructions)
        yield ""
    if not found.power:
        return
    names = list(found.power[0].shares)
    yield "## How far the verdict on tree code can be believed"
    yield ""
    yield of_power(found.power)
    yield ""
    yield f"![power]({folder}/power.svg)"
    yield ""
    yield f"| true effect | {' | '.join(names)} |"
    yield "|---:|" + "---:|" * len(names)
    for point in found.power:
        yield f"| {point.percent:+g} % | {' | '.join(f'{point.shares[n]:.1%}' for n in names)} |"
    yield ""


def _model(found: Bench) -> Iterator[str]:
    yield "## The latency model"
    yield ""
    yield "| entry | p50 s | p95 s | range of p50 | per item | source |"
    yield "|---|---:|---:|---|---|---|"
    for entry in found.latencies.entries.values():
        time, span = entry.seconds, ""
        if entry.low is not None and entry.high is not None:
            span = f"{entry.low:g} to {entry.high:g}"
        items = f"{entry.per_item:g} of {cell(entry.items)}" if entry.items else ""
        p95 = f"{time.quantile(0.95):g}" if time.p95 is not None or time.samples else ""
        yield (f"| {entry.name} | {time.p50:g} | {p95} | {span} | {items} | {cell(entry.source)} |")
    yield ""
