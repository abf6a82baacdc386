"""One execution environment of a function: its modules, variables, session and draws."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

import boto3

from harness.aws import environment, ids
from harness.aws.function import FunctionDefinition, LogLine
from harness.aws.modules import ModuleSpace
from harness.aws.notes import OnRun
from harness.aws.private_modules import private_modules
from harness.clock import VirtualClock

running: ContextVar[Container | None] = ContextVar("running_function", default=None)
"""The container whose code runs now; None in the harness and in Step Functions itself."""


current_step: ContextVar[int] = ContextVar("current_step", default=0)
"""Number, from 1, of the invocation from outside in whose course code runs."""


@dataclass(frozen=True)
class Answer:
    """What an invocation gave: the payload as JSON text, and whether it is an error's."""

    payload: str
    error: bool

    @property
    def value(self) -> Any:
        return json.loads(self.payload)


class Observer(Protocol):
    """Who is told what happens in functions."""

    def logged(self, line: LogLine) -> None: ...

    def invoked(self, source: str, function: str, payload: str) -> Callable[[Answer], None]:
        """Told when an invocation begins; what it gives is told the answer."""
        ...


@dataclass
class Context:
    """The context object of an invocation."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    _remaining: Callable[[], float]
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return "2026/01/05/[$LATEST]0"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self._remaining() * 1000))


class Container:
    """One execution environment of a function: its modules live from one invocation to the next."""

    def __init__(
        self,
        function: FunctionDefinition,
        clock: VirtualClock,
        observer: Observer,
        draw: random.Random,
        on_run: OnRun | None = None,
        lacks: frozenset[str] = frozenset(),
    ) -> None:
        self.function = function
        self.variables = dict(function.variables)
        self.session: boto3.Session | None = None
        self.used_at = 0.0
        self._observer = observer
        self._space = ModuleSpace(
            function.sources,
            private_modules(clock, draw, self._on_log),
            lambda text: self._on_text("PRINT", text),
            on_run,
            lacks,
        )
        self._handler: Callable[[Any, Context], Any] | None = None

    def handler(self) -> Callable[[Any, Context], Any]:
        """The handler; imports the entry file the first time, as a cold start does."""
        if self._handler is None:
            module_name, _, name = self.function.handler.rpartition(".")
            module = self._space.load(self.function.entry, module_name.replace("/", "."))
            self._handler = getattr(module, name)
        return self._handler

    @property
    def is_starting(self) -> bool:
        """True until its entry file is imported: in Lambda's init phase."""
        return self._handler is None

    @property
    def module(self) -> Any:
        """The entry module, for callers that look inside."""
        token = running.set(self)
        try:
            with environment.variables(self.variables):
                self.handler()
        finally:
            running.reset(token)
        return self._space.import_module(self.function.handler.rpartition(".")[0])

    def _on_log(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        exception = f"{type(error).__name__}: {error}" if error else None
        self._observer.logged(
            LogLine(
                self.function.key,
                record.funcName or "",
                record.levelname,
                record.getMessage(),
                exception,
                current_step.get(),
            )
        )

    def _on_text(self, level: str, text: str) -> None:
        self._observer.logged(LogLine(self.function.key, "", level, text, None, current_step.get()))


class StepRandom(random.Random):
    """What `random` and `uuid` of a container draw from: one stream for each step, whichever
    function draws, so that code draws the same wherever it was moved to.
    """

    def __init__(self, streams: dict[int, random.Random]) -> None:
        self._streams = streams
        self._seeded: random.Random | None = None
        super().__init__(0)

    def _stream(self) -> random.Random:
        if self._seeded is not None:
            return self._seeded
        step = current_step.get()
        if step not in self._streams:
            self._streams[step] = ids.stream_for("step", str(step))
        return self._streams[step]

    def random(self) -> float:
        return self._stream().random()

    def getrandbits(self, k: int) -> int:
        return self._stream().getrandbits(k)

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Code that seeds its generator has one of its own from then on; None draws as before."""
        if getattr(self, "_made", False):
            self._seeded = None if a is None else random.Random(a)
        self._made = True
