"""One call that goes wrong, in each way in which a call to AWS can: refused, cut off, answered by
nobody, slow; and for an invocation, all that can become of it.

Unlike a Disruption, a fault is for one call, which is told by what it does, so that the same call
of two trees meets it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from harness.aws.disruptions import Disruption, answer, response
from harness.aws.places import HUB, REGION

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

    from harness.aws.calls import Call

Kind = Literal[
    "throttled",
    "denied",
    "failed",
    "condition",
    "unreachable",
    "no connection",
    "cut",
    "lost",
    "slow",
    "too slow",
    "crashed",
    "timed out",
    "too large",
    "error dictionary",
    "nothing",
    "not configured",
    "raises",
]

INVOKE = "lambda.Invoke"

THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "ec2": "RequestLimitExceeded",
    "lambda": "TooManyRequestsException",
    "sts": "Throttling",
}
"""Each service's own word, ThrottlingException elsewhere (AWS, "Error retries and exponential
backoff"; the services' API references, "Common errors")."""

DENIED = {"ec2": "UnauthorizedOperation", "sts": "AccessDenied"}
FAILED = {
    "dynamodb": "InternalServerError",
    "drs": "InternalServerException",
    "ec2": "InternalError",
    "lambda": "ServiceException",
    "stepfunctions": "InternalFailure",
    "sts": "InternalFailure",
}

_CRASH = {
    "errorType": "Runtime.ExitError",
    "errorMessage": "RequestId: 00000000-0000-4000-8000-000000000000 Error: Runtime exited "
    "with error: signal: killed",
}
_TIMED_OUT = {
    "errorType": "Sandbox.Timedout",
    "errorMessage": "RequestId: 00000000-0000-4000-8000-000000000000 Error: Task timed out after "
    "{:.2f} seconds",
}
_TOO_LARGE = {
    "errorType": "Function.ResponseSizeTooLarge",
    "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
}
_ERROR_DICTIONARY = {"statusCode": 500, "body": '{"error": "INTERNAL_ERROR"}'}

_REFUSALS: Mapping[Kind, tuple[Mapping[str, str], str, str]] = {
    "throttled": (THROTTLED, "ThrottlingException", "Rate exceeded"),
    "denied": (DENIED, "AccessDeniedException", "User is not authorized to perform this action"),
    "failed": (FAILED, "InternalServerError", "An internal error occurred"),
    "condition": ({}, "ConditionalCheckFailedException", "The conditional request failed"),
}
_ANSWERS: Mapping[Kind, tuple[object, bool]] = {
    "crashed": (_CRASH, True),
    "too large": (_TOO_LARGE, True),
    "error dictionary": (_ERROR_DICTIONARY, False),
    "nothing": (None, False),
}


@dataclass(frozen=True)
class Fault:
    """What becomes of the `number`th call (from 1) of `operation` ("drs.StartRecovery") in an
    account and region, and of those after it, `times` in all.

    Invocations are counted by the `action` that they ask for. "throttled", "denied", "failed",
    "condition", "unreachable" (refused) and "no connection" (timed out) meet every send of the
    call, "cut" (before the service acts) and "lost" (after) the first one. "slow" and "too slow"
    take `seconds` before the service acts, less and more than the function has. The others are for
    invocations; nothing runs. What says that nothing ran ends after `seconds`, if it is given.
    "not configured" is a `variable` that a function does not have ("query-handler OWNER_ARN"), as
    where its configuration was not updated. "raises" is the moved function of an `action`, which
    raises an `error` of harness.function_faults from its `number`th call on, in either tree.
    """

    operation: str
    kind: Kind
    number: int = 1
    times: int = 1
    action: str = ""
    account: str = HUB
    region: str = REGION
    seconds: float = 0.0
    variable: str = ""
    error: str = ""

    @property
    def is_of_function(self) -> bool:
        """True for one that no call meets."""
        return bool(self.variable or self.error)


PASSING: tuple[Kind, ...] = ("throttled", "unreachable", "no connection")
"""What says that nothing has run, and may be over a moment later."""


class Named(Protocol):
    """A call, as it is made or as it was recorded."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> Any: ...


def action_of(call: Named) -> str:
    """What an invocation asks for; "" for other calls and other payloads."""
    if call.name != INVOKE or not isinstance(call.parameters, Mapping):
        return ""
    try:
        payload = json.loads(call.parameters.get("Payload") or "null")
    except (TypeError, ValueError):
        return ""
    action = payload.get("action") if isinstance(payload, dict) else ""
    return action if isinstance(action, str) else ""


@dataclass
class Faults:
    """The faults of one world; counts the calls that they may meet."""

    faults: tuple[Fault, ...] = ()
    _calls: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _began: dict[Fault, float] = field(default_factory=dict)

    def of(self, call: Call) -> Fault | None:
        """The fault that this call meets, which begins now."""
        if not self.faults:
            return None
        what = (call.name, action_of(call), call.account, call.region)
        self._calls[what] += 1
        number = self._calls[what]
        for fault in self.faults:
            wanted = (fault.operation, fault.action, fault.account, fault.region)
            met = wanted == what and fault.number <= number < fault.number + fault.times
            if met and not fault.is_of_function and not self._is_over(fault):
                return fault
        return None

    def _is_over(self, fault: Fault) -> bool:
        if fault.kind not in PASSING or not fault.seconds:
            return False
        now = time.time()
        return now - self._began.setdefault(fault, now) >= fault.seconds


def before(fault: Fault, call: Call, url: str) -> AWSResponse | None:
    """What a send of the call meets before the service acts: an answer, an exception, time, or
    nothing.
    """
    from botocore.exceptions import (
        ConnectionClosedError,
        ConnectTimeoutError,
        EndpointConnectionError,
    )

    if fault.kind in ("slow", "too slow", "timed out"):
        time.sleep(fault.seconds)
    if fault.kind in _REFUSALS:
        codes, usual, message = _REFUSALS[fault.kind]
        refusal = Disruption(call.name, codes.get(call.service, usual), message)
        return response(refusal, call.protocol, url)
    if fault.kind in _ANSWERS:
        payload, error = _ANSWERS[fault.kind]
        return _answered(url, payload, error=error)
    if fault.kind == "timed out":
        message = _TIMED_OUT["errorMessage"].format(fault.seconds)
        return _answered(url, {**_TIMED_OUT, "errorMessage": message}, error=True)
    if fault.kind == "unreachable":
        raise EndpointConnectionError(endpoint_url=url)
    if fault.kind == "no connection":
        raise ConnectTimeoutError(endpoint_url=url)
    if fault.kind == "cut" and call.attempts == 1:
        raise ConnectionClosedError(endpoint_url=url)
    return None


def after(fault: Fault, call: Call, url: str) -> None:
    """Lose the answer to the first send: the service has acted, and its caller does not know."""
    from botocore.exceptions import ReadTimeoutError

    if fault.kind == "lost" and call.attempts == 1:
        raise ReadTimeoutError(endpoint_url=url)


def _answered(url: str, payload: object, *, error: bool) -> AWSResponse:
    """An answer of Lambda's Invoke, in the place of the function's own."""
    headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST"}
    if error:
        headers["X-Amz-Function-Error"] = "Unhandled"
    return answer(url, 200, headers, json.dumps(payload))
