"""Every AWS call that code in a function makes: recorded, given its own stream of ids, and counted
by attempt, so that botocore's retries show. A scenario's disruptions answer here.

Leans on `BaseClient._make_api_call`, on moto's stubber, which answers in the place of the network,
and on the back-off of botocore's standard retry mode.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import botocore.client
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff
from moto.core.botocore_stubber import BotocoreStubber
from moto.iam.models import get_account_id_from
from moto.moto_api._internal import mock_random

from harness.aws import faults, ids
from harness.aws.container import current_step, running
from harness.aws.disruptions import Disruption, Disruptor, response
from harness.aws.faults import Fault, Faults
from harness.aws.pacing import Pace
from harness.values import frozen_copy

_moto_answer = BotocoreStubber.__call__
_delay_amount = ExponentialBackoff.delay_amount
_original = botocore.client.BaseClient._make_api_call
assert list(inspect.signature(_moto_answer).parameters)[:3] == ["self", "event_name", "request"], (
    "moto changed BotocoreStubber.__call__: harness/aws/calls.py must follow"
)
assert "random" in inspect.signature(ExponentialBackoff.__init__).parameters, (
    "botocore changed ExponentialBackoff: harness/aws/calls.py must follow"
)
assert list(inspect.signature(_original).parameters) == ["self", "operation_name", "api_params"], (
    "botocore changed BaseClient._make_api_call: harness/aws/calls.py must follow"
)


@dataclass
class Call:
    """One API call. `attempts` counts what was sent; `error` is (code, message), if it raised;
    `unanswered` says that the fake account has no such operation, `denied` that the function's role
    does not permit it; `caller` is the call in whose course it was made, `late` says that whoever
    made that had given up when the service acted; `acted` counts the sends that the service
    answered with success, whether or not the answer came back.
    """

    at: float
    function: str
    service: str
    operation: str
    region: str
    account: str
    parameters: Any
    step: int = 0
    attempts: int = 0
    error: tuple[str, str] | None = None
    protocol: str = field(default="json", repr=False)
    unanswered: bool = False
    denied: bool = False
    read_timeout: float = field(default=60.0, repr=False)
    place: str = ""
    retries: str = ""
    fault: Fault | None = field(default=None, repr=False)
    caller: Call | None = field(default=None, repr=False)
    client: Any = field(default=None, repr=False)
    ended: bool = field(default=False, repr=False)
    late: bool = False
    acted: int = 0

    @property
    def is_given_up(self) -> bool:
        """True once whoever waits for the function that makes the call waits no more."""
        caller = self.caller
        return caller is not None and (caller.ended or caller.is_given_up)

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


Authorize = Callable[["Call"], Disruption | None]

_disruptor: Disruptor | None = None
_authorize: Authorize | None = None
_faults: Faults | None = None
_pace: Pace | None = None


def use(
    disruptor: Disruptor | None,
    authorize: Authorize | None,
    faults: Faults | None = None,
    pace: Pace | None = None,
) -> None:
    """Name the scenario's refusals and faults, who decides whether a call is permitted, and who
    paces it.
    """
    global _disruptor, _authorize, _faults, _pace
    _disruptor, _authorize, _faults, _pace = disruptor, authorize, faults, pace


def _answer(self: BotocoreStubber, event_name: str, request: Any, **options: Any) -> Any:
    """Count the send, and let a disruption answer before the fake service acts."""
    call = current_call.get()
    if call is not None and running.get() is not None:
        call.attempts += 1
        if _pace is not None:
            _pace.sent(call)
        denied = _authorize(call) if _authorize is not None else None
        if denied is not None:
            call.denied = True
            return response(denied, call.protocol, request.url)
        if _disruptor is not None:
            if _disruptor.latency(call.name):
                time.sleep(_disruptor.latency(call.name))
            answer = _disruptor.answer(call.name, call.protocol, request.url)
            if answer is not None:
                return answer
        if call.fault is not None:
            answer = faults.before(call.fault, call, request.url)
            if answer is not None:
                return answer
    try:
        answer = _moto_answer(self, event_name, request, **options)
    except NotImplementedError:
        if call is not None:
            call.unanswered = True
        raise
    # How moto answers for a service that it does not have.
    if call is not None and answer is not None and answer.status_code == 404:
        call.unanswered = answer.raw.getvalue() == b"Not yet implemented"
    if call is not None and running.get() is not None:
        call.late = call.late or call.is_given_up
        call.acted += answer is not None and answer.status_code < 300
        if call.fault is not None:
            faults.after(call.fault, call, request.url)
    return answer


def _delay(self: ExponentialBackoff, context: Any) -> float:
    """botocore's back-off, its jitter drawn from the call's own stream."""
    self._random = mock_random.random
    return float(_delay_amount(self, context))


def install() -> None:
    """Stand in front of moto's answer to every send, and make retries repeatable."""
    BotocoreStubber.__call__ = _answer  # type: ignore[method-assign]
    ExponentialBackoff.delay_amount = _delay


def account_of(client: Any) -> str:
    """The account whose credentials a client signs with."""
    credentials = client._request_signer._credentials
    return get_account_id_from(credentials.access_key if credentials else "")


def _retries(config: Any) -> str:
    """A client's way with failures, in botocore's words."""
    retries = config.retries or {}
    attempts = retries.get("total_max_attempts", "default")
    return f"{retries.get('mode')}, {attempts} attempts, read time-out {config.read_timeout:g} s"


def _place(root: str) -> str:
    """The innermost line of the tree at `root` that is running, and its function."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(root):
            path = frame.f_code.co_filename[len(root) :]
            return f"{path}:{frame.f_lineno} {frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


@contextmanager
def recording(on_call: Callable[[Call], None], elapsed: Callable[[], float]) -> Iterator[None]:
    """Tell `on_call` of each call that a function makes, when it begins."""

    def make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        container = running.get()
        service, region = self.meta.service_model.service_name, self.meta.region_name
        account = account_of(self)
        with ids.derived_from(account, region, service, operation_name):
            if container is None:
                return _original(self, operation_name, api_params)
            call = Call(
                elapsed(),
                container.function.key,
                service,
                operation_name,
                region,
                account,
                frozen_copy(api_params),
                step=current_step.get(),
                protocol=self.meta.service_model.resolved_protocol,
                read_timeout=float(self.meta.config.read_timeout),
                place=_place(container.function.root),
                retries=_retries(self.meta.config),
                caller=current_call.get(),
                client=self,
            )
            if _faults is not None:
                call.fault = _faults.of(call)
            on_call(call)
            token = current_call.set(call)
            try:
                answer = _original(self, operation_name, api_params)
                if _pace is not None:
                    _pace.answered(call, answer)
                return answer if _disruptor is None else _disruptor.altered(call.name, answer)
            except ClientError as error:
                call.error = (error.response["Error"]["Code"], error.response["Error"]["Message"])
                raise
            except Exception as error:
                call.error = (type(error).__name__, str(error))
                raise
            finally:
                call.ended = True
                current_call.reset(token)

    with patch.object(botocore.client.BaseClient, "_make_api_call", make_api_call):
        yield
