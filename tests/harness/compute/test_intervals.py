from __future__ import annotations

from math import exp, inf, log, nan
from random import Random

import pytest

from drs_refactor.errors import InputError
from harness.compute.intervals import ALPHA, estimate, of_logs, t_quantile, trimmed_mean


@pytest.mark.parametrize(
    ("probability", "freedom", "value"),
    [
        # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
        (0.95, 10, 1.812),
        (0.975, 31, 2.040),
        (0.95, 31, 1.696),
        (0.99, 31, 2.453),
        (0.995, 40, 2.704),
        (0.99, 63, 2.387),
        (0.975, 95, 1.985),
        (0.999, 100, 3.174),
    ],
)
def test_t_as_in_the_tables(probability: float, freedom: int, value: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(value, abs=0.0006)


def test_trimmed_mean_leaves_out_a_tenth_at_either_end() -> None:
    assert trimmed_mean([*range(1, 10), 1_000]) == 5.5
    assert trimmed_mean([3.0]) == 3.0


def test_interval_by_hand() -> None:
    # 40 values: 4 cut off at either end, 32 kept, so 31 degrees of freedom.
    logs = [n / 1_000 for n in range(40)]
    winsorised = [0.004] * 4 + logs[4:36] + [0.035] * 4
    mean = sum(winsorised) / 40
    deviation = (sum((one - mean) ** 2 for one in winsorised) / 39) ** 0.5
    reach = t_quantile(1 - ALPHA, 31) * deviation / (0.8 * 40**0.5)
    found = of_logs(list(reversed(logs)))
    assert found.pairs == 40
    assert found.ratio == pytest.approx(exp(0.0195))
    assert log(found.low) == pytest.approx(0.0195 - reach)
    assert log(found.high) == pytest.approx(0.0195 + reach)


def test_it_misses_as_often_as_it_says() -> None:
    rng, missed = Random(3), 0
    for _ in range(2_000):
        found = of_logs([rng.gauss(0.0, 0.2) for _ in range(40)])
        missed += found.low > 1 or found.high < 1
    assert missed / 2_000 == pytest.approx(2 * ALPHA, abs=0.012)


def test_a_burst_moves_it_little() -> None:
    calm = [0.01 * (n % 7 - 3) for n in range(80)]
    bursts = [one + (3.0 if n % 20 == 0 else 0.0) for n, one in enumerate(calm)]
    assert of_logs(bursts).ratio == pytest.approx(of_logs(calm).ratio, abs=0.005)
    assert of_logs(bursts).high < 1.05


SECONDS = [0.01] * 40


@pytest.mark.parametrize(
    ("below", "above", "told"),
    [
        (SECONDS[:39], SECONDS[:39], "x: 39 pairs are too few for a verdict. Measure 40 at least"),
        ([], [], "x: there are no pairs. Measure both sides in turn"),
        (SECONDS, [], "x: 40 and 0 seconds make no pairs. Give both sides of every pair"),
        ([*SECONDS[:39], 0.0], SECONDS, "x: pair 40 took 0 s: the clock went backwards or stood"),
        (SECONDS, [-0.25, *SECONDS[1:]], "x: pair 1 took -0.25 s: the clock went backwards"),
        ([nan, *SECONDS[1:]], SECONDS, "x: pair 1 has nan seconds. Measure again"),
        (SECONDS, [*SECONDS[:39], inf], "x: pair 40 has inf seconds. Measure again"),
    ],
)
def test_what_makes_no_ratios(below: list[float], above: list[float], told: str) -> None:
    with pytest.raises(InputError) as error:
        estimate("x", below, above)
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)
    assert error.value.mend
