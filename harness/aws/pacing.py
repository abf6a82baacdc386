"""Where a run on virtual time waits for more than the scenario says: whoever paces it is told what
happens, and lets time pass.

Leans on `boto3.Session.client`, on `BaseClient.close` and on `EventManager.add_event` of moto.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from unittest.mock import patch

import boto3
import botocore.client
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from harness.aws.container import Container, running

if TYPE_CHECKING:
    from harness.aws.calls import Call
    from harness.aws.function import FunctionDefinition
    from harness.clock import VirtualClock


class Pace(Protocol):
    """Lets time pass on a clock. `idle` is after how many seconds without use a container is gone,
    `concurrency` how many may run at once in the account.
    """

    idle: float
    concurrency: int

    def use(self, clock: VirtualClock) -> None:
        """Told once, which clock it is."""
        ...

    def invoked(self, function: FunctionDefinition, payload: str, *, cold: bool) -> int:
        """Told before a function's handler begins; gives a number for `returned`."""
        ...

    def returned(self, number: int, payload: str) -> None:
        """Told when it has ended."""
        ...

    def made_client(self, container: Container, service: str) -> None:
        """Told that code in a container made a client."""
        ...

    def closed(self, client: Any) -> None:
        """Told that a client gave up its connections."""
        ...

    def sent(self, call: Call) -> None:
        """Told of each send, before the service acts."""
        ...

    def answered(self, call: Call, answer: Any) -> None:
        """Told before the caller sees the answer."""
        ...

    def entered(self, state: str) -> None:
        """Told before a state of a state machine is entered."""
        ...


@contextmanager
def paced(pace: Pace | None, clock: VirtualClock) -> Iterator[None]:
    """Let a run be paced, where functions make clients and where states are entered."""
    if pace is None:
        yield
        return
    pace.use(clock)
    with ExitStack() as stack:
        make, close = boto3.Session.client, botocore.client.BaseClient.close
        enter = EventManager.add_event

        def client(self: boto3.Session, service_name: str, *given: Any, **options: Any) -> Any:
            made = make(self, service_name, *given, **options)
            container = running.get()
            if container is not None:
                pace.made_client(container, service_name)
            return made

        def closing(self: Any) -> None:
            pace.closed(self)
            close(self)

        def add_event(self: EventManager, *given: Any, **options: Any) -> int:
            details = options.get("event_details", given[2] if len(given) > 2 else None) or {}
            if "stateEnteredEventDetails" in details:
                pace.entered(str(details["stateEnteredEventDetails"]["name"]))
            return enter(self, *given, **options)

        stack.enter_context(patch.object(boto3.Session, "client", client))
        stack.enter_context(patch.object(botocore.client.BaseClient, "close", closing))
        stack.enter_context(patch.object(EventManager, "add_event", add_event))
        yield
