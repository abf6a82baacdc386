from __future__ import annotations

import logging
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from codemods.signatures import Signature, signature_of
from codemods.stub_helper import STUB_IMPORTS, helper_text
from codemods.stubs import needed_names, stub_text
from drs_refactor.errors import InputError
from tests.codemods.fake_lambda import (
    FAILED,
    Lambda,
    Stub,
    TooMany,
    answered,
    in_place,
    move,
    run,
    statement_code,
)
from tests.codemods.support import statement


def test_the_result_comes_back() -> None:
    stub = Stub("a, *, b=2").answers(answered({"action": "work", "result": [1, None]}))
    assert stub("x", b=Decimal("3")) == [1, None]
    assert stub.lambdas.requests == [("arn:worker", {"action": "work", "a": "x", "b": 3})]


def test_changes_go_back_into_the_very_object() -> None:
    stub = in_place().answers(
        answered({"action": "work", "state": {"kept": 1, "new": 2}, "result": None})
    )
    state = {"kept": 0, "gone": 1}
    alias = state
    assert stub(state) is None
    assert alias == {"kept": 1, "new": 2}


def test_the_state_itself_is_returned_where_the_function_did() -> None:
    stub = in_place(returns="state").answers(answered({"action": "work", "state": {"a": 1}}))
    state: dict[str, int] = {}
    assert stub(state) is state
    assert state == {"a": 1}


@pytest.mark.parametrize(
    ("name", "message", "base"),
    [
        ("ValueError", "no", ValueError),
        ("KeyError", "'missing'", KeyError),
        ("UnicodeDecodeError", "'utf-8' codec can't decode", UnicodeDecodeError),
        ("ZeroDivisionError", "division by zero", ZeroDivisionError),
        ("FileNotFoundError", "[Errno 2] no", FileNotFoundError),
        ("LaunchFailed", "custom", Exception),
        ("ClientError", "An error occurred (AccessDenied) when", Exception),
        ("ClientError", "An error occurred (X) when calling the Y operation: no", ClientError),
        (
            "ConflictException",
            "An error occurred (ConflictException) when calling the StartRecovery operation "
            "(reached max retries: 4): two\nlines",
            ClientError,
        ),
        ("ExceptionGroup", "two (2 sub-exceptions)", Exception),
        ("SystemExit", "1", Exception),
        ("print", "a builtin that is no exception", Exception),
    ],
)
@pytest.mark.parametrize("make", [lambda: Stub("state"), in_place])
def test_what_the_action_raised_is_raised(
    make: Any, name: str, message: str, base: type[Exception]
) -> None:
    stub, state = make().fails(name, message), {"a": 1}
    with pytest.raises(base) as caught:
        stub(state)
    assert type(caught.value).__name__ == name
    assert str(caught.value) == message
    assert state == {"a": 1}
    assert not isinstance(caught.value, stub.module["MovedActionError"])


def refused() -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url="https://lambda")


def connecting() -> ConnectTimeoutError:
    return ConnectTimeoutError(endpoint_url="https://lambda")


def denied(code: str = "AccessDeniedException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke")


@pytest.mark.parametrize("failure", [TooMany, refused, connecting])
def test_what_did_not_run_is_repeated_with_longer_and_longer_waits(failure: Any) -> None:
    stub = Stub("a").answers(failure(), failure(), answered({"action": "work", "result": 5}))
    assert stub(1) == 5
    assert stub.waits == [0.25, 0.5]
    assert len(stub.lambdas.requests) == 3


@pytest.mark.parametrize("failure", [TooMany, refused, connecting])
def test_repeating_ends(failure: Any) -> None:
    stub = Stub("a").answers(*(failure() for _ in range(9)))
    with pytest.raises(RuntimeError, match="could not be invoked"):
        stub(1)
    assert stub.waits == [0.25, 0.5, 1, 2, 4]
    assert len(stub.lambdas.requests) == 6


class Broken:
    def read(self) -> bytes:
        raise ReadTimeoutError(endpoint_url="https://lambda")


