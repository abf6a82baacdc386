from __future__ import annotations

from dataclasses import replace

from drs_refactor.signoff.about_time import cost, times
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Fold, Items, Paragraph, Picture, Table
from harness.compute.results import Instructions, PowerPoint
from tests.drs_refactor.signoff.support import bench_run, plain


def test_gates_levels_and_waits(evidence: Evidence) -> None:
    section = times(evidence)
    assert section.verdict == "within"
    gates = section.blocks[0]
    assert isinstance(gates, Items)
    names = ["execution", "begin → StartRecovery, p95", "compute"]
    assert [plain(one).partition(":")[0] for one in gates.items] == names
    [table] = [one for one in section.blocks if isinstance(one, Table)]
    assert [(row[0], row[3], row[6]) for row in table.rows] == [
        ("execution", "+2,000", "within"),
        ("wave", "+2,000", "within, does not decide"),
        ("action", "+2,000", "over, does not decide"),
        ("begin → StartRecovery, p50", "+500", "no budget"),
        ("begin → StartRecovery, p95", "+500", "within, 1,000 ms may be added"),
        ("tree code, execution", "+0.040", "within, floor 1 ms an invocation"),
    ]


def test_what_there_is_is_drawn(evidence: Evidence) -> None:
    def names(found: Evidence) -> list[str]:
        return [one.name for one in times(found).blocks if isinstance(one, Picture)]

    assert names(evidence) == ["levels.svg", "waterfall.svg", "paired.svg"]
    bare = replace(evidence, bench=bench_run(compute=None, curves=(), sensitivity=()))
    assert names(bare) == ["levels.svg", "waterfall.svg"]
    titles = [plain(one.title) for one in times(evidence).blocks if isinstance(one, Fold)]
    assert titles == ["What the verdict on execution hangs on", "How cost grows"]
    assert not [one for one in times(bare).blocks if isinstance(one, Fold)]


def test_how_far_tree_code_s_verdict_can_be_believed(evidence: Evidence) -> None:
    shares = {"within": 1.0, "over": 0.0, "faster": 0.0, "inconclusive": 0.0}
    power = tuple(PowerPoint(effect, shares, 400, 2_000) for effect in (-6.0, 0.0, 6.0))
    computed = bench_run().compute
    assert computed is not None
    counted = replace(computed, instructions=Instructions(2_000, 2_100))
    blocks = times(replace(evidence, bench=bench_run(power=power, compute=counted))).blocks
    [fold] = [b for b in blocks if isinstance(b, Fold) and "believed" in plain(b.title)]
    told, curve = fold.blocks
    assert isinstance(told, Paragraph)
    assert "0.0% false alarms" in plain(told.words)
    assert isinstance(curve, Picture)
    assert curve.name == "power.svg"
    told = [plain(block.words) for block in blocks if isinstance(block, Paragraph)]
    assert any("2,000 legacy, 2,100 refactored, ratio 1.050" in words for words in told)


def test_entries_that_would_lose_a_gate_are_all_told(evidence: Evidence) -> None:
    assert evidence.bench is not None
    [one] = evidence.bench.sensitivity
    lost = replace(one, entry="late", at_high=1.2)
    many = tuple(replace(one, entry=f"e{n}") for n in range(9))
    found = replace(evidence, bench=bench_run(sensitivity=(*many, lost)))
    [fold] = [b for b in times(found).blocks if isinstance(b, Fold) and "hangs" in plain(b.title)]
    [items] = fold.blocks
    assert isinstance(items, Items)
    assert [plain(i).split()[0] for i in items.items] == ["e0", "e1", "e2", "e3", "late"]


def test_cost_is_told_with_its_limits(evidence: Evidence) -> None:
    table, limits = cost(evidence).blocks
    assert isinstance(table, Table)
    assert ("calls of lambda.Invoke", "0.0", "3.0") in table.rows
    assert limits == Paragraph(
        "1,000 bytes of Lambda payload are reached in one wave of 100 servers in legacy, of no "
        "number in refactored."
    )
    assert cost(evidence).verdict == ""
