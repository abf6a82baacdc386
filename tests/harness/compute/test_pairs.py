from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from drs_refactor.errors import InputError
from harness.compute.pairs import (
    BY_RATIO,
    Band,
    band,
    is_decided,
    judge,
    looks,
    overall,
)
from harness.compute.results import Estimate, Paired

Make = Callable[..., Paired]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.96, 1.04, "within"),
        (1.06, 1.08, "over"),
        (0.90, 0.94, "faster"),
        (1.04, 1.06, "inconclusive"),
        (0.94, 0.96, "inconclusive"),
        (0.90, 1.10, "inconclusive"),
        (1 / 1.05, 1.0, "inconclusive"),
        (1.0, 1.05, "inconclusive"),
        (1.05, 1.06, "inconclusive"),
    ],
)
def test_where_the_interval_lies(low: float, high: float, verdict: str) -> None:
    assert BY_RATIO.verdict(Estimate((low + high) / 2, low, high, 80)) == verdict


def test_the_band_is_the_larger_of_both() -> None:
    assert band(0.004, 10, 0.0) == BY_RATIO
    assert band(0.004, 10, 0.000_01) == BY_RATIO  # 2.5 %
    floored = band(0.004, 10, 0.000_1)  # 1 ms of 4
    assert (floored.low, floored.high) == (0.75, 1.25)
    assert band(0.004, 10, 0.001) == Band(0.0, pytest.approx(3.5))  # type: ignore[arg-type]


def test_five_looks_at_most() -> None:
    assert looks(240) == (40, 80, 120, 160, 240)
    assert looks(40) == (40,)
    assert looks(100) == (40, 80, 100)
    assert looks(1_000) == (40, 80, 120, 160, 1_000)


@pytest.mark.parametrize(
    ("ratio", "floor", "verdict", "end"),
    [
        (1.00, 0.0, "within", "within 5 % by itself: within the larger of 5 % and 0 ms"),
        (1.10, 0.0, "over", "0.0418 ms more an invocation: over the larger of 5 % and 0 ms"),
        (1.10, 0.001, "within", "0.0418 ms more an invocation: within the larger of 5 % and 1 ms"),
        (4.00, 0.001, "over", "1.25 ms more an invocation: over the larger of 5 % and 1 ms"),
        (0.90, 0.0, "faster", "0.0418 ms less an invocation: faster by more than the larger of"),
        (1.05, 0.0, "inconclusive", "80 pairs do not tell if that is within the larger of 5 %"),
    ],
)
def test_verdicts_and_their_sentences(
    paired: Make, ratio: float, floor: float, verdict: str, end: str
) -> None:
    found = judge(paired(refactored=ratio), floor)
    assert found.verdict == verdict
    assert found.sentence.startswith(
        f"tree code of one execution: 4.18 ms legacy, {4.18 * ratio:.3g} ms refactored "
        f"in 10 invocations; ratio {ratio:.3f} ("
    )
    assert end in found.sentence
    assert found.ratio.ratio == pytest.approx(ratio, abs=0.002)


@pytest.mark.parametrize(
    ("controls", "told"),
    [
        ({"again": 1.08}, "no verdict: legacy against itself came out at 1.080 ("),
        ({"again": 0.93}, "no verdict: legacy against itself came out at 0.930 ("),
        ({"again": 1.05}, "which is not within 5 %"),
        ({"planted": 1.0}, "no verdict: legacy with 10 % more to do came out at 1.000 ("),
        ({"planted": 0.9}, "which is not over 5 %"),
    ],
)
def test_no_verdict_where_a_control_failed(
    paired: Make, controls: dict[str, float], told: str
) -> None:
    # A floor that would excuse the controls: it is not for them.
    found = judge(paired(**controls), floor=1.0)
    assert found.verdict == "invalid"
    assert told in found.sentence
    assert not is_decided(found)


def test_an_action_is_a_part_of_the_execution(paired: Make) -> None:
    one = replace(paired(level="Poll"), invocations=1)
    assert "tree code of Poll in one execution: " in judge(one).sentence
    assert " in 1 invocation; " in judge(one).sentence


@pytest.mark.parametrize("missing", ["again", "planted", "refactored"])
def test_a_missing_side_is_an_error(paired: Make, missing: str) -> None:
    with pytest.raises(InputError, match=r"execution: .* 80 and 0 seconds make no pairs"):
        judge(replace(paired(), **{missing: ()}))


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (("within", "within", "over"), "over"),
        (("within", "faster", "within"), "faster"),
        (("within", "invalid", "inconclusive"), "within"),
        (("inconclusive", "over"), "inconclusive"),
        (("invalid", "over"), "invalid"),
        (("over", "within"), "over"),
    ],
)
def test_the_execution_comes_first(paired: Make, verdicts: tuple[str, ...], whole: str) -> None:
    judged = judge(paired())
    assert overall([replace(judged, verdict=verdict) for verdict in verdicts]) == whole
