from __future__ import annotations

from dataclasses import replace

import pytest

from harness.aws.lambda_runtime import PAYLOAD_LIMIT
from harness.bench.usage import STATE_LIMIT, Reached, greatest_payload, reached, usage
from tests.harness.bench.support import INVOKED, PRICES, pairs, run

# Half a second of 2 GB, a cold start included; and 250 ms of 512 MB in another function.
LARGE = replace(INVOKED, memory=2_048, at=0.5, began=1.0, ended=1.5)
SMALL = replace(INVOKED, function="g", memory=512, began=0.0, ended=0.25, request=900)
ONE = run(invocations=(LARGE, LARGE, SMALL), calls={"drs.X": 3}, transitions=4, at_once=2)
OTHER = run(invocations=(LARGE,), calls={"drs.X": 1, "ec2.Y": 1}, transitions=6, state_bytes=500)


def test_a_side_s_use_is_the_mean_of_its_executions() -> None:
    found, refactored = usage(pairs((ONE, ONE), (OTHER, ONE)), PRICES)
    assert found.calls == {"drs.X": 2.0, "ec2.Y": 0.5}
    assert found.invocations == {"f": 1.5, "g": 0.5}
    assert found.gb_seconds == {"f": pytest.approx(1.5), "g": pytest.approx(0.0625)}
    assert found.transitions == 5.0
    assert refactored.invocations == {"f": 2.0, "g": 1.0}


def test_sizes_are_the_greatest() -> None:
    found, _ = usage(pairs((ONE, ONE), (OTHER, ONE)), PRICES)
    assert (found.payload, found.state, found.at_once) == (900, 500, 2)


def test_money_is_gb_seconds_requests_and_transitions() -> None:
    found, _ = usage(pairs((ONE, ONE)), PRICES)
    gb_seconds = 2 * 0.5 * 2 + 0.25 * 0.5
    assert found.dollars == pytest.approx(gb_seconds * 0.5 + 3 * 0.25 + 4 * 0.125)
    twice, _ = usage(pairs((ONE, ONE), (ONE, ONE)), PRICES)
    assert twice.dollars == pytest.approx(found.dollars)


def test_a_millisecond_that_was_begun_is_billed() -> None:
    begun = replace(INVOKED, memory=1_024, began=0.0, ended=0.0101)
    found, _ = usage(pairs((run(invocations=(begun,)),) * 2), PRICES)
    assert found.gb_seconds == {"f": 0.011}


def test_an_invocation_that_never_ended_is_counted() -> None:
    late = run(invocations=(replace(INVOKED, ended=None),))
    found, _ = usage(pairs((late, late)), PRICES)
    assert found.invocations == {"f": 1.0}


def test_how_many_servers_reach_a_limit() -> None:
    few = run(invocations=(replace(INVOKED, request=1_000),), state_bytes=1_500)
    many = run(invocations=(replace(INVOKED, response=19_000),), state_bytes=2_500)
    payload, state = reached(few, many, (10, 100))
    assert (payload.limit, state.limit) == (PAYLOAD_LIMIT, STATE_LIMIT)
    assert (payload.base, payload.per_server) == (-1_000, 200)
    assert payload.servers == (PAYLOAD_LIMIT + 1_000 + 199) // 200
    assert state.per_server == pytest.approx(1_000 / 90)
    assert state.base == pytest.approx(1_500 - 10_000 / 90)


@pytest.mark.parametrize(
    ("base", "per_server", "servers"),
    [(100.0, 9.0, 100), (100.0, 9.001, 100), (100.0, 8.9, 102), (50.0, 0.0, None), (9, -1.0, None)],
)
def test_a_limit_is_reached_by_a_whole_server(
    base: float, per_server: float, servers: int | None
) -> None:
    assert Reached("state", 1_000, base, per_server).servers == servers


def test_the_greatest_payload() -> None:
    assert greatest_payload(ONE) == 900
    assert greatest_payload(OTHER) == 200
    assert greatest_payload(run(invocations=())) == 0
