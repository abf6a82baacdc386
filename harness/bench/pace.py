"""Paces a run by a latency model, and writes down what took how long and why.

What an operation or a function takes the nth time depends on the seed, its name and n alone: the
same on both sides, and on any machine (common random numbers).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from harness.aws.calls import Call, current_call
from harness.aws.container import Container
from harness.aws.function import FunctionDefinition
from harness.bench.latency import Latencies, share_of_cpu, uniform
from harness.clock import VirtualClock

INVOCATION, COLD, CODE, PAYLOAD = "invocation", "cold start", "code", "serialisation"
CLIENT, CONNECTION, CALL, TRANSITION = "client", "connection", "AWS call", "transition"
CAUSES = (INVOCATION, COLD, CODE, PAYLOAD, CLIENT, CONNECTION, CALL, TRANSITION)
"""What time passes for. Not among them is what a state machine waits."""

JOBS = "DRS"
"""The cause of what executions wait for DRS."""

KEPT_ALIVE = 60.0
"""Seconds after which a connection that nobody used is taken to be closed; assumed."""


@dataclass(frozen=True)
class Charge:
    """`seconds` passed from `at` on, for a `cause`, by an `entry` of the model, for `what`."""

    at: float
    seconds: float
    cause: str
    entry: str
    what: str


@dataclass(frozen=True)
class Invoked:
    """An invocation of a function, by another of the tree's or from outside (""). `at` when it was
    asked for, `began` when its container did, a cold start included, `ended` when the answer was
    back, or None; bytes are of the payloads.
    """

    function: str
    caller: str
    memory: int
    cold: bool
    at: float
    began: float
    ended: float | None
    request: int
    response: int


class LatencyPace:
    """One run's pace. `charges` and `invocations` are in the order in which things happened."""

    def __init__(self, latencies: Latencies, seed: int) -> None:
        self.idle, self.concurrency = latencies.idle, latencies.concurrency
        self.charges: list[Charge] = []
        self.invocations: list[Invoked] = []
        self.at_once = 0
        self._latencies, self._seed = latencies, seed
        self._counts: Counter[tuple[str, str]] = Counter()
        self._connected: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._made: WeakKeyDictionary[Container, set[str]] = WeakKeyDictionary()
        self._clock: VirtualClock | None = None

    def use(self, clock: VirtualClock) -> None:
        self._clock = clock

    def invoked(self, function: FunctionDefinition, payload: str, *, cold: bool) -> int:
        at, key = self._now, function.key
        call = current_call.get()
        caller = call.function if call is not None and call.function != key else ""
        self._spend(INVOCATION, "lambda.invocation", key)
        request = len(payload.encode())
        self._send(request, key)
        began = self._now
        if cold:
            self._spend(COLD, self._latencies.cold(function.memory).name, key)
        self._spend(CODE, "lambda.code", key, factor=1 / share_of_cpu(function.memory))
        self.invocations.append(
            Invoked(key, caller, function.memory, cold, at, began, None, request, 0)
        )
        running = sum(one.ended is None for one in self.invocations)
        self.at_once = max(self.at_once, running)
        return len(self.invocations) - 1

    def returned(self, number: int, payload: str) -> None:
        invoked, response = self.invocations[number], len(payload.encode())
        self._send(response, invoked.function)
        self.invocations[number] = replace(invoked, ended=self._now, response=response)

    def made_client(self, container: Container, service: str) -> None:
        known = self._made.setdefault(container, set())
        entry = "client.again" if service in known else "client.first"
        known.add(service)
        share = share_of_cpu(container.function.memory)
        # What a module makes while it is imported: assumed, the init phase has a whole CPU.
        factor = 1.0 if container.is_starting else 1 / share
        self._spend(CLIENT, entry, service, factor=factor)

    def closed(self, client: Any) -> None:
        self._connected.pop(client, None)

    def sent(self, call: Call) -> None:
        used = self._connected.get(call.client)
        if used is None or self._now - used > KEPT_ALIVE:
            self._spend(CONNECTION, "client.connection", call.service)
        entry = self._latencies.call(call.service, call.operation)
        items = self._items(entry.items, call.parameters)
        self._spend(CALL, entry.name, call.name, more=entry.per_item * items)

    def answered(self, call: Call, answer: Any) -> None:
        self._connected[call.client] = self._now
        entry = self._latencies.call(call.service, call.operation)
        items = self._items(entry.items, answer)
        if items:
            self._pass(entry.per_item * items, CALL, entry.name, call.name)

    def entered(self, state: str) -> None:
        self._spend(TRANSITION, "states.transition", state)

    def _send(self, size: int, function: str) -> None:
        entry = self._latencies.entries["lambda.payload_kib"]
        self._pass(entry.seconds.p50 * size / 1024, PAYLOAD, entry.name, function)

    def _spend(
        self, cause: str, name: str, what: str, *, factor: float = 1.0, more: float = 0.0
    ) -> None:
        number = self._counts[cause, what]
        self._counts[cause, what] += 1
        drawn = self._latencies.entries[name].seconds.quantile(
            uniform(self._seed, cause, what, number)
        )
        self._pass(drawn * factor + more, cause, name, what)

    def _pass(self, seconds: float, cause: str, entry: str, what: str) -> None:
        assert self._clock is not None, "paced() has told it"
        if seconds:
            self.charges.append(Charge(self._now, seconds, cause, entry, what))
            self._clock.sleep(seconds)

    @property
    def _now(self) -> float:
        assert self._clock is not None, "paced() has told it"
        return self._clock.elapsed

    @staticmethod
    def _items(member: str, of: Any) -> int:
        found = of.get(member) if member and isinstance(of, dict) else None
        return len(found) if isinstance(found, Sequence) and not isinstance(found, str) else 0
