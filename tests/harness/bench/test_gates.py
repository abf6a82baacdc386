from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.model import Gates
from harness.bench.draws import Pair
from harness.bench.gates import (
    budgets,
    judged,
    levels,
    times_waited,
    waits_of,
    within_budget,
)
from harness.bench.intervals import Interval
from harness.bench.levels import HANDOVER, TO_RECOVERY, Handover
from tests.harness.bench.support import BUDGET, LEVEL, pairs, run

NO_HANDOVER = Gates(launched_to_next_recovery={})


def executions(*refactored: float) -> list[Pair]:
    """Draws in which legacy takes 100 s."""
    return pairs(*((run(execution=100.0), run(execution=one)) for one in refactored))


def begins(*added: float) -> list[Pair]:
    """Draws in which legacy takes 2 s to the first recovery."""
    return pairs(*((run(to_recovery=2.0), run(to_recovery=2.0 + one)) for one in added))


@pytest.mark.parametrize(
    ("refactored", "verdict"),
    [
        ([102.0] * 20, "within"),
        ([96.0] * 20, "within"),
        ([110.0] * 20, "over"),
        ([90.0] * 20, "faster"),
        ([90.0, 120.0] * 10, "inconclusive"),
        ([104.0, 107.0] * 10, "inconclusive"),
    ],
)
def test_an_execution_against_its_band(refactored: list[float], verdict: str) -> None:
    found = levels(executions(*refactored), Gates())[0]
    assert (found.name, found.verdict, found.decides) == ("execution", verdict, True)
    assert found.legacy == 100.0
    assert found.refactored == pytest.approx(sum(refactored) / 20)
    assert found.added == pytest.approx(found.refactored - 100)
    assert (found.count, found.draws) == (20, 20)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1 / 1.05, 1.05, "within"),
        (1 / 1.06, 1.04, "inconclusive"),
        (1.04, 1.06, "inconclusive"),
        (0.5, 2.0, "inconclusive"),
        (1.05, 1.06, "inconclusive"),
        (1.051, 1.06, "over"),
        (0.94, 0.952, "faster"),
        (0.95, 0.953, "inconclusive"),
    ],
)
def test_where_the_interval_lies(low: float, high: float, verdict: str) -> None:
    assert judged(Interval((low + high) / 2, low, high), 0.05) == verdict


def test_the_band_is_the_one_that_is_given() -> None:
    found = levels(executions(*[110.0] * 20), Gates(execution=0.2))
    assert {level.band for level in found} == {0.2}
    assert found[0].verdict == "within"


def test_levels_are_ratios_of_means_and_only_the_first_decides() -> None:
    some = pairs(
        (run(waves=(10.0, 30.0), actions=(("A", 1.0),)), run(waves=(20.0,), actions=(("A", 4.0),))),
        (run(waves=(20.0,), actions=(("A", 3.0),)), run(waves=(24.0,), actions=(("B", 2.0),))),
    )
    _, wave, action = levels(some, Gates())
    assert (wave.name, wave.legacy, wave.refactored, wave.count) == ("wave", 20.0, 22.0, 3)
    assert wave.ratio.value == pytest.approx(1.1)
    assert (action.name, action.legacy, action.refactored, action.count) == ("action", 2, 3, 2)
    assert action.ratio.value == pytest.approx(1.5)
    assert not wave.decides
    assert not action.decides


def test_a_ratio_weighs_what_takes_longer() -> None:
    some = pairs((run(execution=10.0), run(execution=20.0)), (run(execution=190.0),) * 2)
    assert levels(some, Gates())[0].ratio.value == pytest.approx(210 / 200)


