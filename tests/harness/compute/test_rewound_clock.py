from __future__ import annotations

import time

from harness.clock import EPOCH
from harness.compute.rewound_clock import RewoundClock


def test_the_same_day_again() -> None:
    with RewoundClock() as clock:
        for _ in range(2):
            clock.sleep(90.5)
            assert (clock.elapsed, time.time()) == (90.5, EPOCH.timestamp() + 90.5)
            clock.rewind()
            assert (clock.elapsed, time.time()) == (0.0, EPOCH.timestamp())


def test_nothing_is_left_due() -> None:
    late: list[float] = []
    with RewoundClock() as clock:
        clock.spawn(lambda: late.append(clock.elapsed), delay=5)
        clock.rewind()
        clock.run()
    assert not late
