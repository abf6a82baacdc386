"""Calls as they are recorded, and the refusals that a scenario puts in AWS's place."""

from __future__ import annotations

from typing import Any

import pytest

from harness.aws.disruptions import Disruption
from harness.recording import Error, RecordedCall
from harness.world import World


def calls_of(tree: Any, *disruptions: Disruption, event: Any = None) -> list[RecordedCall]:
    with World(tree, disruptions=disruptions) as world:
        world.invoke("one", event or {})
        return list(world.recording("x").calls)


def test_a_call_is_recorded_with_account_region_and_a_copy_of_its_parameters(
    make_tree: Any,
) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            item = {"id": "a", "list": [1]}
            boto3.resource("dynamodb", region_name="us-east-1").Table("records").put_item(Item=item)
            item["list"].append(2)
    """
    )
    (call,) = calls_of(tree)
    assert (call.name, call.account, call.region, call.step, call.attempts, call.error) == (
        "dynamodb.PutItem",
        "123456789012",
        "us-east-1",
        1,
        1,
        None,
    )
    assert call.parameters == {"TableName": "records", "Item": {"id": "a", "list": [1]}}


def test_paginators_and_waiters_are_recorded_page_by_page(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            client = boto3.client("dynamodb")
            for number in range(3):
                client.put_item(TableName="records", Item={"id": {"S": str(number)}})
            pages = client.get_paginator("scan").paginate(
                TableName="records", PaginationConfig={"PageSize": 2})
            return len(list(pages))
    """
    )
    assert [call.name for call in calls_of(tree)][3:] == ["dynamodb.Scan"] * 2


SERVICES = {
    "dynamodb.ListTables": 'boto3.client("dynamodb").list_tables()',  # json
    "drs.DescribeJobs": 'boto3.client("drs").describe_jobs()',  # rest-json
    "sts.GetCallerIdentity": 'boto3.client("sts").get_caller_identity()',  # query
    "ec2.DescribeInstances": 'boto3.client("ec2").describe_instances()',  # ec2
    "lambda.ListFunctions": 'boto3.client("lambda").list_functions()',
}


@pytest.mark.parametrize("operation", SERVICES)
def test_a_refusal_reaches_code_as_the_services_own_error(make_tree: Any, operation: str) -> None:
    tree = make_tree(
        one=f"""
        import boto3
        def lambda_handler(event, context):
            {SERVICES[operation]}
    """
    )
    refusal = Disruption(operation, "AccessDeniedException", 'not "you" <& me>')
    (call,) = calls_of(tree, refusal)
    assert call.error == Error("AccessDeniedException", 'not "you" <& me>')
    assert call.attempts == 1


def test_a_throttled_call_is_retried_by_botocore_in_virtual_time(make_tree: Any) -> None:
    tree = make_tree(
        one=f"""
        import boto3, time
        def lambda_handler(event, context):
            {SERVICES["drs.DescribeJobs"]}
    """
    )
    throttle = Disruption("drs.DescribeJobs", "ThrottlingException", "slow down", times=2)
    with World(tree, disruptions=(throttle,)) as world:
        world.invoke("one", {})
        first = world.recording("x")
        assert world.clock.elapsed > 0
    assert (first.calls[0].attempts, first.calls[0].error) == (
        3,
        Error("UninitializedAccountException", first.calls[0].error.message),
    )  # type: ignore[union-attr]
    with World(tree, disruptions=(throttle,)) as world:
        world.invoke("one", {})
        assert world.recording("x") == first  # the jitter is repeatable


def test_a_refused_call_has_no_effect(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            table = boto3.resource("dynamodb").Table("records")
            for number in range(4):
                try:
                    table.put_item(Item={"id": str(number)})
                except Exception:
                    pass
    """
    )
    refusal = Disruption("dynamodb.PutItem", "AccessDeniedException", "no", skip=1, times=2)
    with World(tree, disruptions=(refusal,)) as world:
        world.invoke("one", {})
        recording = world.recording("x")
    assert [item["id"] for item in recording.tables["records"]] == ["0", "3"]
    assert [call.error is None for call in recording.calls] == [True, False, False, True]


def test_what_the_harness_asks_for_itself_is_not_recorded(make_tree: Any) -> None:
    tree = make_tree(one="def lambda_handler(event, context): return 1")
    assert calls_of(tree) == []