@pytest.mark.parametrize(
    ("added", "verdict"),
    [
        ([0.5] * 20, "within"),
        ([1.0] * 20, "within"),
        ([1.5] * 20, "over"),
        ([-0.5] * 20, "within"),
        ([0.2] * 18 + [3.0] * 2, "inconclusive"),
    ],
)
def test_what_is_added_to_a_wait_against_its_budget(added: list[float], verdict: str) -> None:
    p50, p95 = budgets(begins(*added), [], NO_HANDOVER)
    assert (p95.name, p95.quantile, p95.verdict, p95.decides) == (TO_RECOVERY, 0.95, verdict, True)
    assert (p95.legacy, p95.limit, p95.count) == (2.0, 1.0, 20)
    assert p95.added.value == pytest.approx(p95.refactored - p95.legacy)
    assert (p50.quantile, p50.decides, p50.limit) == (0.5, False, None)
    assert p50.added.value == pytest.approx(sorted(added)[10])


@pytest.mark.parametrize(
    ("low", "high", "limit", "verdict"),
    [
        (0.9, 1.0, 1.0, "within"),
        (0.9, 1.1, 1.0, "inconclusive"),
        (1.0, 1.1, 1.0, "inconclusive"),
        (1.1, 1.2, 1.0, "over"),
        (9.0, 9.9, None, "within"),
    ],
)
def test_where_what_is_added_lies(
    low: float, high: float, limit: float | None, verdict: str
) -> None:
    assert within_budget(Interval(low, low, high), limit) == verdict


def test_begins_by_themselves_count_for_the_begin_alone() -> None:
    hand = (Handover(30.0, 1.0),)
    whole = [
        Pair(0, run(handovers=hand), run(handovers=hand)),
        Pair(1, run(handovers=hand), run(handovers=hand)),
    ]
    found = budgets(whole, begins(0.5, 0.5, 0.5), Gates())
    counts = {(budget.name, budget.quantile): budget.count for budget in found}
    assert counts == {
        (TO_RECOVERY, 0.5): 5,
        (TO_RECOVERY, 0.95): 5,
        (HANDOVER, 0.5): 2,
        (HANDOVER, 0.95): 2,
    }


def test_a_handover_is_waited_for_at_every_phase() -> None:
    slow, fast = Handover(30.0, 3.0), Handover(30.0, 1.0)
    some = pairs(*[(run(handovers=(fast,)), run(handovers=(slow,)))] * 3)
    found = [one for one in budgets(some, [], Gates()) if one.name == HANDOVER]
    assert [one.added.value for one in found] == [pytest.approx(2.0)] * 2
    assert found[0].legacy == pytest.approx(16.0)
    assert found[1].legacy == pytest.approx(1 + 30 * 18.55 / 20)
    assert found[1].verdict == "over"


def test_who_waits_for_nothing_has_no_budget() -> None:
    assert budgets(pairs((run(to_recovery=None),) * 2), [], Gates()) == []


def test_how_often_is_waited() -> None:
    one = run(handovers=(Handover(30.0, 1.0),) * 2)
    assert (times_waited(HANDOVER, one), len(waits_of(HANDOVER, one))) == (2, 40)
    assert (times_waited(TO_RECOVERY, one), waits_of(TO_RECOVERY, one)) == (1, (1.0,))
    assert times_waited(TO_RECOVERY, run(to_recovery=None)) == 0


def test_titles() -> None:
    assert BUDGET.title == "begin → StartRecovery, p95"
    assert replace(BUDGET, quantile=0.5).title == "begin → StartRecovery, p50"
    assert LEVEL.added == 2.0


def test_a_scenario_without_waves_has_no_such_level() -> None:
    some = pairs(*[(run(waves=()), run(waves=()))] * 3)
    assert [level.name for level in levels(some, Gates())] == ["execution", "action"]


def test_waits_that_few_draws_have() -> None:
    none = run(handovers=(), to_recovery=None)
    some = pairs(*[(none, none)] * 18, *[(run(), run())] * 2, (none, run()))
    assert all(0 < budget.count <= 2 * 2 for budget in budgets(some, [], Gates()))
