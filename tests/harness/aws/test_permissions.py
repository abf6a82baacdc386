from __future__ import annotations

from typing import Any

import pytest

from harness.aws.permissions import Policy, action_of, permits, policy_of, refusal, resource_of
from harness.recording import Error
from harness.world import World

PLACE = ("123456789012", "us-east-1")
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/records"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> Policy:
    return policy_of("role/r", [{"Statement": list(statements)}], ())


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([allow("dynamodb:GetItem")], True),
        ([allow("DynamoDB:getitem")], True),
        ([allow(["drs:*", "dynamodb:Get*"])], True),
        ([allow("dynamodb:Get?tem")], True),
        ([allow("dynamodb:Get")], False),
        ([allow("*", TABLE)], True),
        ([allow("*", [TABLE + "/index/*", "arn:aws:dynamodb:*:*:table/*"])], True),
        ([allow("*", TABLE + "x")], False),
        ([allow("*", TABLE[:-1] + "[s]")], False),
        ([{"Effect": "Allow", "NotAction": "drs:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": TABLE}], False),
        ([allow("*"), {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}], False),
        ([allow("*"), {"Effect": "Deny", "Action": "drs:*", "Resource": "*"}], True),
    ],
)
def test_statements(statements: list[dict[str, Any]], allowed: bool) -> None:
    assert permits(policy(*statements), "dynamodb:GetItem", TABLE) is allowed


def test_a_single_statement_need_not_be_a_list() -> None:
    single = policy_of("role/r", [{"Statement": allow("*")}], ())
    assert permits(single, "drs:StartRecovery", "")


def test_denied_actions_win() -> None:
    denied = policy_of("role/r", [{"Statement": [allow("*")]}], ["drs:*"])
    assert not permits(denied, "drs:StartRecovery", "")
    assert permits(denied, "dynamodb:GetItem", TABLE)


@pytest.mark.parametrize(
    ("service", "parameters", "resource"),
    [
        ("dynamodb", {"TableName": "records"}, TABLE),
        ("dynamodb", {"TableName": TABLE}, TABLE),
        ("dynamodb", {"TableName": "records", "IndexName": "i"}, f"{TABLE}/index/i"),
        ("lambda", {"FunctionName": "f"}, "arn:aws:lambda:us-east-1:123456789012:function:f"),
        ("lambda", {"FunctionName": "arn:aws:lambda:x"}, "arn:aws:lambda:x"),
        ("sts", {"RoleArn": "arn:role"}, "arn:role"),
        ("stepfunctions", {"stateMachineArn": "arn:m"}, "arn:m"),
        ("drs", {"jobID": "j"}, ""),
    ],
)
def test_the_resource_of_a_call(service: str, parameters: Any, resource: str) -> None:
    assert resource_of(service, PLACE, parameters) == resource


def test_actions_have_iams_names() -> None:
    assert action_of("lambda", "Invoke") == "lambda:InvokeFunction"
    assert action_of("stepfunctions", "SendTaskSuccess") == "states:SendTaskSuccess"
    assert action_of("drs", "StartRecovery") == "drs:StartRecovery"
    assert action_of("elbv2", "*") == "elasticloadbalancing:*"


def test_a_role_that_the_templates_do_not_define_is_not_judged() -> None:
    unknown = Policy("role/x", (), known=False)
    assert refusal(unknown, "f", "drs", "DescribeJobs", PLACE, {}) is None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('boto3.client("drs").describe_jobs()', "AccessDeniedException"),
        ('boto3.client("ec2").describe_instances()', "UnauthorizedOperation"),
        ('boto3.client("sts").get_caller_identity()', "AccessDenied"),
    ],
)
def test_a_call_without_permission_is_refused_as_by_the_service(
    make_tree: Any, call: str, code: str
) -> None:
    source = f"""
        import boto3
        def lambda_handler(event, context):
            {call}
    """
    policy = {"Statement": [allow("dynamodb:*")]}
    with World(make_tree(one=source, policy=policy)) as world:
        answer = world.invoke("one", {})
        (recorded,) = world.recording("x").calls
    assert recorded.denied
    assert isinstance(recorded.error, Error)
    assert recorded.error.type == code
    assert "no identity-based policy allows" in recorded.error.message
    assert answer.error
