"""What text, Markdown and the signed page show alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.reports.bench_rows import assumptions, gate_entries, level_rows, of_entry
from tests.harness.bench.support import BENCH, SENSITIVE, benchmark


def test_levels_then_budgets_then_tree_code() -> None:
    rows = list(level_rows(BENCH))
    assert rows[0] == (
        "execution", "100.000", "102.000", "+2,000", "1.0200", "1.0100 to 1.0300", "within",
    )  # fmt: skip
    names = [row[0] for row in rows]
    assert names[: len(BENCH.levels)] == [level.name for level in BENCH.levels]
    assert names[-1] == "tree code, execution"
    assert len(list(level_rows(benchmark(compute=None)))) == len(rows) - 1


def test_each_gate_has_its_entries() -> None:
    other = replace(SENSITIVE, gate="begin")
    told = list(gate_entries(benchmark(sensitivity=(SENSITIVE, other, SENSITIVE))))
    assert [(gate, len(entries)) for gate, entries in told] == [("execution", 2), ("begin", 1)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "call.drs.default 0.15 s, if 0.05 to 1 s: 1.010 to 1.040 where 1.05 is the limit; "
             "lost from 2.5 s on"),
        ({"lost_from": None}, "lost at no value"),
        ({"lost_from": 0.0, "figure": 1.06, "at_low": 1.06, "at_high": 1.07}, "lost as it is"),
        ({"at_high": 1.06, "lost_from": 0.75}, "lost from 0.75 s on — INSIDE ITS RANGE"),
    ],
)  # fmt: skip
def test_how_a_gate_hangs_on_an_entry(changes: dict[str, Any], said: str) -> None:
    assert of_entry(replace(SENSITIVE, **changes)).endswith(said)


def test_a_gate_that_is_kept_by_an_assumption() -> None:
    lost = replace(SENSITIVE, at_high=1.06, lost_from=0.75)
    below = replace(SENSITIVE, at_low=1.06, lost_from=None, lost_below=0.06)
    found = benchmark(sensitivity=(SENSITIVE, lost, below, replace(lost, gate="another")))
    assert list(assumptions(found)) == [
        f"execution is lost {way} s of call.drs.default on, for which the model has 0.15 s of 0.05 "
        "to 1"
        for way in ("from 0.75", "below 0.06")
    ]
    over = tuple(replace(level, verdict="over") for level in BENCH.levels)
    assert list(assumptions(benchmark(sensitivity=(lost,), levels=over))) == []
