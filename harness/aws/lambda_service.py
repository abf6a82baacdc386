"""moto's Lambda, with functions that run in process instead of in Docker."""

from __future__ import annotations

import inspect
import json
from typing import Any

import moto.awslambda.models
from botocore.exceptions import ReadTimeoutError
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction

from harness.aws.calls import current_call
from harness.aws.container import Answer
from harness.aws.lambda_runtime import PAYLOAD_LIMIT, THROTTLED, LambdaRuntime

assert list(inspect.signature(LambdaFunction.invoke).parameters) == [
    "self",
    "body",
    "request_headers",
    "response_headers",
], "moto changed LambdaFunction.invoke: harness/aws/lambda_service.py must follow"

_runtime: LambdaRuntime | None = None


def use_runtime(runtime: LambdaRuntime | None) -> None:
    """Name the runtime that answers invocations from now on."""
    global _runtime
    _runtime = runtime


def world_is_active() -> bool:
    """True while a world is open in this process."""
    return _runtime is not None


def install() -> None:
    """Make moto create functions of this kind."""
    moto.awslambda.models.LambdaFunction = InProcessFunction  # type: ignore[misc]


class InProcessFunction(LambdaFunction):
    """A function whose code stands in the tree under test."""

    def invoke(self, body: Any, request_headers: Any, response_headers: Any) -> str | bytes:
        if _runtime is None:
            return super().invoke(body, request_headers, response_headers)
        payload = body.decode() if isinstance(body, bytes) else body or "{}"
        kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return b""
        runtime = _runtime
        if kind == "Event":
            runtime.clock.spawn(
                lambda: _from_queue(runtime, self.function_name, payload), name=self.function_name
            )
            return b""
        if runtime.is_full(self.function_name):
            raise TooManyRequests(THROTTLED)
        answer = self._synchronously(runtime, payload)
        if answer.error:
            response_headers["x-amz-function-error"] = "Unhandled"
        return answer.payload.encode()

    def _synchronously(self, runtime: LambdaRuntime, payload: str) -> Answer:
        """Run and wait, as long as the caller's client does; the function itself goes on."""
        if len(payload.encode()) > PAYLOAD_LIMIT:
            return _too_large(len(payload.encode()))
        call = current_call.get()
        source = call.function if call else "states"
        task = runtime.clock.spawn(
            lambda: runtime.run(self.function_name, payload, source=source),
            name=self.function_name,
        )
        patience = call.read_timeout if call else None
        if not runtime.clock.wait(lambda: task.done, patience):
            raise ReadTimeoutError(endpoint_url=f"https://lambda/{self.function_name}")
        assert isinstance(task.result, Answer)
        return task.result


class TooManyRequests(LambdaClientError):
    """The function has as many containers as it may."""

    code = 429

    def __init__(self, message: str) -> None:
        super().__init__("TooManyRequestsException", message)


def _from_queue(runtime: LambdaRuntime, name: str, payload: str) -> None:
    """An asynchronous invocation waits while it is throttled: 1 s at first, at most 5 minutes, up
    to 6 hours (AWS, "Understanding Lambda asynchronous invocation retries").
    """
    pause, waited = 1.0, 0.0
    while runtime.is_full(name) and waited < 6 * 3600:
        runtime.clock.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, 300.0)
    current_call.set(None)  # nobody waits for it
    runtime.run(name, payload, source="asynchronous")


def _too_large(size: int) -> Answer:
    message = (
        f"{size} byte payload is too large for the RequestResponse invocation type "
        f"(limit {PAYLOAD_LIMIT} bytes)"
    )
    return Answer(
        json.dumps({"errorType": "RequestEntityTooLargeException", "errorMessage": message}),
        error=True,
    )
