from __future__ import annotations

from typing import Any

import pytest

from harness.bench.causes import EXTRA, WAITING, Share, shares
from harness.bench.levels import HANDOVER, TO_RECOVERY, Handover, Measured, Spent
from harness.bench.pace import CALL, CLIENT, COLD, INVOCATION
from tests.harness.bench.support import pairs, run

COLD_F = (COLD, "lambda.cold.512", "f")
INVOKED_F = (INVOCATION, "lambda.invocation", "f")
LOOKED = (CALL, "call.drs.default", "drs.DescribeJobs")
READ = (CALL, "call.dynamodb.default", "dynamodb.GetItem")
NOTHING: dict[str, Spent] = {TO_RECOVERY: {}, HANDOVER: {}}


def only(legacy: Measured, refactored: Measured, level: str = "execution") -> Share:
    [found] = [one for one in shares(pairs((legacy, refactored))) if one.level == level]
    return found


def approx(found: dict[str, float]) -> Any:
    return pytest.approx(found)


def test_shares_add_up_to_what_was_added() -> None:
    legacy = run(execution=100.0, spent={LOOKED: 2.0, COLD_F: 1.0})
    refactored = run(execution=104.0, spent={LOOKED: 2.0, READ: 0.5, COLD_F: 2.5, INVOKED_F: 0.75})
    found = only(legacy, refactored)
    assert found.added == pytest.approx(4.0)
    assert dict(found.by_cause) == approx({INVOCATION: 0.75, COLD: 1.5, EXTRA: 0.5, WAITING: 1.25})
    assert sum(found.by_cause.values()) == pytest.approx(found.added)
    assert list(found.by_cause) == [INVOCATION, COLD, EXTRA, WAITING]


def test_what_a_cause_was_for_comes_greatest_first() -> None:
    legacy = run(execution=100.0, spent={COLD_F: 3.0})
    new = {
        COLD_F: 1.0,
        (COLD, "lambda.cold.512", "g"): 1.5,
        (COLD, "lambda.cold.512", "h"): 0.5,
        READ: 0.25,
    }
    found = only(legacy, run(execution=100.25, spent=new))
    assert [what for what, _ in found.of_what[EXTRA]] == ["dynamodb.GetItem"]
    assert COLD not in found.by_cause  # 1.0 + 1.5 + 0.5 is what it was
    assert COLD not in found.of_what
    more = only(legacy, run(execution=103.0, spent={**new, COLD_F: 4.0}))
    assert list(more.of_what[COLD]) == [("g", 1.5), ("f", 1.0), ("h", 0.5)]


def test_nothing_added_has_no_cause() -> None:
    same = run(spent={LOOKED: 1.0})
    assert only(same, same) == Share("execution", 0.0, {}, {})


def test_what_only_legacy_does_is_taken_away() -> None:
    found = only(run(execution=100.0, spent={READ: 0.5}), run(execution=99.5))
    assert dict(found.by_cause) == approx({EXTRA: -0.5})


def test_they_are_means_of_draws() -> None:
    found = shares(
        pairs(
            (run(execution=100.0), run(execution=103.0, spent={COLD_F: 3.0})),
            (run(execution=100.0), run(execution=101.0, spent={COLD_F: 1.0})),
        )
    )[0]
    assert found.added == pytest.approx(2.0)
    assert dict(found.by_cause) == approx({COLD: 2.0})


def test_an_action_s_are_of_one_action() -> None:
    legacy = run(actions=(("A", 1.0), ("B", 2.0)), in_actions={READ: 0.5})
    refactored = run(actions=(("A", 2.0), ("B", 4.0)), in_actions={READ: 0.5, INVOKED_F: 3.0})
    found = only(legacy, refactored, "action")
    assert found.added == pytest.approx(1.5)
    assert dict(found.by_cause) == approx({INVOCATION: 1.5})


def test_a_wait_s_are_of_one_wait() -> None:
    legacy = run(to_recovery=1.0, waited={**NOTHING, TO_RECOVERY: {READ: 1.0}})
    refactored = run(to_recovery=2.5, waited={**NOTHING, TO_RECOVERY: {READ: 1.0, COLD_F: 1.5}})
    found = only(legacy, refactored, "begin → StartRecovery")
    assert found.added == pytest.approx(1.5)
    assert dict(found.by_cause) == approx({COLD: 1.5})


def test_a_handover_also_waits_for_the_next_poll() -> None:
    """Half a cycle more of two seconds, which no charge in the tail explains."""
    old, new = Handover(30.0, 1.0), Handover(32.0, 3.0)
    legacy = run(handovers=(old, old), waited={**NOTHING, HANDOVER: {READ: 2.0}})
    refactored = run(
        handovers=(new, new),
        waited={**NOTHING, HANDOVER: {READ: 2.0, (CLIENT, "client.first", "drs"): 4.0}},
    )
    found = only(legacy, refactored, "last server launched → next StartRecovery")
    assert found.added == pytest.approx(3.0)
    assert dict(found.by_cause) == approx({CLIENT: 2.0, WAITING: 1.0})


def test_waits_that_nobody_made_are_left_out() -> None:
    one = run(to_recovery=None)
    assert [found.level for found in shares(pairs((one, one)))] == ["execution", "action"]