FAILURES = {
    "read time-out": ReadTimeoutError(endpoint_url="https://lambda"),
    "time-out while reading": {"Payload": Broken()},
    "denied": denied(),
    "service error": denied("ServiceException"),
    "not JSON": answered(b"<html>"),
    "not UTF-8": answered(b'"\xff"'),
    "old handler": answered({"statusCode": 500, "body": "no such action"}),
    "old handler with a state": answered({"statusCode": 500, "state": {"bad": 1}, "result": 1}),
    "another action": answered({"action": "other", "state": {"bad": 1}, "result": 1}),
    "no dictionary": answered([1]),
    "time limit": answered(
        {"errorType": "Sandbox.Timedout", "errorMessage": "timed out"}, "Unhandled"
    ),
    "old time limit": answered({"errorMessage": "Task timed out after 3.00 seconds"}, "Unhandled"),
    "exit": answered({"errorType": "Runtime.ExitError", "errorMessage": "exit"}, "Unhandled"),
    "no failure": answered(None, "Unhandled"),
    "failed further on": answered(
        {"errorType": "MovedActionError", "errorMessage": "further"}, "Unhandled"
    ),
}


def failing(name: str, make: Any) -> Stub:
    failure = FAILURES[name]
    if isinstance(failure, dict) and hasattr(failure["Payload"], "getvalue"):
        payload = failure["Payload"].getvalue()
        failure = answered(payload, failure.get("FunctionError", ""))
    stub: Stub = make()
    return stub.answers(failure)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_invocation_raises_where_that_is_the_convention(name: str) -> None:
    stub = failing(name, lambda: Stub("a"))
    with pytest.raises(RuntimeError) as caught:
        stub(1)
    assert type(caught.value) is stub.module["MovedActionError"]
    assert len(stub.lambdas.requests) == 1
    assert stub.waits == []


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_invocation_marks_the_state_where_that_is_the_convention(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    stub, state = failing(name, in_place), {"kept": 1}
    with caplog.at_level(logging.ERROR):
        assert stub(state) is None
    assert len(stub.lambdas.requests) == 1
    error = state.pop("error")
    assert isinstance(error, str)
    assert state == {
        "kept": 1,
        "done": True,
        "note": 'say "no"',
        "tries": 3,
        "parts": [1, None],
    }
    assert caplog.records[0].exc_info is not None


def test_a_failed_invocation_returns_the_state_where_the_function_did() -> None:
    stub = in_place(returns="state").answers(denied())
    state: dict[str, Any] = {}
    assert stub(state) is state
    assert state["done"] is True


def test_a_missing_variable_is_named() -> None:
    stub = Stub("a")
    stub.environ.clear()
    with pytest.raises(RuntimeError, match="WORKER_ARN is not set"):
        stub(1)
    assert stub.lambdas.requests == []


def test_what_cannot_cross_is_a_failed_invocation() -> None:
    stub, state = in_place(), {"bad": {1, 2}}
    assert stub(state) is None
    assert "set is not JSON serializable" in str(state["error"])
    assert stub.lambdas.requests == []


def test_decimals_cross_as_numbers() -> None:
    stub = in_place().answers(answered({"action": "work", "state": {}, "result": 0}))
    stub({"whole": Decimal("3.0"), "part": Decimal("0.5"), "deep": [Decimal(7)]})
    sent = stub.lambdas.requests[0][1]["state"]
    assert sent == {"whole": 3, "part": 0.5, "deep": [7]}
    assert isinstance(sent["whole"], int)


def test_the_client_neither_repeats_nor_gives_up_before_the_owner() -> None:
    stub = Stub("a").answers(answered({"action": "work", "result": 1}))
    stub(1)
    assert stub.lambdas.config.retries == {"total_max_attempts": 1}
    assert stub.lambdas.config.read_timeout == 900


def test_one_client_a_container_and_a_new_connection_each_time() -> None:
    """An idle connection may be dead, and what was sent is not sent again."""
    answer = answered({"action": "work", "result": 1})
    stub = Stub("a").answers(answer, TooMany(), answered({"action": "work", "result": 2}))
    assert [stub(1), stub(1)] == [1, 2]
    assert stub.lambdas.made == 1
    assert stub.lambdas.closed_before == [0, 1]


def test_computed_payloads_and_renames() -> None:
    stub = Stub(
        "event",
        name="poll",
        action="poll",
        payload={"state": "event.get('application', event)"},
        mutates="state",
        returns="state",
    ).answers(answered({"action": "poll", "state": {"b": 2}}))
    event = {"application": {"a": 1}}
    assert stub(event) is event["application"]
    assert event == {"application": {"b": 2}}
    assert stub.module["work"] is stub.module["poll"]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("def work(a, b=(1, 2)) -> int: return a\n", "def work(a, b=(1, 2)) -> int:"),
        ("def work(  # noqa: C901\n    a,\n):\n    pass\n", "def work(  # noqa: C901\n    a,\n):"),
        ("def work(a=lambda: 0): pass\n", "def work(a=lambda: 0):"),
        ("def work(a):  # why: so\n    pass\n", "def work(a):"),
    ],
)
def test_the_signature_is_the_text_up_to_the_colon(text: str, header: str) -> None:
    assert signature_of(statement(text).node, statement_code, "f.py", 1).header == header  # type: ignore[arg-type]


