"""Play tapes: the trees' code in warm containers on a virtual clock, without moto and without what
botocore does for a call. Several players, of different trees, play by turns in one process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any
from unittest.mock import patch

from drs_refactor.errors import InputError
from harness.aws import account, environment, ids, network
from harness.aws.container import Answer, Container, current_step, running
from harness.aws.function import LogLine
from harness.aws.lambda_runtime import Handler, LambdaRuntime
from harness.compute import plumbing
from harness.compute.cues import Cues, body, given, target
from harness.compute.plumbing import Clients, Meter
from harness.compute.results import Exchange, Play, Tape
from harness.compute.rewound_clock import RewoundClock
from harness.compute.tape import names_of
from harness.recording import Error, Recording, Step
from harness.stack_traces import without_stack_traces
from harness.strict import differences
from harness.tree import Tree


class Stage:
    """Where players play. A context manager, entered and left as often as wanted: in between the
    process has its clock, its sockets and botocore back.
    """

    def __init__(self) -> None:
        account.start()
        self.clock, self.meter = RewoundClock(), Meter()
        self.network_attempts: list[str] = []
        self.playing: Player | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Stage:
        enter = self._stack.enter_context
        enter(environment.function_environments())
        enter(self.clock)
        enter(patch.object(time, "sleep", self.clock.sleep))
        enter(network.loopback_only(self.network_attempts.append))
        enter(account.sessions())
        enter(plumbing.put_in(self.meter, self._ask, lambda: self._player.clients))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def _player(self) -> Player:
        assert self.playing is not None, "nobody plays"
        return self.playing

    def _ask(self, client: Any, operation_name: str, parameters: dict[str, Any]) -> Any:
        container = running.get()
        assert container is not None, "only functions make calls here"
        name = f"{client.meta.service_model.service_name}.{operation_name}"
        return self._player.asked(client, container.function.key, name, parameters)

    # What containers tell: nobody listens, a log line costs what it costs.

    def logged(self, line: LogLine) -> None:
        """A function logged."""

    def invoked(self, source: str, function: str, payload: str) -> Callable[[Answer], None]:
        """Never told: players invoke by themselves."""
        raise NotImplementedError


class Player:
    """A tree that plays its tape on a stage, with containers of its own that stay warm."""

    def __init__(self, stage: Stage, tree: Tree, tape: Tape) -> None:
        """Needs an open stage. Plays thrice: cold; warm, when it learns what warm code asks no
        more; and as ever after. Raises InputError if an answer is not the recorded one.
        """
        self.tape, self.tree = tape, tree
        self.clients = Clients()
        self._stage = stage
        self._names = names_of(tree)
        self._cues = Cues(tape)
        self._draws: dict[int, Random] = {}
        self._runtime = LambdaRuntime(stage.clock, stage, _drawn=self._draws)
        self._answers: list[Answer] = []
        self._ends: list[int] = []
        for function in tree.functions.values():
            self._runtime.add(function)
        for cues, clients in ((False, True), (True, True), (False, False)):
            self._play(learns_cues=cues, learns_clients=clients)
            self._check()

    def play(self) -> Play:
        """Play once. Raises InputError if the code asks for something else than before."""
        self._play()
        meter = self._stage.meter
        bounds = pairwise([0, *self._ends])
        invocations = zip(meter.functions, meter.spent, strict=True)
        return Play(
            tuple(sum(meter.spent[begin:end]) / 1e9 for begin, end in bounds),
            tuple((function, spent / 1e9) for function, spent in invocations),
            meter.plumbing / 1e9,
            self.clients.made,
            self._cues.calls,
        )

    def _play(self, *, learns_cues: bool = False, learns_clients: bool = False) -> None:
        stage = self._stage
        stage.playing = self
        self._answers, self._ends = [], []
        self._cues.prepare(learns=learns_cues)
        self.clients.begin(learns=learns_clients)
        self._draws.clear()
        ids.reset()
        stage.clock.rewind()
        stage.meter.reset()
        task = stage.clock.spawn(self._steps, name="play")
        stage.clock.run(until=lambda: task.done)
        problem = self._cues.diverged or self.clients.diverged
        if stage.network_attempts:
            problem = f"a connection to {stage.network_attempts.pop()!r} was tried"
        if problem:
            raise self._diverged(problem)

    def _steps(self) -> None:
        clock = self._stage.clock
        for number, step in enumerate(self.tape.steps, 1):
            clock.sleep(max(0.0, step.at - clock.elapsed))
            current_step.set(number)
            name = self.tree.functions[step.function].name
            self._answers.append(self._runtime.answer(name, step.event, self._metered))
            self._ends.append(len(self._stage.meter.spent))
            self._cues.end(number)

    def _metered(self, container: Container) -> Handler:
        handler, meter = container.handler(), self._stage.meter

        def handle(event: Any, context: Any) -> Any:
            meter.enter_tree(container.function.key)
            try:
                return handler(event, context)
            finally:
                meter.leave()

        return handle

    def asked(self, client: Any, function: str, name: str, parameters: dict[str, Any]) -> Any:
        """Answer a call as it was answered when it was recorded."""
        number = current_step.get()
        exchange, outcome = self._cues.next(number, function, name)
        if exchange.seconds:
            self._stage.clock.sleep(exchange.seconds)
        if not exchange.nested:
            return given(exchange, outcome, client)
        if target(self._names, parameters["FunctionName"]) != exchange.nested:
            invoked = parameters["FunctionName"]
            raise self._cues.diverge(number, f"{function} invoked {invoked!r}")
        return self._invoked(exchange, outcome, parameters.get("Payload", "{}"))

    def _invoked(self, exchange: Exchange, outcome: Any, payload: Any) -> Any:
        text = payload if isinstance(payload, str) else bytes(payload).decode()
        answer = self._runtime.answer(self._names[exchange.nested][0], text, self._metered)
        outcome["Payload"] = body(answer.payload.encode())
        outcome.pop("FunctionError", None)
        if answer.error:
            outcome["FunctionError"] = "Unhandled"
        return outcome

    def _check(self) -> None:
        recorded, played = [], []
        for step, answer in zip(self.tape.steps, self._answers, strict=True):
            error = Error(*step.error) if step.error else None
            recorded.append(Step(step.at, step.label, step.function, None, step.result, error))
            value = answer.value
            told = Error(value["errorType"], value["errorMessage"]) if answer.error else None
            result = None if told else value
            played.append(replace(recorded[-1], result=result, error=told))
        for number, pair in enumerate(zip(_plain(recorded), _plain(played), strict=True), 1):
            for difference in differences(*pair):
                label = self.tape.steps[number - 1].label
                what = f"{difference.path} was {difference.legacy!r}, is {difference.refactored!r}"
                raise self._diverged(f"step {number} ({label}) answers otherwise: {what:.300}")

    def _diverged(self, what: str) -> InputError:
        return InputError(
            f"{self.tape.scenario} does not play again on {self.tape.side}: {what}",
            mend="Time a scenario that does the same each time",
        )


def _plain(steps: list[Step]) -> tuple[Step, ...]:
    """Steps without what says on which lines code stands."""
    empty = Recording("", "", 0.0, tuple(steps), (), (), {}, {}, {}, (), ())
    return without_stack_traces(empty).steps
