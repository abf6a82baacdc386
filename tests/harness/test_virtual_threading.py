from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import virtual_threading
from harness.clock import VirtualClock
from harness.virtual_threading import Event, Thread


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with VirtualClock() as clock:
        virtual_threading.use_clock(clock)
        yield clock
    virtual_threading.use_clock(None)


def test_a_thread_runs_later_and_can_be_joined(clock: VirtualClock) -> None:
    seen = []

    def main() -> None:
        thread = Thread(target=lambda: clock.sleep(5))
        thread.start()
        seen.append(thread.is_alive())
        thread.join(timeout=1)
        seen.append((thread.is_alive(), clock.elapsed))
        thread.join()
        seen.append((thread.is_alive(), clock.elapsed))

    clock.spawn(main)
    clock.run()
    assert seen == [True, (True, 1.0), (False, 5.0)]


def test_an_event_wakes_waiters_even_if_it_is_cleared_at_once(clock: VirtualClock) -> None:
    event = Event()
    seen = []

    def waiter() -> None:
        event.wait(100)
        seen.append(clock.elapsed)

    def pulse() -> None:
        event.set()
        event.clear()

    clock.spawn(waiter)
    clock.spawn(pulse, delay=7)
    clock.run()
    assert seen == [7.0]
    assert not event.is_set()


def test_an_event_times_out_in_virtual_time(clock: VirtualClock) -> None:
    answers: list[bool] = []
    clock.spawn(lambda: answers.append(Event().wait(3600)))
    clock.run()
    assert answers == [False]
    assert clock.elapsed == 3600


def test_without_a_world_there_is_no_clock() -> None:
    with pytest.raises(RuntimeError, match="needs a world"):
        Thread(target=print).start()
