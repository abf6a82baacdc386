from __future__ import annotations

from dataclasses import replace

from harness.compute.results import PowerPoint
from harness.reports.bench_markdown import pictures, report
from tests.harness.bench.support import BENCH, CURVE, STEEP, benchmark

TREES = {"legacy": "old", "refactored": "new|er"}
POWER = tuple(
    PowerPoint(effect, {"within": 1.0, "over": 0.0, "faster": 0.0, "inconclusive": 0.0}, 400, 2_000)
    for effect in (-6.0, 0.0, 6.0)
)


def text(**changes: object) -> str:
    return report(benchmark(**changes), TREES, {"python": "3"}, "bench")


def test_the_verdict_comes_first_and_each_gate_with_it() -> None:
    lines = text().splitlines()
    assert lines[0] == f"# Bench: {BENCH.verdict}"
    for gate in BENCH.deciding:
        assert any(line.startswith(f"- **{gate.name}**: ") for line in lines)


def test_every_entry_of_the_model_stands_there_with_its_source() -> None:
    rows = [line for line in text().splitlines() if line.startswith("| ")]
    for entry in BENCH.latencies.entries.values():
        assert any(f"| {entry.name} |" in row and entry.source in row for row in rows)


def test_rows_have_as_many_cells_as_heads() -> None:
    found = text(power=POWER).splitlines()
    heads = 0
    for line, after in zip(found, [*found[1:], ""], strict=True):
        if after.startswith("|---"):
            heads = line.count("|") - line.count("\\|")
        if line.startswith("|"):
            assert line.count("|") - line.count("\\|") == heads, line


def test_pictures_stand_where_the_report_looks_for_them() -> None:
    assert set(pictures(benchmark(curves=()))) == {"levels.svg"}
    drawn = pictures(benchmark(power=POWER))
    assert set(drawn) == {"levels.svg", "growth.svg", "power.svg"}
    for name in drawn:
        assert f"](bench/{name})" in text(power=POWER)


def test_growth_of_another_order_is_told_as_over() -> None:
    assert "| over |" in text(curves=(CURVE, replace(STEEP, dimension="polls of a wave")))
    assert "| over |" not in text(curves=(CURVE,)).partition("## How cost grows")[2]
