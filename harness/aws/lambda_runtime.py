"""AWS Lambda in process: real JSON both ways, own modules and environment, time limits, errors.

Facts (AWS, "Lambda quotas" and "Lambda function errors in Python"): 6,291,456 bytes for a
synchronous request or answer; an exception answers 200 with `FunctionError: Unhandled` and
errorType, errorMessage, requestId, stackTrace.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.aws import environment, ids
from harness.aws.container import Answer, Container, Context, Observer, StepRandom, running
from harness.aws.function import FunctionDefinition
from harness.aws.notes import OnRun
from harness.aws.pacing import Pace
from harness.clock import VirtualClock

Handler = Callable[[Any, Context], Any]

PAYLOAD_LIMIT = 6_291_456
"""Bytes of a synchronous request or answer."""

THROTTLED = "Rate Exceeded."
"""The message of a 429 for concurrency (AWS, "Lambda API reference: Invoke")."""


@dataclass
class LambdaRuntime:
    """The functions of one world. `cold` gives every invocation a fresh container; `on_run` is
    told each statement of their code before it runs, `pace` lets time pass around them; code does
    not find the modules, and names in them, that it `lacks`.
    """

    clock: VirtualClock
    observer: Observer
    cold: bool = False
    on_run: OnRun | None = None
    pace: Pace | None = None
    lacks: frozenset[str] = frozenset()
    functions: dict[str, FunctionDefinition] = field(default_factory=dict)
    concurrency: dict[str, int] = field(default_factory=dict)
    _idle: dict[str, list[Container]] = field(default_factory=dict)
    _busy: Counter[str] = field(default_factory=Counter)
    _drawn: dict[int, random.Random] = field(default_factory=dict)

    def add(self, function: FunctionDefinition, concurrency: int | None = None) -> None:
        """Serve a function, in at most so many containers at once. One that was served otherwise
        gets new containers, as after UpdateFunctionCode; what runs goes on in the old ones.
        """
        if self.functions.get(function.name) is not function:
            self._idle.pop(function.name, None)
            self.concurrency.pop(function.name, None)
        self.functions[function.name] = function
        limit = function.concurrency if concurrency is None else concurrency
        if limit is not None:
            self.concurrency[function.name] = limit

    def container(self, name: str) -> Container:
        """The warm container of a function that was used last, or a new one."""
        idle = self._idle.setdefault(name, [])
        if not idle:
            idle.append(self._new_container(name))
        return idle[-1]

    def is_full(self, name: str) -> bool:
        """True if a further invocation would be throttled."""
        if self.pace is not None and self._busy.total() >= self.pace.concurrency:
            return True
        return self._busy[name] >= self.concurrency.get(name, sys.maxsize)

    def _new_container(self, name: str) -> Container:
        return Container(
            self.functions[name],
            self.clock,
            self.observer,
            StepRandom(self._drawn),
            self.on_run,
            self.lacks,
        )

    def _take(self, name: str) -> tuple[Container, bool]:
        """A container to itself for each invocation: those at the same time share nothing. Also
        whether it is a new one.
        """
        idle = self._idle.setdefault(name, [])
        if self.pace is not None:
            since = self.clock.elapsed - self.pace.idle
            idle[:] = [container for container in idle if container.used_at > since]
        if idle and not self.cold:
            return idle.pop(), False
        return self._new_container(name), True

    def run(self, name: str, payload: str, source: str) -> Answer:
        """Invoke for `source`, from a task of the clock; ends at the function's time limit."""
        answered = self.observer.invoked(source, self.functions[name].key, payload)
        answer = self.answer(name, payload)
        answered(answer)
        return answer

    def answer(
        self, name: str, payload: str, handler: Callable[[Container], Handler] = Container.handler
    ) -> Answer:
        """Invoke without telling the observer; `handler` gives what is called in the container."""
        function = self.functions[name]
        if self.is_full(name):
            return _failure("TooManyRequestsException", THROTTLED, None, None)
        self._busy[name] += 1
        try:
            request_id = ids.derived_uuid("lambda", "request", name)
            container, is_new = self._take(name)
            if self.pace is not None:
                number = self.pace.invoked(function, payload, cold=is_new)
            task = self.clock.spawn(
                lambda: self._handle(container, payload, request_id, handler), name=function.key
            )
            if not self.clock.wait(lambda: task.done, function.timeout):
                self.clock.kill(task)
                message = f"{request_id} Task timed out after {function.timeout:.2f} seconds"
                failed = _failure("Sandbox.Timedout", f"RequestId: {message}", None, None)
                if self.pace is not None:
                    self.pace.returned(number, failed.payload)
                return failed
            if container.function is self.functions[name]:
                container.used_at = self.clock.elapsed
                self._idle.setdefault(name, []).append(container)
            assert isinstance(task.result, Answer)
            if self.pace is not None:
                self.pace.returned(number, task.result.payload)
            return task.result
        finally:
            self._busy[name] -= 1

    def _handle(
        self,
        container: Container,
        payload: str,
        request_id: str,
        handler: Callable[[Container], Handler],
    ) -> Answer:
        function = container.function
        began = self.clock.elapsed
        context = Context(
            function.name,
            function.arn,
            function.memory,
            request_id,
            lambda: began + function.timeout - self.clock.elapsed,
        )
        running.set(container)
        with environment.variables(container.variables):
            try:
                result = handler(container)(json.loads(payload), context)
            except Exception as error:
                return _failure(
                    type(error).__name__, str(error), request_id, _trace(error, function)
                )
            return _encode(result, request_id)


def _encode(result: object, request_id: str) -> Answer:
    try:
        payload = json.dumps(result, default=_bare_number)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return _failure("Runtime.MarshalError", message, request_id, [])
    if len(payload.encode()) > PAYLOAD_LIMIT:
        message = (
            f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes)."
        )
        return _failure("Function.ResponseSizeTooLarge", message, None, None)
    return Answer(payload, error=False)


def _bare_number(value: object) -> object:
    """The runtime's encoder takes Decimal, which boto3 gives for DynamoDB numbers, and no more."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _failure(
    error_type: str, message: str, request_id: str | None, trace: list[str] | None
) -> Answer:
    body: dict[str, object] = {"errorMessage": message, "errorType": error_type}
    if request_id is not None:
        body["requestId"] = request_id
    if trace is not None:
        body["stackTrace"] = trace
    return Answer(json.dumps(body), error=True)


def _trace(error: Exception, function: FunctionDefinition) -> list[str]:
    """The frames that lie in the function's code, with paths as on Lambda."""
    frames = []
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        for folder in function.folders:
            if path.is_relative_to(folder):
                place = f"/var/task/{path.relative_to(folder)}"
                frames.append(f'  File "{place}", line {frame.lineno}, in {frame.name}\n')
                break
    return frames
