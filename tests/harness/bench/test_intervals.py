from __future__ import annotations

from statistics import fmean, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bench.intervals import Interval, interval, quantile

FLOATS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "u", "found"),
    [
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
        ([4.0, 1.0, 3.0, 2.0], 0.0, 1.0),
        ([4.0, 1.0, 3.0, 2.0], 1.0, 4.0),
        ([float(n) for n in range(101)], 0.95, 95.0),
        ([float(n) for n in range(11)], 0.95, 9.5),
        ([7.0], 0.95, 7.0),
    ],
)
def test_known_quantiles(values: list[float], u: float, found: float) -> None:
    assert quantile(values, u) == pytest.approx(found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_quantiles_are_those_of_the_standard_library(values: list[float]) -> None:
    known = quantiles(values, n=20, method="inclusive")
    assert [quantile(values, n / 20) for n in range(1, 20)] == pytest.approx(known, abs=1e-6)


@given(FLOATS, st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_between_the_least_and_the_greatest(
    values: list[float], u: float, v: float
) -> None:
    low, high = sorted((u, v))
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= quantile(values, low) <= quantile(values, high) + slack
    assert quantile(values, high) <= max(values) + slack


def test_the_interval_of_a_mean_is_where_theory_has_it() -> None:
    values = [float(n) for n in range(100)]
    found = interval(values, fmean)
    assert found.value == 49.5
    half = 1.96 * 28.87 / 10  # standard deviations of the mean of a hundred
    assert found.low == pytest.approx(49.5 - half, abs=0.6)
    assert found.high == pytest.approx(49.5 + half, abs=0.6)


def test_what_does_not_vary_has_an_interval_of_no_width() -> None:
    assert interval([2.0] * 20, fmean) == Interval(2.0, 2.0, 2.0)


def test_the_same_draws_have_the_same_interval() -> None:
    values = [n**1.5 for n in range(30)]
    assert interval(values, fmean) == interval(values, fmean)
    assert interval(values, fmean) != interval(values, fmean, seed=1)


def test_draws_are_kept_together() -> None:
    """A draw that is slow is slow on both sides: their ratio is known better than either."""
    both = [(float(n), 1.1 * n) for n in range(1, 30)]
    found = interval(both, lambda some: sum(b for _, b in some) / sum(a for a, _ in some))
    assert (found.low, found.high) == pytest.approx((1.1, 1.1))


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [(1.0, 2.0, True), (0.9, 2.1, True), (1.1, 2.0, False), (1.0, 1.9, False)],
)
def test_an_interval_lies_inside_if_all_of_it_does(low: float, high: float, inside: bool) -> None:
    assert Interval(1.5, 1.0, 2.0).is_inside(low, high) is inside
