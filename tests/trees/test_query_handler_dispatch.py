"""How the query-handler is invoked, and what it answers where it cannot."""

import json

from tests.trees.support import FunctionError, System, answered, raised

OPERATIONS = [
    "describe_job",
    "get_current_account",
    "get_drs_quotas",
    "get_drs_source_servers",
    "get_instance_profiles",
    "get_instance_types",
    "get_security_groups",
    "get_server_launch_config",
    "get_source_server_inventory",
    "get_subnets",
    "get_target_accounts",
    "list_jobs",
    "preview_plan_servers",
    "validate_tags",
    "validate_target_account",
]


def test_an_event_that_is_no_invocation(system: System) -> None:
    answer = system.query_handler({"region": "us-east-1", "httpMethod": "GET"})
    assert answer["error"] == "INVALID_INVOCATION"
    assert "statusCode" not in answer
    assert system.said("WARNING", "['httpMethod', 'region']")


def test_an_unknown_operation_names_the_known_ones(system: System) -> None:
    answer = system.query_handler({"operation": "delete_everything"})
    assert answer == {
        "error": "UNKNOWN_OPERATION",
        "message": "Unknown operation: delete_everything",
        "operations": OPERATIONS,
    }


def test_the_api_comes_before_operations(system: System) -> None:
    event = {"requestContext": {}, "path": "/accounts/current", "operation": "list_jobs"}
    assert answered(system.query_handler(event)) == (
        200,
        {"accountId": "123456789012", "isCurrentAccount": True},
    )


def test_an_operation_answers_without_status(system: System) -> None:
    answer = system.query_handler({"operation": "get_current_account"})
    assert answer == {"accountId": "123456789012", "isCurrentAccount": True}


def test_questions_that_are_not_well_asked_are_answered(system: System) -> None:
    for event, status, code in (
        ({"operation": "describe_job"}, 400, "MISSING_PARAMETER"),
        ({"operation": "list_jobs", "region": "mars-1"}, 400, "INVALID_REGION"),
        ({"operation": "list_jobs", "accountId": "12"}, 400, "INVALID_ACCOUNT"),
        ({"operation": "describe_job", "jobId": "job-1"}, 400, "INVALID_JOB_ID"),
    ):
        answer, body = answered(system.query_handler(event))
        assert (answer, body["error"]) == (status, code), event
    assert system.names("drs.") == []


def test_routes_that_are_none(system: System) -> None:
    for path in ("/", "/drs", "/drs/jobs/a/b", "/plans/p", "/accounts/targets/1", "/ec2/images"):
        status, body = system.query_api("GET", path)
        assert (status, body["error"]) == (404, "ROUTE_NOT_FOUND"), path
    for method, path in (("POST", "/drs/jobs"), ("DELETE", "/drs/jobs"), ("PUT", "/x")):
        status, body = system.query_api(method, path)
        assert (status, body["error"]) == (405, "METHOD_NOT_ALLOWED"), path
    assert system.query_api("OPTIONS", "/anything") == (200, {})


def test_what_goes_wrong_is_answered_and_not_raised(system: System) -> None:
    system.add_servers()
    system.refuse("drs.DescribeSourceServers", message="not yours")
    for answer in (
        system.query_api("GET", "/drs/source-servers"),
        answered(system.query_handler({"operation": "get_drs_source_servers"})),
    ):
        status, body = answer
        assert (status, body["error"]) == (500, "INTERNAL_ERROR")
        assert body["message"].endswith("not yours")
    assert [raised(line) for line in system.logs("ERROR")] == ["AccessDeniedException"] * 2


def test_even_an_event_that_is_no_object_is_answered(system: System) -> None:
    try:
        answer = system.query_handler(None)
    except FunctionError as error:
        raise AssertionError("an exception left the query-handler") from error
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["error"] == "INTERNAL_ERROR"
