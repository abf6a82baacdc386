"""Emitted code as it runs: with a fake boto3, a fake clock, an environment of its own."""

from __future__ import annotations

import io
import json
import sys
import types
from collections.abc import Callable
from typing import Any

import libcst as cst

from codemods.signatures import signature_of
from codemods.stub_helper import STUB_IMPORTS, helper_text
from codemods.stubs import stub_text
from drs_refactor.model import Move
from tests.codemods.support import statement


class Lambda:
    """A boto3 whose Lambda functions are Python functions, or answers in order."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.handlers: dict[str, Callable[[Any, Any], Any]] = {}
        self.requests: list[tuple[str, Any]] = []
        self.made = 0
        self.closed_before: list[int] = []
        self.exceptions = types.SimpleNamespace(TooManyRequestsException=TooMany)

    def client(self, service: str, config: Any = None) -> Lambda:
        assert service == "lambda"
        self.config = config
        self.made += 1
        return self

    def close(self) -> None:
        self.closed_before.append(len(self.requests))

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:
        self.requests.append((FunctionName, json.loads(Payload)))
        if FunctionName in self.handlers:
            try:
                result = self.handlers[FunctionName](json.loads(Payload), None)
            except Exception as error:
                failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
                return answered(failure, "Unhandled")
            return answered(result)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, dict)
        return answer


class TooMany(Exception):
    """What the client makes of a 429."""


def answered(payload: Any, error: str = "") -> dict[str, Any]:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return {"Payload": io.BytesIO(content)} | ({"FunctionError": error} if error else {})


def run(text: str, name: str = "handler") -> dict[str, Any]:
    """Execute a module's text and give its namespace."""
    namespace: dict[str, Any] = {"__name__": name}
    sys.modules.pop(name, None)
    exec(compile(text, f"{name}.py", "exec", dont_inherit=True), namespace)
    return namespace


FAILED = {"done": True, "error": "{error}", "note": 'say "no"', "tries": 3, "parts": [1, None]}


def move(**changes: Any) -> Move:
    facts: dict[str, Any] = {
        "function": "work",
        "name": "work",
        "source": "planner",
        "destination": "worker",
        "line": 7,
        "action": "work",
    }
    return Move(**{**facts, **changes})


class Stub:
    """A stub in a module of its own, with a fake boto3 and a fake clock."""

    def __init__(self, signature: str, **changes: Any) -> None:
        self.lambdas = Lambda()
        self.waits: list[float] = []
        self.move = move(**changes)
        imports = "\n".join(line for line in STUB_IMPORTS if "boto3" not in line)
        s = statement(f"def work({signature}):\n    pass\n").node
        found = signature_of(s, statement_code, "index.py", 1)  # type: ignore[arg-type]
        text = stub_text(self.move, found, "WORKER_ARN", "worker")
        self.module = run(f"{imports}\n\n{helper_text(())}\n\n{text}")
        self.module["boto3"] = self.lambdas
        self.module["time"] = self
        self.module["os"] = self
        self.environ = {"WORKER_ARN": "arn:worker"}

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.module[self.move.name](*arguments, **named)

    def answers(self, *answers: Any) -> Stub:
        self.lambdas.answers += answers
        return self

    def fails(self, type_: Any, message: Any) -> Stub:
        return self.answers(answered({"errorType": type_, "errorMessage": message}, "Unhandled"))


statement_code = cst.Module([]).code_for_node


def in_place(**changes: Any) -> Stub:
    facts = {"mutates": "state", "on_invocation_failure": FAILED, **changes}
    return Stub("state, number=1", **facts)
