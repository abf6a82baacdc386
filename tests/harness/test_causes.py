"""What is shown first is what may have led to the rest."""

from __future__ import annotations

from harness.causes import in_order_of_cause
from harness.comparison import Divergence
from harness.values import MISSING


def divergence(kind: str, step: int, refactored: object = 2, path: str = "p") -> Divergence:
    return Divergence(kind, step, path, 1, refactored)


def kinds(*divergences: Divergence) -> list[tuple[str, int]]:
    return [(d.kind, d.step) for d in in_order_of_cause(divergences)]


def test_earlier_steps_come_first_and_the_end_last() -> None:
    found = kinds(divergence("table", 0), divergence("logs", 2), divergence("calls", 3))
    assert found == [("logs", 2), ("calls", 3), ("table", 0)]


def test_calls_come_before_the_result_that_they_lead_to() -> None:
    found = kinds(divergence("logs", 1), divergence("state", 1), divergence("calls", 1))
    assert found == [("calls", 1), ("state", 1), ("logs", 1)]


def test_calls_that_an_exception_left_out_come_after_it() -> None:
    found = kinds(divergence("calls", 1, MISSING), divergence("exception", 1))
    assert found == [("exception", 1), ("calls", 1)]


def test_a_lost_call_before_others_comes_before_the_state() -> None:
    lost, later = divergence("calls", 1, MISSING, "lost"), divergence("calls", 1, 5, "later")
    found = in_order_of_cause([divergence("state", 1), lost, later])
    assert [d.path for d in found] == ["lost", "later", "p"]


def test_a_lost_call_alone_is_a_cause() -> None:
    assert kinds(divergence("logs", 1), divergence("calls", 1, MISSING)) == [
        ("calls", 1),
        ("logs", 1),
    ]
