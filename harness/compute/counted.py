"""What runs under valgrind: the plays of one side, with nothing loaded that they do not need.

Started as `python -m harness.compute.counted FILE`, where FILE is a pickled Counting. AWS and the
tree's other functions answer from the tape, and events are read beforehand: what is counted is tree
code, and the few instructions that hand it an answer.
"""

from __future__ import annotations

import ctypes
import gc
import json
import pickle
import sys
import time
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from harness.aws import environment
from harness.aws.function import FunctionDefinition
from harness.aws.modules import ModuleSpace
from harness.aws.private_modules import private_modules
from harness.compute import plumbing
from harness.compute.cues import Cues, Waiting, given
from harness.compute.plumbing import Clients, NoMeter
from harness.compute.results import Counting
from harness.compute.rewound_clock import RewoundClock

WARM_UP = 10
"""Plays before those that are counted: Python's interpreter has specialised to the code then."""

_CONTEXT = SimpleNamespace(
    aws_request_id="counted",
    function_version="$LATEST",
    get_remaining_time_in_millis=lambda: 60_000,
)


@dataclass
class _Copies:
    """What one play uses up: answers, the events of its steps, those of invocations in between."""

    answers: Waiting
    events: list[Any]
    nested: dict[int, Any]


class Solo:
    """A player without a runtime, a stage and a meter."""

    def __init__(self, counting: Counting) -> None:
        self._counting, self._cues = counting, Cues(counting.tape)
        self._clients, self._clock, self._draws = Clients(), RewoundClock(), Random(0)
        self._handlers: dict[str, Any] = {}
        self._variables = {key: dict(f.variables) for key, f in counting.functions.items()}
        self._function, self._number = "", 0
        self._waiting: deque[_Copies] = deque()
        self._copies = self._prepared()

    def run(self) -> None:
        """Play until the code is warm, then in two sections, the second twice as long."""
        with ExitStack() as stack:
            enter = stack.enter_context
            enter(environment.function_environments())
            enter(self._clock)
            enter(patch.object(time, "sleep", self._clock.sleep))
            enter(plumbing.put_in(NoMeter(), self._ask, lambda: self._clients))
            for learns in (False, True), (True, True), *[(False, False)] * WARM_UP:
                self._waiting.append(self._prepared())
                self._play(*learns)
            gc.disable()
            for plays in (self._counting.plays, 2 * self._counting.plays):
                self._waiting.extend(self._prepared() for _ in range(plays))
                # Runs in this module, and enters what callgrind.SECTION names: valgrind does not
                # see what ctypes itself calls, but what that calls in turn.
                failed = ctypes.pythonapi.PyRun_SimpleString(b"SOLO[0].play()")
                assert not failed, "a play failed"

    def play(self) -> None:
        """Play as often as was prepared for."""
        while self._waiting:
            self._play()

    def _prepared(self) -> _Copies:
        steps = self._counting.tape.steps
        nested = (e for step in steps for e in step.exchanges if e.nested)
        return _Copies(
            self._cues.copies(),
            [json.loads(step.event) for step in steps],
            {id(exchange): json.loads(exchange.payload) for exchange in nested},
        )

    def _play(self, learns_cues: bool = False, learns_clients: bool = False) -> None:
        self._copies = self._waiting.popleft()
        self._cues.begin(self._copies.answers, learns=learns_cues)
        self._clients.begin(learns=learns_clients)
        self._draws.seed(0)
        self._clock.rewind()
        for number, step in enumerate(self._counting.tape.steps, 1):
            self._clock.sleep(max(0.0, step.at - self._clock.elapsed))
            self._number = number
            self._invoke(step.function, self._copies.events[number - 1])
            self._cues.end(number)
        assert not self._cues.diverged, self._cues.diverged
        assert not self._clients.diverged, self._clients.diverged

    def _invoke(self, function: str, event: Any) -> None:
        before, self._function = self._function, function
        # What it answers or raises stands on the tape.
        with environment.variables(self._variables[function]), suppress(Exception):
            if function not in self._handlers:
                self._handlers[function] = self._load(self._counting.functions[function])
            self._handlers[function](event, _CONTEXT)
        self._function = before

    def _load(self, function: FunctionDefinition) -> Any:
        modules = private_modules(self._clock, self._draws, lambda record: None)
        space = ModuleSpace(function.sources, modules, lambda text: None)
        module, _, name = function.handler.rpartition(".")
        return getattr(space.load(function.entry, module.replace("/", ".")), name)

    def _ask(self, client: Any, operation_name: str, parameters: dict[str, Any]) -> Any:
        name = f"{client.meta.service_model.service_name}.{operation_name}"
        exchange, outcome = self._cues.next(self._number, self._function, name)
        if exchange.seconds:
            self._clock.sleep(exchange.seconds)
        if exchange.nested:
            self._invoke(exchange.nested, self._copies.nested[id(exchange)])
        return given(exchange, outcome, client)


SOLO: list[Solo] = []

if __name__ == "__main__":
    SOLO.append(Solo(pickle.loads(Path(sys.argv[1]).read_bytes())))
    SOLO[0].run()
