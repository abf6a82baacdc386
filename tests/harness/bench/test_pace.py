from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from harness.aws.calls import Call, current_call
from harness.aws.container import Container
from harness.aws.function import FunctionDefinition
from harness.bench.latency import FULL_CPU_MB, Distribution, Latencies
from harness.bench.latency_file import latencies
from harness.bench.pace import (
    CALL,
    CAUSES,
    CLIENT,
    CODE,
    COLD,
    CONNECTION,
    INVOCATION,
    PAYLOAD,
    TRANSITION,
    Charge,
    LatencyPace,
)
from harness.bench.workloads import Size, workload
from harness.clock import VirtualClock
from harness.recording import Recording
from harness.run import run
from harness.sides import Sides
from harness.tree import Tree
from tests.harness.bench.support import entry, model

SMALL = workload(Size(waves=1, servers=1))
WAIT = "WaitForWaveUpdate"
MODEL = latencies()
Ran = tuple[Recording, LatencyPace]


def paced(tree: Tree, seed: int = 0, of: Latencies = MODEL) -> Ran:
    pace = LatencyPace(of, seed)
    return run(tree, SMALL, pace=pace), pace


@pytest.fixture(scope="module")
def both(sides: Sides) -> tuple[Ran, Ran]:
    return paced(sides.legacy), paced(sides.refactored)


