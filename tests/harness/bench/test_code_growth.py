from __future__ import annotations

from dataclasses import replace

from harness.bench.code_growth import Sized, code_of
from harness.bench.workloads import Size, workload
from harness.results import Trees


def test_longer_plans_run_more_code_on_both_sides(trees: Trees) -> None:
    size = Size(waves=1, servers=1, seconds=20.0)
    short = code_of(Sized(trees, workload(size)))
    long = code_of(Sized(trees, workload(replace(size, seconds=320.0))))
    assert 0 < 2 * short.legacy < long.legacy
    assert 0 < 2 * short.refactored < long.refactored
