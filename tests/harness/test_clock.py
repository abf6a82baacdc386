from __future__ import annotations

import time
from contextvars import ContextVar
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import EPOCH, StalledError, VirtualClock


def test_time_stands_still_until_someone_sleeps() -> None:
    with VirtualClock() as clock:
        assert time.time() == EPOCH.timestamp()
        clock.spawn(lambda: clock.sleep(90.5))
        clock.run()
        assert clock.elapsed == 90.5
        assert datetime.now(UTC).isoformat() == "2026-01-05T09:01:30.500000+00:00"
        assert time.time() == clock.now()
    assert time.time() > EPOCH.timestamp() + 100


def test_what_is_due_at_one_instant_runs_in_the_order_it_came() -> None:
    seen = []
    with VirtualClock() as clock:
        for name in "abc":
            clock.spawn(lambda name=name: seen.append(name), delay=5)
        clock.spawn(lambda: seen.append("first"), delay=4.999999)
        clock.run()
    assert seen == ["first", "a", "b", "c"]


def test_a_task_may_start_others_and_all_return_to_the_clock() -> None:
    seen = []

    def outer() -> None:
        clock.spawn(inner)
        clock.sleep(2)
        seen.append(("outer", clock.elapsed))

    def inner() -> None:
        clock.sleep(1)
        seen.append(("inner", clock.elapsed))

    with VirtualClock() as clock:
        clock.spawn(outer)
        clock.run()
    assert seen == [("inner", 1.0), ("outer", 2.0)]


def test_waiting_ends_when_ready_or_when_time_is_up() -> None:
    flags: list[int] = []
    answers = []

    def waiter() -> None:
        answers.append((clock.wait(lambda: bool(flags), 60), clock.elapsed))
        answers.append((clock.wait(lambda: len(flags) > 5, 60), clock.elapsed))

    with VirtualClock() as clock:
        clock.spawn(waiter)
        clock.spawn(lambda: flags.append(1), delay=10)
        clock.run()
    assert answers == [(True, 10.0), (False, 70.0)]


def test_an_error_in_a_task_reaches_whoever_runs_the_clock() -> None:
    def fails() -> None:
        clock.sleep(3)
        raise LookupError("gone")

    with VirtualClock() as clock:
        clock.spawn(fails)
        with pytest.raises(LookupError, match="gone"):
            clock.run()


def test_a_killed_task_runs_its_finally_and_nothing_else() -> None:
    seen = []

    def work() -> None:
        try:
            clock.sleep(100)
            seen.append("woke")
        except Exception:
            seen.append("caught")
        finally:
            seen.append("finally")

    with VirtualClock() as clock:
        task = clock.spawn(work)
        clock.spawn(lambda: clock.kill(task), delay=1)
        clock.run()
        assert task.done
        assert clock.elapsed == 1.0
    assert seen == ["finally"]


def test_a_wait_that_nothing_can_end_is_told() -> None:
    with VirtualClock() as clock:
        task = clock.spawn(lambda: clock.wait(lambda: False), name="for ever")
        with pytest.raises(StalledError, match="for ever"):
            clock.run(until=lambda: task.done)


def test_tasks_see_the_context_of_their_starter_and_keep_their_own() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="none")
    seen = []

    def work() -> None:
        seen.append(variable.get())
        variable.set("inside")
        clock.sleep(1)
        seen.append(variable.get())

    with VirtualClock() as clock:
        variable.set("outside")
        clock.spawn(work)
        clock.run()
        assert variable.get() == "outside"
    assert seen == ["outside", "inside"]


def test_a_negative_sleep_is_refused_as_by_time() -> None:
    with VirtualClock() as clock, pytest.raises(ValueError, match="non-negative"):
        clock.sleep(-1)


@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=30))
def test_instants_never_go_backwards(delays: list[float]) -> None:
    seen: list[float] = []
    with VirtualClock() as clock:
        for delay in delays:
            clock.spawn(lambda: seen.append(clock.elapsed), delay=delay)
        clock.run()
    assert seen == sorted(seen)
    assert seen == sorted(round(delay * 1_000_000) / 1_000_000 for delay in delays)
