"""One world: a tree deployed into the fake account on a virtual clock, and a recorder beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from harness import virtual_threading
from harness.aws import (
    account,
    calls,
    clients,
    environment,
    lambda_service,
    network,
    pacing,
    permissions,
    stepfunctions,
)
from harness.aws.calls import Call
from harness.aws.container import Answer, Container, current_step, running
from harness.aws.disruptions import Alteration, Disruption, Disruptor, Latency
from harness.aws.faults import Fault, Faults
from harness.aws.function import FunctionDefinition, LogLine
from harness.aws.lambda_runtime import LambdaRuntime
from harness.aws.notes import OnRun
from harness.aws.pacing import Pace
from harness.aws.permissions import Policy
from harness.aws.places import HUB, REGION
from harness.aws.snapshots import snapshot_drs, snapshot_ec2, snapshot_tables
from harness.clock import Task, VirtualClock
from harness.deployment import deploy, redeploy
from harness.recording import Error, Execution, RecordedCall, Recording, Step
from harness.stack_traces import without_stack_traces
from harness.switches import Switches
from harness.tree import Tree


class World:
    """A tree, deployed. Use as a context manager; one world is active in a process at a time.

    Code runs only in `call`, `invoke`, `run`; what is seeded outside them is not recorded.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        cold: bool = False,
        disruptions: tuple[Disruption, ...] = (),
        latencies: tuple[Latency, ...] = (),
        alterations: tuple[Alteration, ...] = (),
        faults: tuple[Fault, ...] = (),
        history_limit: int = stepfunctions.HISTORY_LIMIT,
        concurrency: Mapping[str, int] | None = None,
        lacks: Iterable[str] = (),
        denied: Mapping[str, tuple[str, ...]] | None = None,
        on_run: OnRun | None = None,
        switches: Switches | None = None,
        pace: Pace | None = None,
    ) -> None:
        """`concurrency` limits the containers of functions on top of their templates; `lacks` are
        modules, and names in them, that no function finds; `denied` are actions, by function, that
        its role is denied on top of its policies; `on_run` is told each statement of the tree's
        functions before it runs; `switches` says when to become what tree; `pace` lets time pass
        where nothing else does.
        """
        self.tree = tree
        self.clock = VirtualClock()
        self.runtime = LambdaRuntime(self.clock, self, cold, on_run, pace, frozenset(lacks))
        self._disruptor = Disruptor(disruptions, latencies, alterations)
        self._faults = Faults(faults)
        self._history_limit = history_limit
        self._concurrency = concurrency or {}
        self._denied = denied or {}
        self._policies = _policies(tree, self._denied)
        self._switches = switches
        self._pace = pace
        self._calls: list[Call] = []
        self._steps: list[Step | None] = []
        self._logs: list[LogLine] = []
        self._network_attempts: list[str] = []
        self._failed = False
        self._stack = ExitStack()

    def __enter__(self) -> World:
        account.start()
        enter = self._stack.enter_context
        enter(account.active())
        enter(environment.function_environments())
        enter(self.clock)
        enter(patch.object(time, "sleep", self.clock.sleep))
        enter(network.loopback_only(self._network_attempts.append))
        enter(account.sessions())
        enter(calls.recording(self._calls.append, lambda: self.clock.elapsed))
        enter(stepfunctions.limited_history(self._history_limit))
        enter(pacing.paced(self._pace, self.clock))
        virtual_threading.use_clock(self.clock)
        lambda_service.use_runtime(self.runtime)
        calls.use(self._disruptor, self._authorize, self._faults, self._pace)
        deploy(self.tree)
        for function in self.tree.functions.values():
            self.runtime.add(function, self._concurrency.get(function.key))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        virtual_threading.use_clock(None)
        lambda_service.use_runtime(None)
        calls.use(None, None)
        stepfunctions.forget_threads()

    def _authorize(self, call: Call) -> Disruption | None:
        """The hub account's roles decide; what an assumed role may do is not in the templates."""
        if call.account != self.tree.functions[call.function].account:
            return None
        return permissions.refusal(
            self._policies[call.function],
            call.function,
            call.service,
            call.operation,
            (call.account, call.region),
            call.parameters,
        )

    # What the runtime tells.

    def logged(self, line: LogLine) -> None:
        self._logs.append(line)

    def invoked(self, source: str, function: str, payload: str) -> Callable[[Answer], None]:
        inside = source in self.tree.functions
        tree = self._switches.due(function, inside=inside) if self._switches else None
        if tree is not None:
            self.become(tree)
        if inside:
            return self._answered  # one of our functions invokes another: a call, not a step
        if source == "states":
            source = f"states: {stepfunctions.running_state()}"
        return self._step(source, function, json.loads(payload))

    def _step(
        self,
        source: str,
        function: str,
        event: Any,
        told: Callable[[Any], Any] = lambda value: value,
    ) -> Callable[[Answer], None]:
        """A step begins; what is given is called with its answer."""
        at, place = self.clock.elapsed, len(self._steps)
        self._steps.append(None)
        current_step.set(place + 1)

        def answered(answer: Answer) -> None:
            self._answered(answer)
            value = answer.value
            error = Error(value["errorType"], value["errorMessage"]) if answer.error else None
            result = None if error else told(value)
            self._steps[place] = Step(at, source, function, event, result, error)

        return answered

    def _answered(self, answer: Answer) -> None:
        self._failed |= answer.error

    # What a scenario or a test does.

    def call(self, function: str, name: str, *arguments: Any, **options: Any) -> Any:
        """Call a Python function of a Lambda's entry module there, and give what it gives."""
        container = self.runtime.container(self.tree.functions[function].name)

        def work() -> Any:
            running.set(container)
            with environment.variables(container.variables):
                return getattr(container.module, name)(*arguments, **options)

        return self._finish(self.clock.spawn(work, name=f"{function}.{name}"))

    def become(self, tree: Tree) -> None:
        """Deploy another tree over this one. Executions keep the definition that they were started
        with, invocations under way their code, variables and limits; roles change for all at once.
        """
        redeploy(self.tree, tree)
        self.tree = tree
        self._policies = _policies(tree, self._denied)
        for function in tree.functions.values():
            self.runtime.add(function, self._concurrency.get(function.key))

    def refuse(self, disruption: Disruption) -> None:
        """Refuse calls from now on."""
        self._disruptor.add(disruption)

    def container(self, function: str) -> Container:
        """The warm container of a function, to look at or patch its module."""
        return self.runtime.container(self.tree.functions[function].name)

    def invoke(self, function: str, event: Any, source: str = "user") -> Answer:
        """Invoke a function and wait for its answer."""
        name = self.tree.functions[function].name
        task = self.clock.spawn(lambda: self.runtime.run(name, json.dumps(event), source))
        answer = self._finish(task)
        assert isinstance(answer, Answer)
        return answer

    def invoke_later(self, delay: float, function: str, event: Any, source: str) -> None:
        """Invoke a function `delay` seconds from now, without waiting."""

        def invoke() -> Answer:
            name = self.tree.functions[function].name
            return self.runtime.run(name, json.dumps(event), source)

        self.clock.spawn(invoke, delay=delay)

    def call_moved_later(self, delay: float, function: str, arguments: Mapping[str, Any]) -> None:
        """Call a moved function by itself `delay` seconds from now, without waiting."""
        moved = self.tree.moved[function]

        def call() -> None:
            home = self.tree.functions[moved.home].name
            payload = json.dumps(moved.payload(arguments))
            answered = self._step("call", function, arguments, moved.answer)
            answered(self.runtime.answer(home, payload, moved.handler))

        self.clock.spawn(call, delay=delay)

    def start_execution(self, machine: str, name: str, machine_input: Any) -> None:
        """Start a state machine; `run` lets it go on."""
        arn = f"arn:aws:states:{REGION}:{HUB}:stateMachine:{machine}"
        clients.client("stepfunctions").start_execution(
            stateMachineArn=arn, name=name, input=json.dumps(machine_input)
        )

    def run(self) -> None:
        """Let everything that is due happen, until nothing is."""
        self.clock.run()

    def _finish(self, task: Task) -> Any:
        self.clock.run(until=lambda: task.done)
        return task.result

    def recording(self, scenario: str) -> Recording:
        """What happened so far, and the state that the account is in."""
        found = Recording(
            scenario=scenario,
            side=self.tree.side,
            elapsed=self.clock.elapsed,
            steps=tuple(step for step in self._steps if step is not None),
            calls=tuple(map(_recorded, self._calls)),
            executions=tuple(
                Execution(**stepfunctions.trace(execution, self.clock.start))
                for execution in stepfunctions.executions()
            ),
            tables=snapshot_tables([table.name for table in self.tree.tables]),
            drs=snapshot_drs(),
            ec2=snapshot_ec2(),
            logs=tuple(self._logs),
            network_attempts=(*self._network_attempts, *_unanswered(self._calls)),
        )
        return without_stack_traces(found) if self._failed else found


def _policies(tree: Tree, denied: Mapping[str, tuple[str, ...]]) -> dict[str, Policy]:
    return {
        function.key: _policy(tree, function, denied.get(function.key, ()))
        for function in tree.functions.values()
    }


def _policy(tree: Tree, function: FunctionDefinition, denied: tuple[str, ...]) -> Policy:
    role = tree.role_of(function)
    if role is None:
        return Policy(function.role, (), known=False)
    known = role.decided.setdefault(denied, {})
    return replace(permissions.policy_of(role.arn, role.policies, denied), decided=known)


def _unanswered(calls: list[Call]) -> list[str]:
    """What would have needed real AWS: a verdict must not stand on it."""
    return [
        f"{call.name}: the fake account has no such operation" for call in calls if call.unanswered
    ]


def _recorded(call: Call) -> RecordedCall:
    return RecordedCall(
        call.step,
        call.at,
        call.function,
        call.name,
        call.account,
        call.region,
        call.parameters,
        call.attempts,
        Error(*call.error) if call.error else None,
        call.denied,
        call.place,
        call.retries,
        call.late,
        call.acted,
        call.fault.kind if call.fault else "",
    )
