from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bench.code_growth import Code
from harness.bench.draws import Pair
from harness.bench.growth import (
    CODE,
    DIMENSIONS,
    MEASURES,
    SERVERS,
    Curve,
    at_medians,
    code_curves,
    code_tasks,
    curves,
    order,
    sizes_of,
    tasks,
)
from harness.bench.latency_file import latencies
from harness.bench.pace import CALL, COLD
from harness.results import Trees
from tests.harness.bench.support import CURVE, INVOKED, STEEP, run

ALL_SIZES = [sizes for sizes, _ in DIMENSIONS.values()]
Grows = Callable[[float], float]


def costs(sizes: tuple[int, ...], grows: Grows) -> tuple[float, ...]:
    return tuple(grows(size) for size in sizes)


@pytest.mark.parametrize("sizes", [*ALL_SIZES, (1, 10, 30)])
@pytest.mark.parametrize(
    ("grows", "least", "most"),
    [
        (lambda n: 7.0, 0, 0),
        (lambda n: 7.0 - n / 1e4, 0, 0),
        (lambda n: 100 + 0.000_1 * n, 0, 0),  # two per cent more is taken for none
        (lambda n: 3 * n, 0.999, 1.001),
        (lambda n: 5 + 3 * n, 0.999, 1.001),
        (lambda n: n * math.log(n + 1), 1.02, 1.4),
        (lambda n: n**2, 1.85, 2.0),
        (lambda n: 500 + n**2, 1.85, 2.0),
        (lambda n: n**3, 2.75, 3.0),
    ],
)
def test_the_order_of_growth(
    sizes: tuple[int, ...], grows: Grows, least: float, most: float
) -> None:
    assert least <= order(sizes, costs(sizes, grows)) <= most


@pytest.mark.parametrize("late", [(5.0, 5.0, 5.0, 9.0), (5.0, 4.0, 3.0, 9.0)])
def test_what_grows_late_has_an_order_too(late: tuple[float, ...]) -> None:
    assert order((1, 10, 30, 100), late) >= 0


@given(
    st.sampled_from(ALL_SIZES),
    st.floats(1, 3),
    st.floats(0.1, 10),
    st.floats(0, 5),
    st.floats(0.01, 100),
)
def test_an_order_knows_no_unit(
    sizes: tuple[int, ...], power: float, slope: float, base: float, factor: float
) -> None:
    found = costs(sizes, lambda n: base + slope * n**power)
    more = tuple(factor * cost for cost in found)
    assert order(sizes, more) == pytest.approx(order(sizes, found))
    assert order(sizes, found) == pytest.approx(power, abs=0.25)


def curve(legacy: Grows, refactored: Grows) -> Curve:
    sizes = sizes_of(SERVERS)
    return Curve(SERVERS, "bytes", sizes, costs(sizes, legacy), costs(sizes, refactored))


def linear(n: float) -> float:
    return 2 + 3 * n


@pytest.mark.parametrize(
    ("legacy", "refactored", "verdict"),
    [
        (linear, lambda n: n**2, "over"),
        (lambda n: 5.0, linear, "over"),
        (linear, lambda n: 40 * n, "within"),
        (linear, lambda n: 5.0, "within"),
        (lambda n: n**2, linear, "within"),
        (lambda n: n**2, lambda n: 9 * n**2, "within"),
    ],
)
def test_another_order_than_legacy_s_is_over(
    legacy: Grows, refactored: Grows, verdict: str
) -> None:
    assert curve(legacy, refactored).verdict == verdict


def test_the_orders_of_both_sides() -> None:
    assert CURVE.orders == pytest.approx((1.0, 1.0))
    assert STEEP.orders == pytest.approx((1.0, 1.9), abs=0.1)


def test_a_quick_look_leaves_the_greatest_size_out() -> None:
    for name, (sizes, _) in DIMENSIONS.items():
        assert sizes_of(name) == sizes
        assert sizes_of(name, quick=True) == sizes[:3]


