from __future__ import annotations

import shutil

import pytest

from drs_refactor.errors import InputError
from harness.compute import callgrind
from harness.compute.callgrind import count, marginal
from harness.compute.results import Instructions, Tape
from harness.scenario import Scenario
from harness.sides import Sides

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind")


def test_none_without_valgrind(
    sides: Sides, drill: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert count(sides, drill) is None


def test_a_valgrind_that_counts_nothing(sides: Sides, tapes: dict[str, Tape]) -> None:
    with pytest.raises(InputError, match=r"counted nothing of legacy: nothing\. Leave out"):
        marginal(shutil.which("true") or "true", sides.legacy, tapes["legacy"])


def test_ratio() -> None:
    assert Instructions(100, 185).ratio == 1.85


def test_the_total_of_a_part() -> None:
    assert callgrind._total("events: Ir\nsummary: 1234\n\ntotals: 99\n") == 1234


@needs_valgrind
@pytest.mark.slow
@pytest.mark.thorough
def test_it_repeats(sides: Sides, drill: Scenario) -> None:
    first, again = count(sides, drill), count(sides, drill)
    assert first is not None
    assert again is not None
    assert again.legacy == pytest.approx(first.legacy, rel=1e-4)
    assert again.refactored == pytest.approx(first.refactored, rel=1e-4)
    assert 1.3 < first.ratio < 3
