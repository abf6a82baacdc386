"""What the long commands take, on both cores: a fault run under five minutes, a rollback comparison
under three, ten fuzzed cases a second.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.faults.campaign import campaign as strike
from harness.fuzzing.campaign import campaign as fuzz
from harness.results import Trees
from harness.rollout.campaign import rollout
from harness.scenario_files import shipped

pytestmark = [pytest.mark.benchmarks, pytest.mark.benchmark(group="campaigns", min_rounds=1)]


def test_fuzz(benchmark: BenchmarkFixture, trees: Trees) -> None:
    found = benchmark.pedantic(fuzz, (trees, 300, 7), rounds=1)
    rate = len(found.ran) / found.seconds
    benchmark.extra_info |= {"cases": len(found.ran), "cases a second": rate}
    assert rate >= 10


def test_rollback(benchmark: BenchmarkFixture, trees: Trees) -> None:
    found = benchmark.pedantic(rollout, (trees, shipped(), lambda *_: None), rounds=1)
    benchmark.extra_info |= {"runs": found.runs, "problems": list(found.problems)}
    assert found.seconds < 180


def test_faults(benchmark: BenchmarkFixture, trees: Trees) -> None:
    found = benchmark.pedantic(strike, (trees, shipped(), lambda *_: None), rounds=1)
    benchmark.extra_info |= {"strikes": len(found.struck), "different": found.tried}
    assert found.tried == found.things
    assert found.seconds < 300