def in_order(charges: list[Charge], *causes: str) -> dict[tuple[str, str], list[float]]:
    """Seconds by cause and what they were for, as often as it happened."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for charge in charges:
        if charge.cause in causes:
            found[charge.cause, charge.what].append(charge.seconds)
    return found


def test_the_same_seed_gives_the_very_same_charges(sides: Sides, both: tuple[Ran, Ran]) -> None:
    for tree, (_, before) in zip((sides.legacy, sides.refactored), both, strict=True):
        _, again = paced(tree)
        assert again.charges == before.charges
        assert again.invocations == before.invocations


def test_another_seed_gives_others(sides: Sides, both: tuple[Ran, Ran]) -> None:
    was = both[0][1].charges
    _, other = paced(sides.legacy, seed=1)
    old, new = in_order(was, TRANSITION), in_order(other.charges, TRANSITION)
    assert old.keys() == new.keys()
    assert all(not set(seconds) & set(new[key]) for key, seconds in old.items())


def test_charges_and_waits_are_all_the_time_there_is(both: tuple[Ran, Ran]) -> None:
    for recording, pace in both:
        [execution] = recording.executions
        assert execution.status == "SUCCEEDED"
        waits = 30 * sum(state == WAIT for state, _ in execution.path)
        spent = sum(charge.seconds for charge in pace.charges)
        assert waits == 60
        assert recording.elapsed == pytest.approx(waits + spent, abs=1e-6 * len(pace.charges))
        for one, following in pairwise(pace.charges):
            assert one.at + one.seconds <= following.at + 1e-6


def test_every_cause_is_met(both: tuple[Ran, Ran]) -> None:
    for _, pace in both:
        assert {charge.cause for charge in pace.charges} == set(CAUSES)
        assert all(charge.entry in MODEL.entries for charge in pace.charges)


def test_common_operations_take_as_long_on_both_sides(both: tuple[Ran, Ran]) -> None:
    (_, legacy), (_, refactored) = both
    old, new = (in_order(pace.charges, CALL, TRANSITION) for pace in (legacy, refactored))
    assert set(old) == set(new)
    for key, seconds in old.items():
        assert new[key] == seconds, key
    old, new = (in_order(one.charges, INVOCATION, CONNECTION, COLD) for one in (legacy, refactored))
    for key, seconds in old.items():
        often = min(len(seconds), len(new[key]))
        assert often
        assert new[key][:often] == seconds[:often], key


def test_only_the_first_invocation_of_a_function_is_cold(both: tuple[Ran, Ran]) -> None:
    for _, pace in both:
        seen: set[str] = set()
        for invoked in pace.invocations:
            assert invoked.cold is (invoked.function not in seen)
            seen.add(invoked.function)
        colds = in_order(pace.charges, COLD)
        assert {what for _, what in colds} == seen
    assert "query-handler" in seen


def colds(tree: Tree, idle: float) -> list[bool]:
    _, pace = paced(tree, of=replace(MODEL, idle=idle))
    return [one.cold for one in pace.invocations if one.function == "orchestration"]


def test_a_container_that_nobody_used_for_long_is_gone(sides: Sides) -> None:
    assert colds(sides.legacy, idle=29) == [True, True, True]
    assert colds(sides.legacy, idle=40) == [True, False, False]


def test_with_one_container_at_once_the_nested_invocation_is_refused(sides: Sides) -> None:
    alone = replace(MODEL, concurrency=1)
    legacy, _ = paced(sides.legacy, of=alone)
    assert legacy.executions[0].status == "SUCCEEDED"
    refactored, pace = paced(sides.refactored, of=alone)
    refused = {call.error.type for call in refactored.calls if call.error}
    assert refused == {"TooManyRequestsException"}
    assert {one.function for one in pace.invocations} == {"orchestration"}
    two, _ = paced(sides.refactored, of=replace(MODEL, concurrency=2))
    assert two.executions[0].status == "SUCCEEDED"


def test_who_invoked_whom_and_when(both: tuple[Ran, Ran]) -> None:
    (recording, legacy), (_, refactored) = both
    assert {one.caller for one in legacy.invocations} == {""}
    assert {(one.caller, one.function) for one in refactored.invocations if one.caller} == {
        ("orchestration", "execution-handler"),
        ("orchestration", "query-handler"),
    }
    assert [one.at for one in legacy.invocations] == [step.at for step in recording.steps]
    for one in (*legacy.invocations, *refactored.invocations):
        assert one.ended is not None
        assert one.at < one.began < one.ended
        assert min(one.request, one.response) > 200
    assert (legacy.at_once, refactored.at_once) == (1, 2)


def test_a_connection_is_paid_once_for_a_client_that_is_kept_open(both: tuple[Ran, Ran]) -> None:
    """Stubs keep their client, and give each invocation a new connection."""
    (_, legacy), (_, refactored) = both
    made = [
        charge for charge in refactored.charges if (charge.cause, charge.what) == (CLIENT, "lambda")
    ]
    connected = in_order(refactored.charges, CONNECTION)
    nested = [one for one in refactored.invocations if one.caller]
    assert len(made) == 2  # the stub's, and one that the execution handler makes for itself
    assert len(connected[CONNECTION, "lambda"]) == len(nested) == 3
    calls = in_order(legacy.charges, CALL)
    assert len(in_order(legacy.charges, CONNECTION)[CONNECTION, "drs"]) < sum(
        len(times) for (_, what), times in calls.items() if what.startswith("drs.")
    )


# By itself, on a clock where nothing else happens.


TINY = model(
    entry("lambda.invocation", 0.1),
    entry("lambda.cold.512", 1.0),
    entry("lambda.cold.1024", 2.0),
    entry("lambda.code", 0.01),
    entry("lambda.payload_kib", 0.5),
    entry("client.first", 0.2),
    entry("client.again", 0.05),
    entry("client.connection", 0.03),
    entry("call.default", 0.4),
    entry("call.drs.StartRecovery", 0.6, per_item=0.1, items="sourceServers"),
    entry("call.drs.DescribeSourceServers", 0.7, per_item=0.1, items="items"),
    entry("call.lambda.Invoke", 0.0),
    entry("states.transition", 0.02),
)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with VirtualClock() as clock:
        yield clock


@pytest.fixture
def pace(clock: VirtualClock) -> LatencyPace:
    pace = LatencyPace(TINY, 0)
    pace.use(clock)
    return pace


class Client:
    """Stands for one of boto3's."""


def call(client: Client, operation: str = "DescribeJobs", **parameters: Any) -> Call:
    return Call(0.0, "f", "drs", operation, "eu", "1", parameters, client=client)


def send(pace: LatencyPace, one: Call, answer: Any = None) -> dict[str, float]:
    """Seconds of a call that is answered, by cause."""
    count = len(pace.charges)
    pace.sent(one)
    pace.answered(one, answer or {})
    found: defaultdict[str, float] = defaultdict(float)
    for charge in pace.charges[count:]:
        found[charge.cause] += charge.seconds
    return dict(found)


def test_connections_are_kept_alive_for_a_minute(pace: LatencyPace, clock: VirtualClock) -> None:
    client, other = Client(), Client()
    new, kept = {CONNECTION: 0.03, CALL: 0.4}, {CALL: 0.4}
    assert send(pace, call(client)) == new
    assert send(pace, call(client)) == kept
    assert send(pace, call(other)) == new
    for _ in range(2):
        clock.sleep(59)
        assert send(pace, call(client)) == kept
    clock.sleep(61)
    assert send(pace, call(client)) == new


def test_a_closed_client_connects_again(pace: LatencyPace) -> None:
    client = Client()
    pace.closed(client)  # which never had one
    send(pace, call(client))
    pace.closed(client)
    assert send(pace, call(client)) == {CONNECTION: 0.03, CALL: 0.4}
    assert send(pace, call(client)) == {CALL: 0.4}


