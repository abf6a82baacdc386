"""`threading.Thread` and `Event` on a virtual clock, for moto's Step Functions interpreter.

The interpreter runs each execution and each task in daemon threads and waits on events in real
time. Given these in place of the real ones it runs on the clock, one task at a time.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.clock import Task, VirtualClock

_clock: VirtualClock | None = None
_context = contextvars.copy_context()


def use_clock(clock: VirtualClock | None) -> None:
    """Name the clock that threads and events made from now on run on.

    Threads run in a copy of today's context: an execution that a Lambda function starts does not
    run as that function.
    """
    global _clock, _context
    _clock, _context = clock, contextvars.copy_context()


def in_use() -> bool:
    """True while a world has a clock; without one the interpreter runs in real time."""
    return _clock is not None


def current_clock() -> VirtualClock:
    """The clock in use. Raises RuntimeError where no world is active."""
    if _clock is None:
        raise RuntimeError("no virtual clock is in use: the Step Functions fake needs a world")
    return _clock


class Thread:
    """What the interpreter uses of `threading.Thread`."""

    def __init__(
        self,
        target: Callable[..., object],
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        name: str = "thread",
        daemon: bool = True,
    ) -> None:
        self.name = name
        self.daemon = daemon
        self._work = lambda: target(*args, **(kwargs or {}))
        self._task: Task | None = None

    def start(self) -> None:
        self._task = current_clock().spawn(self._work, name=self.name, context=_context.copy())

    def is_alive(self) -> bool:
        return self._task is not None and not self._task.done

    def join(self, timeout: float | None = None) -> None:
        current_clock().wait(lambda: not self.is_alive(), timeout)


class Event:
    """What the interpreter uses of `threading.Event`; `clear` undoes no wake-up."""

    def __init__(self) -> None:
        self._flag = False
        self._times_set = 0

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        self._flag = True
        self._times_set += 1

    def clear(self) -> None:
        self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        before = self._times_set
        current_clock().wait(lambda: self._flag or self._times_set != before, timeout)
        return self._flag
