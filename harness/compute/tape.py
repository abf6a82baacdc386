"""Run a scenario once and keep what AWS said to the tree's code, to play it again without AWS."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from drs_refactor.errors import InputError
from harness.aws import calls
from harness.aws.container import current_step, running
from harness.aws.faults import INVOKE
from harness.compute import plumbing
from harness.compute.cues import Names, body, target
from harness.compute.results import Exchange, Tape, TapeStep
from harness.recording import Step
from harness.run import run
from harness.scenario import Scenario
from harness.tree import Tree

_STATES = "states: "
assert hasattr(calls, "recording"), "harness.world takes calls.recording from there no more"


@dataclass
class _Taken:
    """A call under way, of the step of that number; `exchange` when it is over."""

    step: int
    function: str
    name: str
    exchange: Exchange | None = None


def record(tree: Tree, scenario: Scenario) -> Tape:
    """Run the scenario in a world of its own. Raises InputError where there is nothing to play, or
    nothing that could be played.
    """
    if scenario.call or scenario.faults:
        what = "calls functions by themselves" if scenario.call else "has faults"
        raise InputError(
            f"{scenario.name} {what}: there is no invocation to time",
            mend="Take a scenario of a whole execution",
        )
    assert BaseClient._make_api_call.__module__ != plumbing.__name__, (
        "a stage is open: record first"
    )
    taken: list[_Taken] = []
    with patch.object(calls, "recording", _listening(taken, names_of(tree))):
        recording = run(tree, scenario)
    if not recording.steps:
        raise InputError(
            f"{scenario.name} invokes no function of {tree.side}: there is nothing to time",
            mend="Take a scenario of a whole execution",
        )
    steps = enumerate(recording.steps, 1)
    return Tape(scenario.name, tree.side, tuple(_step(n, step, taken) for n, step in steps))


def names_of(tree: Tree) -> Names:
    """How calls name the functions of a tree."""
    return {key: (function.name, function.arn) for key, function in tree.functions.items()}


def _step(number: int, step: Step, taken: list[_Taken]) -> TapeStep:
    state = step.source.removeprefix(_STATES) if step.source.startswith(_STATES) else ""
    return TapeStep(
        step.at,
        state or step.function,
        step.function,
        json.dumps(step.event),
        step.result,
        (step.error.type, step.error.message) if step.error else None,
        tuple(one.exchange for one in taken if one.step == number and one.exchange is not None),
    )


def _listening(taken: list[_Taken], names: Names) -> Callable[..., Any]:
    """`calls.recording`, with an ear between it and the code that calls: a World enters it."""
    recording = calls.recording

    @contextmanager
    def listening(*arguments: Any, **options: Any) -> Iterator[None]:
        with recording(*arguments, **options):
            answer = BaseClient._make_api_call

            def make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
                container = running.get()
                if container is None:
                    return answer(self, operation_name, api_params)
                name = f"{self.meta.service_model.service_name}.{operation_name}"
                one = _Taken(current_step.get(), container.function.key, name)
                taken.append(one)
                began = time.time()  # the world's: virtual
                try:
                    got = answer(self, operation_name, api_params)
                except Exception as error:
                    one.exchange = _refused(one, error, time.time() - began)
                    raise
                one.exchange = _answered(one, got, api_params, names, time.time() - began)
                return got

            with patch.object(BaseClient, "_make_api_call", make_api_call):
                yield

    return listening


def _refused(one: _Taken, error: Exception, seconds: float) -> Exchange:
    kind, outcome = "error", pickle.dumps(error)
    if isinstance(error, ClientError):
        # Its class is the client's own, made when the client was: it is looked up again there.
        kind, outcome = "client error", pickle.dumps((error.response, error.operation_name))
    return Exchange(one.function, one.name, kind, outcome, seconds=seconds)


def _answered(
    one: _Taken, got: Any, asked: dict[str, Any], names: Names, seconds: float
) -> Exchange:
    streams = {key: value.read() for key, value in got.items() if hasattr(value, "read")}
    for key, data in streams.items():
        got[key] = body(data)
    plain = {key: value for key, value in got.items() if key not in streams}
    nested, payload = "", asked.get("Payload", "{}")
    if one.name == INVOKE and asked.get("InvocationType", "RequestResponse") == "RequestResponse":
        nested = target(names, asked.get("FunctionName"))
    return Exchange(
        function=one.function,
        name=one.name,
        kind="answer",
        outcome=pickle.dumps(plain),
        streams=tuple(streams.items()),
        nested=nested,
        payload=(payload if isinstance(payload, str) else bytes(payload).decode()) * bool(nested),
        seconds=0.0 if nested else seconds,
    )