def test_the_model_at_its_medians_has_no_chance() -> None:
    steady = at_medians(latencies())
    for name, known in latencies().entries.items():
        found = steady.entries[name].seconds
        assert found.quantile(0.01) == found.quantile(0.99) == known.seconds.p50
        assert steady.entries[name].per_item == known.per_item


def test_each_size_of_each_dimension_is_run_once(trees: Trees) -> None:
    found = tasks(trees, latencies())
    assert [(dimension, size) for dimension, size, _ in found] == [
        (dimension, size) for dimension, (sizes, _) in DIMENSIONS.items() for size in sizes
    ]
    assert len(tasks(trees, latencies(), quick=True)) == 12
    assert all(task.as_it_is for _, _, task in found)
    assert {task.latencies.entries["call.default"].seconds.p95 for _, _, task in found} == {None}
    plans = {(dimension, size): task.scenario for dimension, size, task in found}
    start = plans["waves", 20].start
    assert start is not None
    assert len(start.input["Plan"]["waves"]) == 20
    assert len(plans["source servers in the account", 4_000].servers) == 4_000
    polled = plans["polls of a wave", 60].timing
    assert 59 * 30 < polled.server_pending_seconds * 2 + polled.launch_seconds < 60 * 30


def measured(size: int) -> dict[tuple[str, int], Pair]:
    """Runs whose calls are as many as their size; the refactored side makes twice as many."""
    spent = {
        ("DRS", "drs.launch", "jobs"): 900.0,
        (CALL, "x", "y"): 1.0 * size,
        (COLD, "c", "f"): 2.0,
    }
    sized = (replace(INVOKED, request=size, response=10),) * 2
    legacy = run(spent=spent, calls={"a": size, "b": 1}, invocations=sized)
    refactored = replace(legacy, calls={"a": 2 * size})
    return {(SERVERS, size): Pair(0, legacy, refactored)}


def test_curves_of_what_was_measured() -> None:
    found = {key: pair for size in sizes_of(SERVERS) for key, pair in measured(size).items()}
    busy, calls, sent = curves(found)
    assert [one.measure for one in (busy, calls, sent)] == [m for m in MEASURES if m != CODE]
    assert {one.dimension for one in (busy, calls, sent)} == {SERVERS}
    assert busy.legacy == busy.refactored == (3.0, 12.0, 32.0, 102.0)
    assert calls.legacy == (2.0, 11.0, 31.0, 101.0)
    assert calls.refactored == (2.0, 20.0, 60.0, 200.0)
    assert sent.legacy == (22.0, 40.0, 80.0, 220.0)


def test_the_order_of_tree_code_is_known_less_well() -> None:
    """Clocks of a busy machine make a power of what is none."""
    steeper = curve(lambda n: float(n), lambda n: n**1.5)
    assert steeper.verdict == "over"
    assert replace(steeper, measure=CODE).verdict == "within"
    assert replace(curve(linear, lambda n: n**2), measure=CODE).verdict == "over"


def test_curves_of_tree_code() -> None:
    played = {(SERVERS, size): Code(0.001 * size, 0.002 * size) for size in (30, 1, 10)}
    [found] = code_curves({**played, ("waves", 1): Code(1, 1), ("waves", 5): Code(1, 1)})
    assert (found.dimension, found.measure, found.sizes) == (SERVERS, CODE, (1, 10, 30))
    assert found.legacy == pytest.approx((1.0, 10.0, 30.0))
    assert found.refactored == pytest.approx((2.0, 20.0, 60.0))


def test_tree_code_is_played_at_all_but_the_greatest_sizes(trees: Trees) -> None:
    found = [(dimension, size) for dimension, size, _ in code_tasks(trees)]
    assert found == [(name, size) for name in DIMENSIONS for size in sizes_of(name)[:3]]


def test_a_dimension_of_which_a_size_was_lost_has_no_curve() -> None:
    found = measured(1) | measured(10) | measured(30)
    assert curves(found) == []
    assert [one.sizes for one in curves(found, quick=True)] == [(1, 10, 30)] * 3


def test_growth_at_the_greatest_size_alone_is_growth() -> None:
    assert order((1, 10, 30, 100), (100.0, 100.0, 100.0, 300.0)) > 2
