"""Copies of standard modules that a Lambda function sees in place of the process's own.

`time` tells virtual time, `random` and `uuid` draw from the function's own generator, `logging`
keeps one tree of loggers a function, and threads run where they are started, so that a run has one
order.
"""

from __future__ import annotations

import concurrent
import concurrent.futures
import logging
import random
import threading
import time
import types
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.clock import VirtualClock


def copy_of(module: types.ModuleType, **replaced: object) -> types.ModuleType:
    """A module with the same contents, but for `replaced`."""
    copy = types.ModuleType(module.__name__, module.__doc__)
    copy.__dict__.update(module.__dict__)
    copy.__dict__.update(replaced)
    return copy


def private_modules(
    clock: VirtualClock, generator: random.Random, on_log: Callable[[logging.LogRecord], None]
) -> dict[str, types.ModuleType]:
    """The modules by the name under which code imports them."""
    futures = copy_of(
        concurrent.futures,
        ThreadPoolExecutor=InlineExecutor,
        as_completed=lambda fs, timeout=None: iter(list(fs)),
    )
    return {
        "time": _time(clock),
        "random": _random(generator),
        "uuid": _uuid(generator),
        "logging": _logging(on_log),
        "threading": copy_of(threading, Thread=InlineThread),
        "concurrent": copy_of(concurrent, futures=futures),
        "concurrent.futures": futures,
    }


def _time(clock: VirtualClock) -> types.ModuleType:
    private = copy_of(time, sleep=clock.sleep)
    for name in ("monotonic", "perf_counter", "process_time"):
        setattr(private, name, lambda: clock.elapsed)
        setattr(private, f"{name}_ns", lambda: round(clock.elapsed * 1_000_000_000))
    return private


_DRAWS = [name for name in dir(random.Random) if name[0] != "_" and hasattr(random, name)]


def _random(generator: random.Random) -> types.ModuleType:
    return copy_of(random, **{name: getattr(generator, name) for name in _DRAWS})


def _uuid(generator: random.Random) -> types.ModuleType:
    def uuid1(node: int | None = None, clock_seq: int | None = None) -> uuid.UUID:
        return uuid.UUID(int=generator.getrandbits(128), version=1)

    def uuid4() -> uuid.UUID:
        return uuid.UUID(int=generator.getrandbits(128), version=4)

    return copy_of(uuid, uuid1=uuid1, uuid4=uuid4)


class _Collector(logging.Handler):
    def __init__(self, on_log: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._on_log = on_log

    def emit(self, record: logging.LogRecord) -> None:
        self._on_log(record)


def _logging(on_log: Callable[[logging.LogRecord], None]) -> types.ModuleType:
    """One tree of loggers; its root has the one handler that Lambda's runtime installs."""
    root = logging.RootLogger(logging.WARNING)
    root.addHandler(_Collector(on_log))
    manager = logging.Manager(root)
    root.manager = manager

    def get_logger(name: str | None = None) -> logging.Logger:
        return manager.getLogger(name) if name and name != root.name else root

    levels = ("debug", "info", "warning", "error", "exception", "critical", "log")
    return copy_of(
        logging,
        root=root,
        getLogger=get_logger,
        # As on Lambda: the root has a handler already, so basicConfig does nothing.
        basicConfig=lambda **_: None,
        **{level: getattr(root, level) for level in levels},
    )


class InlineExecutor(concurrent.futures.Executor):
    """A pool whose work is done where it is submitted: one of the orders a real one may take."""

    def __init__(self, max_workers: int | None = None, *_: object, **__: object) -> None:
        self._max_workers = max_workers

    def submit(
        self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> concurrent.futures.Future[Any]:
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: object) -> Iterator[Any]:
        futures = [self.submit(fn, *arguments) for arguments in zip(*iterables, strict=False)]
        return (future.result() for future in futures)


class InlineThread:
    """A thread whose work is done by `start`. An error in it ends it, as in a real thread."""

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        self.name = name or "Thread"
        self.daemon = bool(daemon)
        self._target, self._args, self._kwargs = target, tuple(args), kwargs or {}

    def run(self) -> None:
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def start(self) -> None:
        try:
            self.run()
        except Exception as error:
            threading.excepthook(
                threading.ExceptHookArgs((type(error), error, error.__traceback__, None))
            )

    def join(self, timeout: float | None = None) -> None:
        """Nothing is left to wait for."""

    def is_alive(self) -> bool:
        return False
