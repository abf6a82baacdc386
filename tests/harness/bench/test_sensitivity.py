from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from drs_refactor.model import Gates
from harness.bench.draws import Pair, Task, one_draw
from harness.bench.intervals import quantile
from harness.bench.latency import Latencies
from harness.bench.latency_file import latencies
from harness.bench.levels import HANDOVER, TO_RECOVERY, Handover, Measured
from harness.bench.sensitivity import Sensitive, sensitivity
from harness.bench.workloads import beginning
from harness.results import Trees
from tests.harness.bench.support import SENSITIVE, entry, model, pairs, run

COLD = entry("cold", 0.5, 0.25, 2.0)
KEY = ("cold start", "cold", "f")
BEGIN = "begin → StartRecovery, p95"
WHOLE = Gates(begin_to_recovery={}, launched_to_next_recovery={})
WAIT = Gates(begin_to_recovery={0.95: 1.0}, launched_to_next_recovery={})


def of(found: list[Sensitive], gate: str) -> Sensitive:
    [one] = [one for one in found if one.gate == gate]
    return one


def test_an_execution_s_figure_and_break_even() -> None:
    """Legacy takes 100 s, the refactored side 102 s of which 2 s are cold starts of 0.5 s: with
    (100 + 4 p50) seconds the band is left at a p50 of 1.25 s.
    """
    some = pairs(*[(run(execution=100.0), run(execution=102.0, spent={KEY: 2.0}))] * 3)
    found = of(sensitivity(some, [], model(COLD), WHOLE), "execution")
    assert (found.entry, found.p50, found.low, found.high) == ("cold", 0.5, 0.25, 2.0)
    assert found.limit == 1.05
    assert found.figure == pytest.approx(1.02)
    assert found.at_low == pytest.approx(1.01)
    assert found.at_high == pytest.approx(1.08)
    assert found.lost_from == pytest.approx(1.25, rel=2e-4)
    assert not found.holds


def test_what_both_sides_spend_is_in_both() -> None:
    legacy = run(execution=100.0, spent={KEY: 10.0})
    some = pairs((legacy, run(execution=101.0, spent={KEY: 11.0})))
    found = of(sensitivity(some, [], model(COLD), WHOLE), "execution")
    assert found.at_high == pytest.approx((101 + 33) / (100 + 30))
    assert found.lost_from == pytest.approx(0.5 * (1 + 4 / (11 - 10.5)), rel=2e-4)


def test_a_wait_s_figure_and_break_even() -> None:
    """0.4 s of 0.6 s added are cold starts of 0.5 s: the budget is gone at 1.0 s."""
    legacy = run(to_recovery=2.0)
    refactored = run(to_recovery=2.6, waited={TO_RECOVERY: {KEY: 0.4}, HANDOVER: {}})
    found = of(sensitivity(pairs((legacy, refactored)), [], model(COLD), WAIT), BEGIN)
    assert found.figure == pytest.approx(0.6)
    assert (found.at_low, found.at_high) == pytest.approx((0.4, 1.8))
    assert found.lost_from == pytest.approx(1.0, rel=2e-4)


def test_a_handover_s_share_is_that_of_one_handover() -> None:
    hand, longer = Handover(0.0, 1.0), Handover(0.0, 1.5)
    legacy = run(handovers=(hand, hand))
    refactored = run(handovers=(longer, longer), waited={TO_RECOVERY: {}, HANDOVER: {KEY: 1.0}})
    gates = Gates(begin_to_recovery={}, launched_to_next_recovery={0.5: 1.0})
    gate = "last server launched → next StartRecovery, p50"
    found = of(sensitivity(pairs((legacy, refactored)), [], model(COLD), gates), gate)
    assert found.figure == pytest.approx(0.5)
    assert found.at_high == pytest.approx(2.0)
    assert found.lost_from == pytest.approx(1.0, rel=2e-4)


@pytest.mark.parametrize(
    ("spent", "lost_from"),
    [(6.0, 0.0), (0.001, None)],
)
def test_a_gate_that_is_lost_already_or_never(spent: float, lost_from: float | None) -> None:
    some = pairs((run(execution=100.0), run(execution=100.0 + spent, spent={KEY: spent})))
    assert of(sensitivity(some, [], model(COLD), WHOLE), "execution").lost_from == lost_from


