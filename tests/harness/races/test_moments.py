from __future__ import annotations

from dataclasses import replace

from harness.aws.disruptions import Latency
from harness.aws.faults import INVOKE
from harness.races.moments import LATENCY, at, moments, races, slowed, without
from harness.recording import RecordedCall, Recording
from harness.results import Trees
from harness.scenario import Invocation, Scenario, Start

FIRST, SECOND = Invocation("f", {"a": 1}, 5.0), Invocation("g", {}, 9.0)
SCENARIO = Scenario("s", "shows", start=Start({}), invoke=(FIRST, SECOND))


def recording(*at: float) -> Recording:
    calls = tuple(RecordedCall(1, t, "f", "drs.X", "1", "eu", {}, 1, None) for t in at)
    return Recording("s", "legacy", 99.0, (), calls, (), {}, {}, {}, (), ())


def test_one_moment_between_every_two_calls() -> None:
    assert moments(recording(0.0, 0.2, 30.2)) == [0.1, 15.2, 30.2 + LATENCY]
    assert moments(recording(1.0, 1.0)) == [0.5, 1.0 + LATENCY]


def test_several_where_it_is_looked_at_closely() -> None:
    found = moments(recording(0.0, 10.0), dense=True)
    assert found[:3] == [0.5, 5.0, 9.5]
    assert len(found) == 6


def test_every_call_takes_time_but_an_invocation() -> None:
    own = Latency("drs.X", 7.0)
    slow = slowed(replace(SCENARIO, slow=(own,))).slow
    assert slow[0] == own
    assert {latency.operation: latency.seconds for latency in slow[1:]} == {"*": 0.2, INVOKE: 0.0}


def test_one_invocation_is_moved_or_left_out() -> None:
    assert [i.seconds for i in at(SCENARIO, 1, 3.5).invoke] == [5.0, 3.5]
    assert without(SCENARIO, 0).invoke == (SECOND,)


def test_what_is_beside_an_execution_is_raced(trees: Trees) -> None:
    alone = replace(SCENARIO, start=None)
    assert [(r.scenario, r.moved) for r in races(trees, [alone, SCENARIO])] == [
        (SCENARIO, 0),
        (SCENARIO, 1),
    ]
