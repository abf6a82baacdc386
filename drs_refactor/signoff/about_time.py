"""How long it takes, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from drs_refactor.signoff.about import missing
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import (
    Block,
    Fold,
    Items,
    Link,
    Paragraph,
    Picture,
    Section,
    Table,
)
from drs_refactor.signoff.pictures import paired, waterfall
from harness.bench.results import Bench
from harness.reports import bench_pictures
from harness.reports.bench_rows import (
    gate_entries,
    level_rows,
    of_instructions,
    of_power,
    usage_rows,
)


def times(evidence: Evidence) -> Section:
    """Levels and gates with their intervals, against the band."""
    found = evidence.bench
    if found is None:
        return Section("time", "Time", "not run", (missing(evidence, "bench"),))
    return Section("time", "Time", found.verdict, tuple(_times(found)))


def _times(found: Bench) -> Iterator[Block]:
    yield Items(tuple((f"{gate.name}: {gate.sentence}",) for gate in found.deciding))
    yield Picture("levels.svg", bench_pictures.levels(found), "levels and waits against the band")
    yield Table(
        ("level", "legacy s", "refactored s", "added ms", "ratio", "95 % interval", "verdict"),
        tuple(level_rows(found)),
        frozenset(range(1, 6)),
    )
    yield Picture("waterfall.svg", waterfall(found.example), "one hand-over, call by call")
    yield Paragraph(
        (
            f"Virtual time: {found.draws} draws of {found.scenario} under a declared latency "
            f"model, {found.begun} more of its begin, seed {found.seed}, the same draw for both "
            "sides. Tree code: wall time of this run, on the machine that ran it. The model, entry "
            "by entry: ",
            Link("benchmark.md", "benchmark.md"),
        )
    )
    if found.compute is not None:
        yield Picture("paired.svg", paired(found.compute), "pair by pair, tree code")
        if found.compute.instructions is not None:
            yield Paragraph(of_instructions(found.compute.instructions))
    for gate, entries in gate_entries(found):
        told = Items(tuple((entry,) for entry in entries))
        yield Fold(f"What the verdict on {gate} hangs on", (told,))
    if found.power:
        curve = Picture("power.svg", bench_pictures.power(found.power), "verdicts by true effect")
        yield Fold(
            "How far the verdict on tree code can be believed",
            (Paragraph(of_power(found.power)), curve),
        )
    if found.curves:
        growth = bench_pictures.growth(found.curves)
        yield Fold("How cost grows", (Picture("growth.svg", growth, "growth of both sides"),))


def cost(evidence: Evidence) -> Section:
    """Calls, payloads against their limits, and money, of one execution."""
    found = evidence.bench
    if found is None:
        return Section("cost", "Cost", "", (missing(evidence, "bench"),))
    blocks: list[Block] = [
        Table(
            ("mean of one execution", "legacy", "refactored"),
            tuple(usage_rows(*found.usage)),
            frozenset({1, 2}),
        )
    ]
    for old, new in zip(*found.reached.values(), strict=True) if found.reached else ():
        blocks.append(
            Paragraph(
                f"{old.limit:,} bytes of {old.what} are reached in one wave of "
                f"{old.servers or 'no number of'} servers in legacy, of "
                f"{new.servers or 'no number'} in refactored."
            )
        )
    return Section("cost", "Cost", "", tuple(blocks))
