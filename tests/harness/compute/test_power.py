from __future__ import annotations

from math import exp
from random import Random

import pytest

from drs_refactor.errors import InputError
from harness.compute.power import EFFECTS, false_alarms, power


def pairs(noise: float, count: int = 1_000) -> tuple[list[float], list[float]]:
    rng = Random(5)
    legacy = [0.004 * (1 + 0.3 * rng.random()) for _ in range(count)]
    return legacy, [one * exp(rng.gauss(0, noise)) for one in legacy]


def test_the_power_curve() -> None:
    points = power(*pairs(0.1), seed=1, runs=60)
    shares = {point.percent: point.shares for point in points}
    assert tuple(shares) == EFFECTS
    assert all(sum(share.values()) == pytest.approx(1) for share in shares.values())
    assert shares[0]["within"] > 0.95
    assert shares[12]["over"] == shares[-12]["faster"] == 1
    assert shares[6]["within"] < 0.05
    assert shares[3]["over"] == 0
    assert false_alarms(points) == shares[0]["over"] + shares[0]["faster"] < 0.05


def test_noise_takes_the_power_away() -> None:
    (point,) = power(*pairs(0.8), seed=1, runs=30, effects=(0.0,))
    assert point.shares["inconclusive"] > 0.5


def test_a_biased_control_alarms() -> None:
    legacy, again = pairs(0.05)
    (point,) = power(legacy, [1.1 * one for one in again], seed=1, runs=30, effects=(0.0,))
    assert false_alarms([point]) == 1


def test_the_same_for_the_same_seed() -> None:
    noisy = pairs(0.3)
    first, again, other = (
        power(*noisy, seed=seed, runs=40, effects=(3.0, 6.0)) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_noise_that_lasts_is_drawn_as_it_came() -> None:
    # Bad minutes of thirty pairs: drawn one by one they would average out.
    legacy = [0.004] * 960
    again = [0.004 * (1.3 if n // 30 % 2 else 0.7) for n in range(960)]
    (point,) = power(legacy, again, seed=1, runs=100, effects=(0.0,))
    shuffled = Random(1).sample(again, len(again))
    (single,) = power(legacy, shuffled, seed=1, runs=100, effects=(0.0,))
    assert false_alarms([point]) > false_alarms([single]) + 0.3


def test_too_few_to_draw_from() -> None:
    with pytest.raises(InputError, match=r"239 recorded pairs are too few .* Record 240"):
        power(*pairs(0.1, 239), seed=1)
    with pytest.raises(InputError, match="legacy against itself: 39 pairs are too few"):
        power(*pairs(0.1, 39), seed=1)
