from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harness.bench.latency_file import latencies
from harness.bench.levels import HANDOVER, PHASES, START, TO_RECOVERY, Handover, Measured, measured
from harness.bench.pace import Charge, Invoked, LatencyPace
from harness.bench.workloads import END_SECONDS, Size, workload
from harness.clock import EPOCH
from harness.recording import Error, Execution, RecordedCall, Recording, Step
from harness.run import run
from harness.sides import Sides

LOOK = "drs.DescribeJobs"
BEGUN = 1.0
PATH = (("Begin", BEGUN), ("Poll", 31.0), ("Done", 99.0))


def step(at: float, source: str = "states: Begin", function: str = "f", result: Any = None) -> Step:
    return Step(at, source, function, {}, result, None)


def call(number: int, at: float, name: str = START) -> RecordedCall:
    return RecordedCall(number, at, "f", name, "1", "eu", {}, 1, None)


def job(launched: float, kind: str = "LAUNCH") -> dict[str, Any]:
    """A job whose last server is launched then, and which ends five seconds later."""
    return {"type": kind, "endsAt": (EPOCH + timedelta(seconds=launched + 5)).isoformat()}


def recording(
    steps: tuple[Step, ...], calls: tuple[RecordedCall, ...] = (), *jobs: dict[str, Any]
) -> Recording:
    done = Execution("e", "SUCCEEDED", None, None, None, PATH)
    drs = {"1/eu": {"jobs": list(jobs)}}
    return Recording("s", "legacy", 101.0, steps, calls, (done,), {}, drs, {}, (), ())


def invoked(at: float, ended: float | None, caller: str = "", function: str = "f") -> Invoked:
    return Invoked(function, caller, 512, False, at, at, ended, 1, 1)


def pace(*invocations: Invoked, charges: tuple[Charge, ...] = ()) -> LatencyPace:
    made = LatencyPace(latencies(), 0)
    made.invocations, made.charges, made.at_once = list(invocations), list(charges), 2
    return made


# Two waves: the first begins in step 1, is launched at 50 and looked at at 31.5, 45 and 60; the
# second begins in step 3, which sees it.
STEPS = (step(2.0), step(31.0, "states: Poll"), step(59.0, "user", "g", {"a": "ü"}))
CALLS = (
    call(1, 3.0),
    call(1, 4.0),
    call(2, 31.5, LOOK),
    call(2, 45.0, LOOK),
    call(3, 60.0, LOOK),
    call(3, 62.0),
)
TWO_WAVES = recording(STEPS, CALLS, job(50.0), job(61.0, "TERMINATE"), job(90.0))
CHARGES = (
    Charge(0.5, 1.0, "transition", "t", "Begin"),
    Charge(2.0, 2.0, "AWS call", "c", "drs.X"),
    Charge(59.5, 1.0, "AWS call", "c", "drs.X"),
    Charge(61.0, 0.5, "code", "k", "f"),
    Charge(80.0, 4.0, "code", "k", "f"),
)
PACE = pace(
    invoked(2.0, 5.0), invoked(3.5, 4.5, "f"), invoked(31.0, 32.0),
    invoked(59.0, 63.0, function="g"), charges=CHARGES,
)  # fmt: skip


@pytest.fixture(scope="module")
def two_waves() -> Measured:
    return measured(TWO_WAVES, PACE, end_seconds=5.0)


def test_an_execution_is_measured_from_its_first_state_on(two_waves: Measured) -> None:
    assert two_waves.status == "SUCCEEDED"
    assert two_waves.execution == 100.0
    assert two_waves.transitions == 3


def test_a_wave_lasts_from_the_step_that_starts_it_to_the_next_such_step(
    two_waves: Measured,
) -> None:
    assert two_waves.waves == (57.0, 42.0)


def test_actions_are_invocations_from_outside(two_waves: Measured) -> None:
    assert two_waves.actions == (("Begin", 3.0), ("Poll", 1.0), ("g", 4.0))
    assert len(two_waves.invocations) == 4


def test_how_long_it_takes_to_the_first_recovery(two_waves: Measured) -> None:
    assert two_waves.to_recovery == 2.0


def test_a_handover_is_from_the_look_that_sees_the_launch(two_waves: Measured) -> None:
    assert two_waves.handovers == (Handover(cycle=15.0, tail=2.0),)


