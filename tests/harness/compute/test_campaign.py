from __future__ import annotations

from contextlib import nullcontext
from statistics import median

import pytest

from drs_refactor.errors import InputError
from harness.compute import campaign, company
from harness.compute.campaign import compute, control
from harness.compute.pairs import judge
from harness.results import Trees
from harness.scenario import Scenario


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "WARM_UP", 5)
    monkeypatch.setattr(company, "_times", lambda seconds: 1)
    monkeypatch.setattr(company, "TIMED", 20)
    monkeypatch.setattr(company, "quiet", nullcontext)  # it searches all that other tests left


def test_what_the_trees_cost(trees: Trees, drill: Scenario) -> None:
    told: list[tuple[int, int]] = []
    for _ in range(3):  # until a busy machine lets the controls hold
        told.clear()
        found = compute(trees, drill, seed=1, at_most=80, told=lambda *done: told.append(done))
        if found.levels[0].verdict == "within":
            break
    assert told[0] == (40, 80)
    assert [one.level for one in found.levels] == [
        "execution",
        "InitiateWavePlan",
        "UpdateWaveStatus",
    ]
    whole = found.levels[0]
    assert whole.verdict in ("within", "invalid")  # what a loaded machine makes of the controls
    # The invocations in between: JSON both ways of a state, and little besides.
    assert 1.3 < whole.ratio.ratio < 3
    assert 0.85 < whole.again.ratio < 1.15 < whole.ratio.low
    assert whole.planted.ratio > 1.04
    assert whole.ratio.pairs == told[-1][0] == len(found.paired[0].legacy)
    assert found.levels == tuple(judge(paired) for paired in found.paired)
    assert found.clients[0] == 17  # of DRS: one each for begin, 14 polls, and two more waves
    assert found.calls[1] - found.calls[0] == 17  # the invocations in between
    assert found.instructions is None


def test_the_same_tree_twice(trees: Trees, drill: Scenario) -> None:
    itself = Trees(trees.config, trees.legacy, trees.legacy)
    for _ in range(3):  # until a busy machine lets the controls hold
        found = compute(itself, drill, seed=1, at_most=40, floor=0.0)
        if found.levels[0].verdict != "invalid":
            break
    assert found.levels[0].ratio.ratio == pytest.approx(1, abs=0.15)
    assert found.calls[0] == found.calls[1]


def test_it_looks_on_until_all_is_decided(
    trees: Trees, drill: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "is_decided", lambda judged: judged.ratio.pairs >= 80)
    told: list[int] = []
    compute(trees, drill, seed=1, at_most=120, told=lambda done, _: told.append(done))
    assert told == [40, 80]


def test_too_few_pairs(trees: Trees, drill: Scenario) -> None:
    with pytest.raises(InputError, match=r"39 pairs are too few for a verdict\. Ask for 40"):
        compute(trees, drill, seed=1, at_most=39)


def test_a_control_to_resample_from(trees: Trees, drill: Scenario) -> None:
    told: list[tuple[int, int]] = []
    legacy, again = control(trees, drill, seed=1, pairs=50, told=lambda *done: told.append(done))
    assert told == [(40, 50), (50, 50)]
    assert len(legacy) == len(again) == 50
    assert median(again) == pytest.approx(median(legacy), rel=0.25)
