"""The verdict on one level, from pairs: two one-sided tests (TOST) against a band, and controls
that show whether the machine can tell such differences apart today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from harness.compute.intervals import estimate, trimmed_mean
from harness.compute.results import EXECUTION, Estimate, Judged, Paired

BAND = 1.05
"""The ratio that still counts as the same, and one over it."""

LOOKS = (40, 80, 120, 160, 240)
"""Pairs after which a run looks whether it can stop."""

FLOOR = 0.001
"""Seconds an invocation by which tree code may become slower or faster whatever the ratio."""

WITHIN, OVER, FASTER = "within", "over", "faster"
INCONCLUSIVE, INVALID = "inconclusive", "invalid"


@dataclass(frozen=True)
class Band:
    """Ratios between which two sides count as the same."""

    low: float
    high: float

    def verdict(self, ratio: Estimate) -> str:
        """Where the whole interval lies; inconclusive if it lies across an edge."""
        if self.low < ratio.low and ratio.high < self.high:
            return WITHIN
        if ratio.low > self.high:
            return OVER
        return FASTER if ratio.high < self.low else INCONCLUSIVE


BY_RATIO = Band(1 / BAND, BAND)


def band(legacy: float, invocations: int, floor: float) -> Band:
    """The larger of ±5 % and the floor, in seconds an invocation; `legacy` are seconds of all."""
    share = floor * invocations / legacy if legacy > 0 else inf
    return Band(min(BY_RATIO.low, max(0.0, 1 - share)), max(BAND, 1 + share))


def looks(at_most: int) -> tuple[int, ...]:
    """The looks of a run of at most so many pairs: five at most, the last of them there."""
    return (*(look for look in LOOKS[:-1] if look < at_most), at_most)


def judge(paired: Paired, floor: float = FLOOR) -> Judged:
    """The verdict on all pairs of a level. Raises InputError for pairs that make none."""
    against = f"{paired.level}: refactored against legacy"
    ratio = estimate(against, paired.legacy, paired.refactored)
    again = estimate(f"{paired.level}: legacy against itself", paired.legacy, paired.again)
    more = estimate(f"{paired.level}: legacy with 10 % more", paired.legacy, paired.planted)
    legacy, refactored = trimmed_mean(paired.legacy), trimmed_mean(paired.refactored)
    edges = band(legacy, paired.invocations, floor)
    failed = _failed(again, more)
    judged = Judged(
        level=paired.level,
        verdict=INVALID if failed else edges.verdict(ratio),
        sentence="",
        invocations=paired.invocations,
        legacy=legacy,
        refactored=refactored,
        ratio=ratio,
        again=again,
        planted=more,
        floor=floor,
    )
    return replace(judged, sentence=sentence(judged))


def is_decided(judged: Judged) -> bool:
    """True if more pairs need not be measured."""
    return judged.verdict not in (INCONCLUSIVE, INVALID)


def overall(levels: Sequence[Judged]) -> str:
    """The verdict on a run. The execution's, which comes first; if that is within, one of its
    actions may yet be over or faster. One that has no verdict of its own does not undo it.
    """
    whole, *actions = [judged.verdict for judged in levels]
    if whole != WITHIN:
        return whole
    return next((verdict for verdict in (OVER, FASTER) if verdict in actions), WITHIN)


def _failed(again: Estimate, planted: Estimate) -> str:
    """Which control failed, in words. They are judged by ratio alone."""
    if BY_RATIO.verdict(again) != WITHIN:
        return f"legacy against itself came out at {_said(again)}, which is not within 5 %"
    if BY_RATIO.verdict(planted) != OVER:
        return f"legacy with 10 % more to do came out at {_said(planted)}, which is not over 5 %"
    return ""


def sentence(judged: Judged) -> str:
    """A verdict for people, with what it is a part of and the band that it was held against."""
    whole = judged.level == EXECUTION
    one = "one execution" if whole else f"{judged.level} in one execution"
    many = "invocation" if judged.invocations == 1 else "invocations"
    took = f"{_ms(judged.legacy)} legacy, {_ms(judged.refactored)} refactored"
    what = f"tree code of {one}: {took} in {judged.invocations} {many}"
    return f"{what}; ratio {_said(judged.ratio)}, {_why(judged)}"


def _why(judged: Judged) -> str:
    allowed = f"the larger of 5 % and {_ms(judged.floor)} an invocation"
    each = (judged.refactored - judged.legacy) / judged.invocations
    changed = f"{_ms(abs(each))} {'more' if each > 0 else 'less'} an invocation"
    if judged.verdict == WITHIN:
        by_itself = BY_RATIO.verdict(judged.ratio) == WITHIN
        return f"{'within 5 % by itself' if by_itself else changed}: within {allowed}"
    if judged.verdict == OVER:
        return f"{changed}: over {allowed}"
    if judged.verdict == FASTER:
        return f"{changed}: faster by more than {allowed}. Is work skipped? Look"
    if judged.verdict == INCONCLUSIVE:
        return f"{changed}: {judged.ratio.pairs} pairs do not tell if that is within {allowed}"
    return f"but no verdict: {_failed(judged.again, judged.planted)}"


def _said(ratio: Estimate) -> str:
    return f"{ratio.ratio:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