def test_a_call_that_was_not_answered_has_left_no_connection(pace: LatencyPace) -> None:
    client = Client()
    pace.sent(call(client))
    assert send(pace, call(client))[CONNECTION] == 0.03


def test_items_take_longer_in_requests_and_answers(pace: LatencyPace) -> None:
    client = Client()
    send(pace, call(client))
    start = call(client, "StartRecovery", sourceServers=[{}, {}, {}])
    assert send(pace, start, {"job": {}}) == {CALL: pytest.approx(0.9)}
    asked = call(client, "DescribeSourceServers")
    assert send(pace, asked, {"items": [1, 2]}) == {CALL: pytest.approx(0.9)}
    assert send(pace, asked, {"items": "text"}) == {CALL: pytest.approx(0.7)}
    assert send(pace, asked, None) == {CALL: pytest.approx(0.7)}


def test_what_takes_no_time_is_not_written_down(pace: LatencyPace) -> None:
    client = Client()
    invoke = Call(0.0, "f", "lambda", "Invoke", "eu", "1", {}, client=client)
    assert send(pace, invoke) == {CONNECTION: 0.03}


def function(memory: int) -> FunctionDefinition:
    return SimpleNamespace(key="f", memory=memory)  # type: ignore[return-value]


def container(memory: int, *, starting: bool) -> Container:
    found: Any = Container.__new__(Container)
    found.function = function(memory)
    found._handler = None if starting else print
    assert isinstance(found, Container)
    return found


def seconds(pace: LatencyPace) -> list[tuple[str, Any]]:
    return [(charge.cause, pytest.approx(charge.seconds)) for charge in pace.charges]


def test_the_first_client_of_a_service_in_a_container_takes_longer(pace: LatencyPace) -> None:
    one, other = (container(FULL_CPU_MB, starting=False) for _ in range(2))
    for place, service in ((one, "drs"), (one, "drs"), (one, "ec2"), (other, "drs")):
        pace.made_client(place, service)
    assert [charge.entry for charge in pace.charges] == [
        "client.first",
        "client.again",
        "client.first",
        "client.first",
    ]


def test_clients_are_made_by_a_share_of_a_cpu_but_for_the_import(pace: LatencyPace) -> None:
    half = FULL_CPU_MB // 2
    pace.made_client(container(half, starting=True), "drs")
    pace.made_client(container(half, starting=False), "drs")
    assert seconds(pace) == [(CLIENT, 0.2), (CLIENT, 0.2 * FULL_CPU_MB / half)]


def test_an_invocation_cold_and_warm(pace: LatencyPace, clock: VirtualClock) -> None:
    payload = "ü" * 512  # one KiB
    assert pace.invoked(function(1_024), payload, cold=True) == 0
    pace.returned(0, "x" * 512)
    assert seconds(pace) == [
        (INVOCATION, 0.1),
        (PAYLOAD, 0.5),
        (COLD, 2.0),
        (CODE, 0.01 * FULL_CPU_MB / 1_024),
        (PAYLOAD, 0.25),
    ]
    [told] = pace.invocations
    assert (told.request, told.response, told.at) == (1_024, 512, 0)
    assert told.began == pytest.approx(0.6)
    assert told.ended == clock.elapsed
    assert pace.invoked(function(1_024), "", cold=False) == 1
    assert COLD not in {charge.cause for charge in pace.charges[5:]}
    assert pace.invocations[1].ended is None


def test_containers_that_are_busy_at_once_are_counted(pace: LatencyPace) -> None:
    for _ in range(3):
        pace.invoked(function(512), "", cold=False)
    pace.returned(1, "")
    pace.returned(2, "")
    pace.invoked(function(512), "", cold=False)
    assert pace.at_once == 3


def test_the_caller_is_the_function_whose_call_it_is(pace: LatencyPace) -> None:
    token = current_call.set(replace(call(Client()), function="g"))
    try:
        pace.invoked(function(512), "", cold=False)
    finally:
        current_call.reset(token)
    pace.invoked(function(512), "", cold=False)
    assert [one.caller for one in pace.invocations] == ["g", ""]


def test_what_comes_second_is_drawn_anew(clock: VirtualClock) -> None:
    pace = LatencyPace(model(entry("states.transition", 0, seconds=Distribution(0.02, 0.05))), 0)
    pace.use(clock)
    for state in "ABABBA":
        pace.entered(state)
    assert len({charge.seconds for charge in pace.charges}) == 6