def test_time_is_told_by_cause_in_the_whole_and_in_each_wait(two_waves: Measured) -> None:
    transition, calls, code = (
        ("transition", "t", "Begin"),
        ("AWS call", "c", "drs.X"),
        ("code", "k", "f"),
    )
    assert two_waves.spent == {transition: 1.0, calls: 3.0, code: 4.5}
    assert two_waves.waited[TO_RECOVERY] == {transition: 0.5, calls: 1.0}
    assert two_waves.waited[HANDOVER] == {calls: 0.5, code: 0.5}
    assert two_waves.in_actions == {calls: 3.0, code: 0.5}


def test_what_was_used_is_counted(two_waves: Measured) -> None:
    assert two_waves.calls == {START: 3, LOOK: 3}
    assert two_waves.at_once == 2
    assert two_waves.state_bytes == len('{"a": "\\u00fc"}')


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ((31.0, 45.0, 60.0), Handover(15.0, 2.0)),
        ((45.0, 52.0, 60.0), Handover(7.0, 10.0)),
        ((49.0, 50.0, 60.0), Handover(1.0, 12.0)),  # the look at that very moment sees it
        ((60.0,), Handover(0.0, 2.0)),
        ((31.0, 45.0), Handover(14.0, 17.0)),  # none sees it: the last one is taken
        ((), Handover(0.0, 12.0)),
    ],
)
def test_handovers_by_the_looks_at_a_job(looks: tuple[float, ...], found: Handover) -> None:
    calls = (call(1, 3.0), *(call(2, at, LOOK) for at in looks), call(3, 62.0))
    waves = recording(STEPS, calls, job(50.0), job(55.0, "TERMINATE"), job(90.0))
    assert measured(waves, PACE, end_seconds=5.0).handovers == (found,)


def test_where_nothing_was_launched_the_last_look_counts() -> None:
    found = measured(recording(STEPS, CALLS), PACE, end_seconds=5.0)
    assert found.handovers == (Handover(15.0, 2.0),)


def test_a_launch_comes_at_any_moment_between_two_looks() -> None:
    waits = Handover(cycle=30.0, tail=2.0).seconds
    assert len(waits) == PHASES == 20
    assert waits[0] == pytest.approx(2.75)
    assert waits[-1] == pytest.approx(31.25)
    assert sum(waits) / PHASES == pytest.approx(17.0)
    assert Handover(0.0, 2.0).seconds == (2.0,) * PHASES


def test_without_a_recovery_there_is_no_wave_and_nobody_waits() -> None:
    found = measured(recording(STEPS), pace(charges=CHARGES), end_seconds=5.0)
    assert (found.waves, found.to_recovery, found.handovers) == ((), None, ())
    assert found.waited == {TO_RECOVERY: {}, HANDOVER: {}}


def test_without_an_execution_all_of_the_run_counts() -> None:
    alone = Recording("s", "legacy", 9.0, STEPS[:1], (), (), {}, {}, {}, (), ())
    found = measured(alone, pace(invoked(2.0, 5.0)), end_seconds=5.0)
    assert (found.status, found.execution, found.transitions) == ("", 9.0, 0)
    assert found.actions == (("Begin", 3.0),)


def test_an_action_that_never_ended_is_none(sides: Sides) -> None:
    late = Step(2.0, "states: Begin", "f", {}, None, Error("Sandbox.Timedout", "x"))
    found = measured(recording((late,)), pace(invoked(2.0, None)), end_seconds=5.0)
    assert found.actions == ()


def test_a_plan_of_two_waves(sides: Sides) -> None:
    made = LatencyPace(latencies(), 0)
    found = measured(
        run(sides.refactored, workload(Size(waves=2, servers=1)), pace=made), made, END_SECONDS
    )
    assert found.status == "SUCCEEDED"
    assert len(found.waves) == 2
    assert sum(found.waves) == pytest.approx(found.execution, abs=0.1)
    [handover] = found.handovers
    assert 30 < handover.cycle < 32
    assert 0.1 < handover.tail < 3
    waited = found.waited[HANDOVER]
    assert sum(waited.values()) == pytest.approx(handover.tail, abs=1e-4)
    assert sum(found.waited[TO_RECOVERY].values()) == pytest.approx(found.to_recovery, abs=1e-4)
    assert sum(found.in_actions.values()) == pytest.approx(
        sum(seconds for _, seconds in found.actions), abs=1e-3
    )
    assert found.state_bytes > 500


def test_an_action_that_never_began_shifts_no_label() -> None:
    """One that was throttled has a step and no invocation."""
    steps = (step(2.0), step(31.0, "states: Poll"))
    found = measured(recording(steps), pace(invoked(31.0, 32.0)), end_seconds=5.0)
    assert found.actions == (("Poll", 1.0),)
