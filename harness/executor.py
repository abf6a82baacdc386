"""Spawned, long-lived workers: each imports moto once and does many tasks, one at a time.

A worker that dies or hangs costs its task alone, which is named; an interruption ends all workers
at once and keeps what is done.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import FrameType, TracebackType
from typing import Any, Generic, TypeVar

from drs_refactor.errors import InputError

Task = TypeVar("Task")
Result = TypeVar("Result")

COLLECT_EVERY = 200_000
"""Allocations between two looks for garbage: at Python's 700 they take a third of the time, most of
it in moto's and botocore's models, which stay for good."""

HASH_SEED = "0"
"""PYTHONHASHSEED of the workers, so that sets iterate alike on both sides and every day."""

PATIENCE = 180.0
"""Real seconds after which a task is taken to hang; the longest shipped scenario takes six."""


@dataclass(frozen=True)
class Lost:
    """What became of a task that gave no result. `details` is a traceback, if there is one."""

    why: str
    details: str = ""

    def __str__(self) -> str:
        return f"{self.why} {self.details}".strip()


@dataclass(frozen=True)
class Done(Generic[Result]):
    """Results in the order of the tasks; None for what was not begun or not finished in time."""

    results: list[Result | Lost | None]
    interrupted: bool


@dataclass
class _Worker:
    process: Any
    connection: Connection
    index: int | None = None
    since: float = field(default=0.0)


class Workers(Generic[Task, Result]):
    """Workers that do `work`; use as a context manager. They start, and import, at once."""

    def __init__(
        self,
        work: Callable[[Task], Result],
        *,
        warm_up: Callable[[], None] | None = None,
        count: int | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._work, self._warm_up, self._patience = work, warm_up, patience
        self._count = max(1, count or os.cpu_count() or 1)
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers[Task, Result]:
        self._workers = [self._start() for _ in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            _end(worker)

    def run(
        self,
        tasks: Sequence[Task],
        on_result: Callable[[int, Result | Lost], None],
        until: Callable[[], bool] = lambda: False,
    ) -> Done[Result]:
        """Do all tasks, none more once `until` says so; `on_result` is told each result, with its
        task's place, as it comes.

        Raises InputError if a task raised it. Ctrl-C and SIGTERM end it with what is done.
        """
        results: list[Result | Lost | None] = [None] * len(tasks)
        waiting = deque(range(len(tasks)))
        try:
            with _terminated_as_interrupted():
                while waiting or any(worker.index is not None for worker in self._workers):
                    if until():
                        waiting.clear()
                    self._hand_out(tasks, waiting)
                    for index, result in self._collect():
                        results[index] = result
                        on_result(index, result)
        except KeyboardInterrupt:
            return Done(results, interrupted=True)
        return Done(results, interrupted=False)

    def _start(self) -> _Worker:
        here, there = get_context("spawn").Pipe()
        process = get_context("spawn").Process(
            target=_serve, args=(there, self._work, self._warm_up), daemon=True
        )
        with _hash_seed():
            process.start()
        there.close()
        return _Worker(process, here)

    def _hand_out(self, tasks: Sequence[Task], waiting: deque[int]) -> None:
        for worker in self._workers:
            if worker.index is None and waiting:
                worker.index, worker.since = waiting.popleft(), time.monotonic()
                try:
                    worker.connection.send(tasks[worker.index])
                except OSError:
                    continue  # it died before: `_collect` finds that

    def _collect(self) -> Iterator[tuple[int, Result | Lost]]:
        busy = {w.connection: place for place, w in enumerate(self._workers) if w.index is not None}
        ready = wait(list(busy), timeout=0.2)
        for connection, place in busy.items():
            worker = self._workers[place]
            assert worker.index is not None
            if connection in ready:
                index, result = worker.index, self._receive(place)
                yield index, result
            elif time.monotonic() - worker.since > self._patience:
                index = worker.index
                self._replace(place)
                yield index, Lost(f"it gave no answer for {self._patience:g} s and was ended")

    def _receive(self, place: int) -> Result | Lost:
        worker = self._workers[place]
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            self._replace(place)
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            return Lost(f"its worker died ({how})")
        worker.index = None
        if kind == "refused":
            raise value
        if kind == "broken":
            return Lost(value.strip().splitlines()[-1], value)
        result: Result = value
        return result

    def _replace(self, place: int) -> None:
        _end(self._workers[place])
        self._workers[place] = self._start()


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.connection.close()


def _serve(
    connection: Connection, work: Callable[[Any], Any], warm_up: Callable[[], None] | None
) -> None:
    """What a worker does: import, then task by task, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all: the parent acts
    gc.set_threshold(COLLECT_EVERY)
    if warm_up is not None:
        warm_up()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            answer: tuple[str, Any] = ("done", work(task))
        except InputError as error:
            answer = ("refused", error)
        except Exception:
            answer = ("broken", traceback.format_exc())
        connection.send(answer)


@contextmanager
def _hash_seed() -> Iterator[None]:
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = HASH_SEED
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, where handlers can be set."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