@pytest.mark.parametrize("signature", ["*args", "**kwargs", "a, *args", "async", "yields"])
def test_signatures_that_an_invocation_cannot_keep(signature: str) -> None:
    text = f"def work({signature}): pass\n"
    if signature == "async":
        text = "async def work(a): pass\n"
    if signature == "yields":
        text = "def work(a): yield a\n"
    with pytest.raises(InputError, match="an invocation cannot keep that") as caught:
        signature_of(statement(text).node, statement_code, "f.py", 3)  # type: ignore[arg-type]
    assert caught.value.place == "f.py:3"


def test_imports_whose_names_are_taken_stand_inside() -> None:
    signature = Signature("def work(state):", ("state",))
    changes = {"mutates": "state", "on_invocation_failure": FAILED}
    taken = ["import json", "import builtins", "import logging"]
    text = stub_text(move(**changes), signature, "WORKER_ARN", "worker", taken)
    others = "\n".join(line for line in STUB_IMPORTS if line not in taken and "boto3" not in line)
    module = run(f"json = builtins = logging = 5\n{others}\n{helper_text(taken)}\n{text}")
    lambdas = Lambda()
    lambdas.answers += [answered({"errorType": "KeyError", "errorMessage": "'a'"}, "Unhandled")]
    module["boto3"], module["os"] = lambdas, Stub("a")
    with pytest.raises(KeyError):
        module["work"]({})
    lambdas.answers += [denied()]
    state: dict[str, Any] = {}
    module["work"](state)
    assert state["done"] is True


def test_names_that_a_stub_needs() -> None:
    signature = Signature("def work(a: Dict[str, int] = DEFAULT) -> Any:", ("a",))
    found = needed_names(move(payload={"a": "clean(a)"}), signature)
    assert {"Dict", "DEFAULT", "Any", "clean"} <= found
    assert "a" not in found


def test_the_code_of_a_client_error_arrives() -> None:
    message = "An error occurred (Throttling) when calling the Start operation: slow down"
    with pytest.raises(ClientError) as caught:
        Stub("state").fails("ThrottledException", message)({})
    assert caught.value.response["Error"] == {"Code": "Throttling", "Message": "slow down"}
    assert caught.value.operation_name == "Start"


def test_what_callers_can_catch_is_of_their_own_class() -> None:
    text = helper_text((), {"Bad": "errors.Bad", "len": "len"})
    module = run("\n".join(STUB_IMPORTS) + "\n" + text)

    class Bad(LookupError):
        def __init__(self, code: int, *, name: str) -> None:
            raise AssertionError("what it needs did not cross")

    module["errors"] = SimpleNamespace(Bad=Bad)
    raised = module["_exception_of"]("work", {"errorType": "Bad", "errorMessage": "no"})
    assert isinstance(raised, Bad)
    assert (type(raised).__name__, str(raised)) == ("Bad", "no")
    other = module["_exception_of"]("work", {"errorType": "Other", "errorMessage": None})
    assert (type(other).__bases__, str(other)) == ((Exception,), "")
