"""The interval of a ratio, from pairs: the trimmed mean of log ratios and Tukey and McLaughlin's
interval, with the variance of the winsorised sample and Student's t.

Fact (Wilcox, "Introduction to Robust Estimation", 4.3): of n values, with g cut off at either end,
t has n - 2g - 1 degrees of freedom and the standard error is s_w / ((1 - 2g/n) * sqrt(n)).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, log, sqrt
from statistics import NormalDist, mean, variance

from drs_refactor.errors import InputError
from harness.compute.results import Estimate

TRIM = 0.1
"""The share of the values that is cut off at either end."""

ALPHA = 0.0158
"""The error of each one-sided test at each look: five looks make 0.05 (Pocock)."""

FEWEST = 40
"""Pairs below which there is no verdict."""

_MEND = "Measure again, on a machine that does little else"


def estimate(name: str, below: Sequence[float], above: Sequence[float]) -> Estimate:
    """The ratio above/below of pairs of seconds, with an error of ALPHA at either end.

    Raises InputError for too few pairs and for seconds of which no ratio can be taken.
    """
    return of_logs(log_ratios(name, below, above))


def log_ratios(name: str, below: Sequence[float], above: Sequence[float]) -> list[float]:
    """Logarithms of above/below. Raises InputError as `estimate`."""
    if len(below) != len(above):
        raise InputError(
            f"{name}: {len(below)} and {len(above)} seconds make no pairs",
            mend="Give both sides of every pair",
        )
    if not below:
        raise InputError(f"{name}: there are no pairs", mend="Measure both sides in turn")
    if len(below) < FEWEST:
        raise InputError(
            f"{name}: {len(below)} pairs are too few for a verdict",
            mend=f"Measure {FEWEST} at least",
        )
    for place, seconds in enumerate(zip(below, above, strict=True), 1):
        for value in seconds:
            if not isfinite(value):
                raise InputError(f"{name}: pair {place} has {value} seconds", mend=_MEND)
            if value <= 0:
                what = f"pair {place} took {value:g} s: the clock went backwards or stood still"
                raise InputError(f"{name}: {what}", mend=_MEND)
    return [log(b / a) for a, b in zip(below, above, strict=True)]


def of_logs(logs: Sequence[float]) -> Estimate:
    """The ratio and its interval, of log ratios."""
    count = len(logs)
    cut = int(TRIM * count)
    ordered = sorted(logs)
    kept = ordered[cut : count - cut]
    winsorised = [kept[0]] * cut + kept + [kept[-1]] * cut
    centre = mean(kept)
    error = sqrt(variance(winsorised)) / ((1 - 2 * cut / count) * sqrt(count))
    reach = t_quantile(1 - ALPHA, len(kept) - 1) * error
    return Estimate(exp(centre), exp(centre - reach), exp(centre + reach), count)


def trimmed_mean(values: Sequence[float]) -> float:
    """The mean of what is left when a tenth is cut off at either end."""
    cut = int(TRIM * len(values))
    return mean(sorted(values)[cut : len(values) - cut])


def t_quantile(probability: float, freedom: int) -> float:
    """Student's t by Cornish and Fisher's expansion (Abramowitz and Stegun, 26.7.5): right to four
    decimals from ten degrees of freedom on; FEWEST pairs have 31.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, 1)))
