"""Virtual time: nothing sleeps; whoever waits lets what is due next run, and the clock jumps there.

Everything that would be concurrent in AWS (executions, invocations that nobody waits for, people's
actions at an instant) is a task: a greenlet of its own. One task runs at a time and gives way only
where it waits, so a run has exactly one order, whatever the machine does.
"""

from __future__ import annotations

import contextvars
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import greenlet
import time_machine

EPOCH = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
"""Where every virtual day begins: a Monday morning, far from any change of clocks."""

_MICROSECONDS = 1_000_000


class Task:
    """A piece of work on the clock; `error` holds what it raised, `done` says that it ended."""

    def __init__(
        self, name: str, work: Callable[[], object], context: contextvars.Context | None
    ) -> None:
        self.name = name
        self.done = False
        self.result: object = None
        self.error: BaseException | None = None
        self._greenlet = greenlet.greenlet(lambda: self._run(work))
        self._greenlet.gr_context = context or contextvars.copy_context()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            self.result = work()
        except greenlet.GreenletExit:
            pass  # killed with its clock: nobody is left to tell
        except BaseException as error:
            self.error = error
        finally:
            self.done = True


@dataclass(eq=False)
class _Waiter:
    task: Task
    ready: Callable[[], bool]
    timed_out: bool = False
    over: bool = False


@dataclass(order=True)
class _Due:
    at: int
    order: int
    task: Task = field(compare=False)
    waiter: _Waiter | None = field(compare=False, default=None)


class StalledError(RuntimeError):
    """Every task waits for something that nothing will bring about."""


class VirtualClock:
    """A clock that stands still until `run` is asked to go on. Times are in seconds."""

    def __init__(self, start: datetime = EPOCH) -> None:
        self.start = start
        self._elapsed = 0
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._waiters: list[_Waiter] = []
        self._tasks: list[Task] = []
        self._current: Task | None = None
        self._travel = time_machine.travel(start, tick=False)
        self._traveller: Any = None

    def __enter__(self) -> VirtualClock:
        self._traveller = self._travel.start()
        return self

    def __exit__(self, *_: object) -> None:
        for task in list(self._tasks):
            self.kill(task)
        self._travel.stop()

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the start, to the microsecond."""
        return self._elapsed / _MICROSECONDS

    def now(self) -> float:
        """Virtual seconds since 1970."""
        return self.start.timestamp() + self.elapsed

    @property
    def task(self) -> Task | None:
        """The task that runs now; None outside `run`."""
        return self._current

    def spawn(
        self,
        work: Callable[[], object],
        *,
        delay: float = 0.0,
        name: str = "task",
        context: contextvars.Context | None = None,
    ) -> Task:
        """Let `work` run as a task of its own, `delay` seconds from now, in a copy of the caller's
        context or in the one given.
        """
        task = Task(name, work, context)
        self._tasks.append(task)
        self._schedule(task, delay)
        return task

    def kill(self, task: Task) -> None:
        """End a task that waits, as Lambda ends a function at its time limit."""
        if task.done:
            return
        for waiter in [w for w in self._waiters if w.task is task]:
            waiter.over = True
            self._waiters.remove(waiter)
        task._greenlet.parent = greenlet.getcurrent()
        task._greenlet.throw(greenlet.GreenletExit)
        task.done = True
        self._tasks.remove(task)

    def sleep(self, seconds: float) -> None:
        """Wait. Outside a task there is nobody to give way to: the clock just moves."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        task = self._current
        if task is None:
            self._move_to(self._elapsed + round(seconds * _MICROSECONDS))
            return
        self._schedule(task, seconds)
        self._give_way()

    def wait(self, ready: Callable[[], bool], timeout: float | None = None) -> bool:
        """Give way until `ready()`; False when `timeout` seconds passed first."""
        if ready():
            return True
        task = self._current
        if task is None:
            raise StalledError("only a task can wait: start it with VirtualClock.spawn")
        waiter = _Waiter(task, ready)
        self._waiters.append(waiter)
        if timeout is not None:
            self._schedule(task, timeout, waiter)
        self._give_way()
        return not waiter.timed_out

    def run(self, until: Callable[[], bool] | None = None) -> None:
        """Run what is due, by time and then by arrival, until nothing is or `until()` holds.

        Raises what a task raised. Raises StalledError if `until` can no longer come true.
        """
        while not (until is not None and until()):
            due = self._next()
            if due is None:
                if until is not None:
                    raise StalledError(f"nothing is due at +{self.elapsed:g} s: {self._waiting()}")
                return
            self._move_to(due.at)
            self._resume(due.task)

    def _next(self) -> _Due | None:
        while self._due:
            due = heapq.heappop(self._due)
            if due.waiter is None:
                if not due.task.done:
                    return due
            elif not due.waiter.over:
                due.waiter.over = due.waiter.timed_out = True
                self._waiters.remove(due.waiter)
                return due
        return None

    def _resume(self, task: Task) -> None:
        self._current = task
        # A task that another one started would return to its starter: all return to this loop.
        task._greenlet.parent = greenlet.getcurrent()
        try:
            task._greenlet.switch()
        finally:
            self._current = None
        if task.done:
            self._tasks.remove(task)
            if task.error is not None:
                raise task.error
        for waiter in [w for w in self._waiters if w.ready()]:
            waiter.over = True
            self._waiters.remove(waiter)
            self._schedule(waiter.task, 0.0)

    def _give_way(self) -> None:
        hub = greenlet.getcurrent().parent
        assert hub is not None
        hub.switch()

    def _schedule(self, task: Task, delay: float, waiter: _Waiter | None = None) -> None:
        at = self._elapsed + round(delay * _MICROSECONDS)
        heapq.heappush(self._due, _Due(at, next(self._order), task, waiter))

    def _move_to(self, at: int) -> None:
        if at > self._elapsed:
            self._traveller.shift(timedelta(microseconds=at - self._elapsed))
            self._elapsed = at

    def _waiting(self) -> str:
        return ", ".join(sorted(w.task.name for w in self._waiters)) or "no task is left"
