"""How the execution-handler is invoked: the shapes of events, operations, routes and methods."""

import json
from typing import Any

import pytest

from tests.trees.support import EXECUTIONS, START, System, answered, execution, raised


@pytest.mark.parametrize("event", [{}, {"worker": False}, {"source": "me"}, {"operation": ""}])
def test_an_event_of_no_known_shape(system: System, event: dict[str, Any]) -> None:
    status, body = answered(system.execution_handler(event))
    assert (status, body["error"]) == (400, "UNKNOWN_EVENT")


def test_the_shapes_are_looked_for_in_order(system: System) -> None:
    system.put(EXECUTIONS, execution("COMPLETED"))
    http = {"httpMethod": "GET", "path": "/executions"}
    everything = {
        "worker": True,
        "executionId": "execution-1",
        "operation": "poll",
        "source": "aws.events",
        **http,
    }
    answers = []
    for key in ("worker", "operation", "source"):
        answers.append(answered(system.execution_handler(everything))[1])
        del everything[key]
    answers.append(answered(system.execution_handler(everything))[1])
    worker, operation, rule, api = answers
    assert worker == {"executionId": "execution-1", "status": "COMPLETED"}
    assert (operation["operation"], operation["wavesPolled"]) == ("poll", 0)
    assert (rule["operation"], rule["found"]) == ("find", 0)
    assert api["count"] == 1


def test_operations_need_an_execution(system: System) -> None:
    for operation in ("poll", "finalize", "pause", "resume"):
        status, body = answered(system.execution_handler({"operation": operation}))
        assert (status, body["error"]) == (400, "MISSING_PARAMETER")
        assert body["message"] == f"{operation} needs an executionId"
        unknown = {"operation": operation, "executionId": "execution-9"}
        status, body = answered(system.execution_handler(unknown))
        assert (status, body["error"]) == (404, "EXECUTION_NOT_FOUND")
    status, body = answered(system.execution_handler({"operation": "stop"}))
    assert (status, body["message"]) == (400, "Unknown operation: stop")


def test_pause_and_resume_are_operations_too(system: System) -> None:
    system.put(EXECUTIONS, execution(waves=[{"waveName": "Web"}]))
    event = {"operation": "pause", "executionId": "execution-1"}
    assert answered(system.execution_handler(event))[1]["status"] == "PAUSE_PENDING"
    assert system.record()["pauseRequestedBy"] == "system"
    event = {"operation": "resume", "executionId": "execution-1", "initiatedBy": "runbook"}
    assert answered(system.execution_handler(event))[1]["status"] == "RUNNING"
    assert system.record()["resumedBy"] == "runbook"


def test_what_goes_wrong_is_answered_and_not_raised(system: System) -> None:
    system.refuse("dynamodb.Query", message="not yours")
    status, body = system.execution_api("GET", "/executions/execution-1")
    assert (status, body["error"]) == (500, "INTERNAL_ERROR")
    assert body["message"].endswith("not yours")
    [error] = system.logs("ERROR")
    assert (error.message[:17], raised(error)) == ("Unhandled error: ", "ClientError")
    assert answered(system.execution_handler({"worker": True}))[0] == 500


def test_every_answer_has_the_headers_of_the_api(system: System) -> None:
    answer = system.execution_handler({"httpMethod": "OPTIONS", "path": "/anything"})
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {})
    assert answer["headers"]["Access-Control-Allow-Origin"] == "*"
    assert answer["headers"]["Content-Type"] == "application/json"


def test_routes_that_are_none(system: System) -> None:
    for method, path in (
        ("GET", "/"),
        ("GET", "/plans"),
        ("GET", "/executions/e/job-logs/more"),
        ("GET", "/executions/e/cancel"),
        ("POST", "/executions/e/job-logs"),
        ("POST", "/executions/e/stop"),
        ("DELETE", "/executions/e/cancel"),
    ):
        status, body = system.execution_api(method, path)
        assert (status, body["error"]) == (404, "ROUTE_NOT_FOUND"), path
        assert body["message"] == f"No route for {method} {path}"
    for method, path in (
        ("PUT", "/executions"),
        ("POST", "/executions/e"),
        ("PUT", "/executions/e"),
    ):
        status, body = system.execution_api(method, path)
        assert (status, body["error"]) == (405, "METHOD_NOT_ALLOWED"), path


def test_preview_is_an_execution_id_for_other_methods(system: System) -> None:
    status, body = system.execution_api("GET", "/executions/preview")
    assert (status, body["message"]) == (404, "Execution preview not found")


def test_an_event_that_is_logged_may_hold_anything(system: System) -> None:
    system.execution_handler({"operation": "find", "note": "größer"})
    assert system.said("INFO", 'Event: {"operation": "find", "note": "gr\\u00f6\\u00dfer"}')
    assert system.recording().steps[0].at == 0
    assert int(system.world.clock.now()) == START
