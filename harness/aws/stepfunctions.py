"""moto's Step Functions interpreter on the virtual clock, with derived task tokens.

The interpreter runs real ASL in daemon threads that wait in real time; its names for threads,
events and clients are replaced here, and nowhere else.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import moto.stepfunctions.parser.asl.component.program.program as program
import moto.stepfunctions.parser.asl.component.state.exec.execute_state as execute_state
import moto.stepfunctions.parser.asl.eval.callback.callback as callback
import moto.stepfunctions.parser.asl.eval.environment as environment
import moto.stepfunctions.parser.asl.eval.states as states
import moto.stepfunctions.parser.backend.execution_worker as execution_worker
import moto.stepfunctions.parser.utils as parser_utils
from botocore.config import Config
from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.asl.component.state.exec.state_task import (
    lambda_eval_utils as lambda_eval,
)
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from harness import virtual_threading
from harness.aws import clients, ids

HISTORY_LIMIT = 25_000
"""Events that a standard workflow's history may hold (AWS, "Step Functions service quotas")."""

HISTORY_IS_FULL = "The execution reached the maximum number of history events"
"""The cause of an execution that grew longer."""

_add_event = EventManager.add_event
_make_client = vars(lambda_eval)["boto_client_for"]
_REPLACED = (
    (program, "threading"),
    (execute_state, "threading"),
    (execute_state, "Thread"),
    (execution_worker, "Thread"),
    (environment, "threading"),
    (callback, "Event"),
    (lambda_eval, "boto_client_for"),
    (states, "long_uid"),
    (callback, "long_uid"),
    (parser_utils, "TMP_THREADS"),
)
for _module, _name in _REPLACED:
    assert hasattr(_module, _name), (
        f"moto changed {_module.__name__}.{_name}: stepfunctions.py must follow"
    )
# Step Functions does not repeat a task by itself: its Retry does. It waits as long as a task takes.
_NO_RETRIES = Config(
    retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=99_999_999
)


def install() -> None:
    """Put the interpreter on the virtual clock; what it logs of failures is in the history too."""
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    virtual = SimpleNamespace(
        Thread=_thread,
        Event=_event,
        RLock=threading.RLock,
        Lock=threading.Lock,
    )
    for module in (program, execute_state, environment):
        _replace(module, threading=virtual)
    _replace(execute_state, Thread=_thread)
    _replace(execution_worker, Thread=_thread)
    _replace(callback, Event=_event, long_uid=_task_token)
    _replace(states, long_uid=_task_token)
    _replace(lambda_eval, boto_client_for=_client_for)


def _thread(*arguments: Any, **options: Any) -> Any:
    kind = virtual_threading.Thread if virtual_threading.in_use() else threading.Thread
    return kind(*arguments, **options)


def _event() -> Any:
    return virtual_threading.Event() if virtual_threading.in_use() else threading.Event()


def _replace(module: ModuleType, **names: object) -> None:
    for name, value in names.items():
        setattr(module, name, value)


def forget_threads() -> None:
    """moto keeps every thread that it ever started."""
    parser_utils.TMP_THREADS.clear()


def _task_token() -> str:
    return ids.derived_uuid("states", "task-token")


def _client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """One client a process; the interpreter would make a new one for each task."""
    if not virtual_threading.in_use():
        return _make_client(region=region, service=service, state_credentials=state_credentials)
    return clients.client(service, region, _NO_RETRIES)


def executions() -> list[Any]:
    """All executions of the hub account, in order of their start."""
    backend = stepfunctions_parser_backends["123456789012"]["us-east-1"]
    found = [execution for machine in backend.state_machines for execution in machine.executions]
    return sorted(found, key=lambda execution: (execution.start_date, execution.name))


class StateMachineDeleting(AWSError):
    """What nothing more can be started on."""

    TYPE = "StateMachineDeleting"


def delete_machine(name: str) -> None:
    """Delete a state machine as AWS does: what runs goes on with its definition, can be described,
    stopped and resumed; nothing more can be started (AWS, "API reference: DeleteStateMachine").
    """
    backend = stepfunctions_parser_backends["123456789012"]["us-east-1"]
    machine = next(machine for machine in backend.state_machines if machine.name == name)

    def refuse(*_: object) -> None:
        raise StateMachineDeleting(f"State Machine is being deleted: '{machine.arn}'")

    # The first thing that starting an execution asks the machine.
    vars(machine)["_handle_name_input_idempotency"] = refuse


def running_state() -> str:
    """The state that the execution which is running is in; of several, those of the latest."""
    for execution in reversed(executions()):
        if execution.exec_worker.env is not None and execution.status == "RUNNING":
            for event in reversed(_events(execution)):
                details = event.get("stateEnteredEventDetails")
                if details:
                    return str(details["name"])
    return "?"


def trace(execution: Any, start: datetime) -> dict[str, Any]:
    """An execution as a recording keeps it; the cause of a failed function is its error."""
    path = tuple(
        (event["stateEnteredEventDetails"]["name"], _seconds(event["timestamp"], start))
        for event in _events(execution)
        if "stateEnteredEventDetails" in event
    )
    return {
        "name": execution.name,
        "status": str(execution.status),
        "error": execution.error,
        "cause": _cause(execution.cause),
        "output": execution.output,
        "path": path,
    }


def _events(execution: Any) -> list[dict[str, Any]]:
    worker = execution.exec_worker
    return worker.env.event_manager._history_event_list if worker.env is not None else []


def _seconds(timestamp: str, start: datetime) -> float:
    return (datetime.fromisoformat(timestamp) - start).total_seconds()


def _cause(cause: str | None) -> Any:
    """A failed function's cause holds its stack trace and request id, which no one relies on."""
    try:
        body = json.loads(cause or "")
    except ValueError:
        return cause
    if isinstance(body, dict) and "errorType" in body:
        return {"errorType": body["errorType"], "errorMessage": body.get("errorMessage")}
    return cause


@contextmanager
def limited_history(limit: int) -> Iterator[None]:
    """Fail an execution whose history grows over `limit` events, as AWS does at 25,000."""

    def add_event(self: EventManager, *arguments: Any, **options: Any) -> int:
        kind = options.get("event_type", arguments[1] if len(arguments) > 1 else None)
        if len(self._history_event_list) >= limit and not str(kind).endswith("ExecutionFailed"):
            raise RuntimeError(f"{HISTORY_IS_FULL} ({limit}).")
        return _add_event(self, *arguments, **options)

    with patch.object(EventManager, "add_event", add_event):
        yield
