"""Runs on a loaded machine, with an effect planted in tree code: each gets the verdict that
resampling promises (`bench --power`), as a slow-down and, the other way round, as a speed-up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from harness.compute.company import LEGACY, PLANTED, Company
from harness.compute.intervals import estimate
from harness.compute.pairs import BY_RATIO, FASTER, INCONCLUSIVE, LOOKS, OVER, WITHIN
from harness.scenario_files import select, shipped
from harness.sides import Sides

RUNS = 5
"""Of each effect; twenty in all."""

BUSY = "while True: sum(range(1000))"

pytestmark = pytest.mark.benchmarks


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    """As many busy processes beside the runs as there are processors."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def verdicts(sides: Sides, more: float, seed: int) -> tuple[str, str]:
    """Of the slower against legacy, and of legacy against the slower: each of its first look that
    decides.
    """
    scenario = select(shipped(), ["drill-three-waves"])[0]
    company, rng = Company(sides, scenario, more), Random(seed)
    found = {"slower": INCONCLUSIVE, "faster": INCONCLUSIVE}
    for look in LOOKS:
        company.play(rng, look, (LEGACY, PLANTED))
        legacy, planted = company.seconds(LEGACY), company.seconds(PLANTED)
        for way, pair in (("slower", (legacy, planted)), ("faster", (planted, legacy))):
            if found[way] == INCONCLUSIVE:
                found[way] = BY_RATIO.verdict(estimate(way, *pair))
        if INCONCLUSIVE not in found.values():
            break
    return found["slower"], found["faster"]


@pytest.mark.parametrize("percent", [3, 6, 8, 12])
def test_planted_effects_under_load(
    sides: Sides, percent: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [verdicts(sides, percent / 100, run) for run in range(RUNS)]
    slower, faster = (Counter(way) for way in zip(*found, strict=True))
    with capsys.disabled():
        print(f"\n{percent} %: slower {dict(slower)}, faster {dict(faster)}")
    right = (WITHIN, WITHIN) if percent < 5 else (OVER, FASTER)
    for counted, verdict in zip((slower, faster), right, strict=True):
        assert not counted.keys() - {verdict, INCONCLUSIVE}
        assert counted[verdict] >= RUNS - 1