@pytest.mark.parametrize(
    "one",
    [
        entry("cold", 0.5),  # without a range
        entry("cold", 0.0, 0.0, 1.0),
        entry("other", 0.5, 0.1, 1.0),
    ],
)
def test_what_has_no_range_or_no_effect_is_left_out(one: object) -> None:
    some = pairs((run(execution=100.0), run(execution=102.0, spent={KEY: 2.0})))
    assert sensitivity(some, [], model(one), WHOLE) == []  # type: ignore[arg-type]


def test_a_gate_without_a_limit_is_left_out() -> None:
    gates = Gates(begin_to_recovery={0.5: None, 0.95: 1.0})
    refactored = run(to_recovery=2.0, waited={TO_RECOVERY: {KEY: 1.0}, HANDOVER: {}})
    found = sensitivity(pairs((run(), refactored)), [], model(COLD), gates)
    assert [one.gate for one in found] == [BEGIN]


def test_what_moves_a_gate_most_comes_first() -> None:
    other = entry("code", 0.5, 0.25, 2.0)
    spent = {KEY: 1.0, ("code", "code", "f"): 1.5}
    some = pairs((run(execution=100.0), run(execution=103.0, spent=spent)))
    assert [one.entry for one in sensitivity(some, [], model(COLD, other), WHOLE)] == [
        "code",
        "cold",
    ]


@pytest.mark.parametrize(
    ("low", "figure", "high", "holds"),
    [
        (1.01, 1.02, 1.04, True),
        (1.06, 1.07, 1.08, True),
        (1.01, 1.02, 1.06, False),
        (1.06, 1.02, 1.01, False),
        (1.06, 1.02, 1.06, False),
    ],
)
def test_a_gate_holds_if_it_does_all_over_the_range(
    low: float, figure: float, high: float, holds: bool
) -> None:
    assert replace(SENSITIVE, at_low=low, figure=figure, at_high=high).holds is holds


DRAWS = 6
TRIPLED = ("lambda.cold.512", "client.first", "lambda.invocation", "call.drs.StartRecovery")


def drawn(trees: Trees, of: Latencies) -> list[Pair]:
    return [one_draw(Task(trees, beginning(), of, 0, draw, DRAWS)) for draw in range(DRAWS)]


@pytest.fixture(scope="module")
def usual(trees: Trees) -> list[Pair]:
    return drawn(trees, latencies())


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIPLED)
def test_what_is_foretold_is_what_is_measured(trees: Trees, usual: list[Pair], name: str) -> None:
    """sensitivity runs nothing again; here it is run again with an entry three times as long."""
    shipped = latencies()
    known = shipped.entries[name]
    high = 3 * known.seconds.p50
    ranged = replace(shipped, entries={**shipped.entries, name: replace(known, high=high)})
    foretold = {
        one.gate: one for one in sensitivity(usual, [], ranged, Gates()) if one.entry == name
    }
    after = drawn(trees, shipped.scaled(name, 3))

    def side(of: list[Pair], which: str) -> list[Measured]:
        return [getattr(pair, which) for pair in of]

    def ratio(of: list[Pair]) -> float:
        old, new = (
            fmean(one.execution for one in side(of, which)) for which in ("legacy", "refactored")
        )
        return new / old

    def added(of: list[Pair]) -> float:
        old, new = (
            quantile([one.to_recovery or 0.0 for one in side(of, which)], 0.95)
            for which in ("legacy", "refactored")
        )
        return new - old

    execution = foretold["execution"]
    assert execution.figure == pytest.approx(ratio(usual))
    assert execution.at_high - 1 == pytest.approx(ratio(after) - 1, rel=0.03)
    if BEGIN in foretold:
        assert foretold[BEGIN].figure == pytest.approx(added(usual))
        assert foretold[BEGIN].at_high == pytest.approx(added(after), rel=0.03)
    else:
        assert added(after) == pytest.approx(added(usual), abs=1e-4)


def test_a_shorter_denominator_loses_the_band() -> None:
    """104 s to 100 s of which 60 s are an entry of 0.5 s on both sides: over 5 % once 20 s of them
    are gone, at 1/3 s.
    """
    legacy = run(execution=100.0, spent={KEY: 60.0})
    some = pairs((legacy, run(execution=104.0, spent={KEY: 60.0})))
    found = of(sensitivity(some, [], model(COLD), WHOLE), "execution")
    assert found.lost_from is None
    assert found.lost_below == pytest.approx(1 / 3, rel=2e-4)
