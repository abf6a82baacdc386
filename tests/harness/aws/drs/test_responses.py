"""Every operation answers in the shape and with the status of botocore's model."""

import json
from typing import Any

import boto3
import botocore.session
import pytest

from tests.harness.aws.drs.conftest import Refused, World
from tests.harness.aws.drs.shapes import problems

OPERATIONS = {
    "InitializeService",
    "DescribeSourceServers",
    "DescribeRecoverySnapshots",
    "GetLaunchConfiguration",
    "UpdateLaunchConfiguration",
    "StartRecovery",
    "DescribeJobs",
    "DescribeJobLogItems",
    "DescribeRecoveryInstances",
    "TerminateRecoveryInstances",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "DisconnectRecoveryInstance",
    "DeleteRecoveryInstance",
}


def test_every_operation_answers_in_its_shape(world: World) -> None:
    drs = world.drs
    drs.initialize_service()
    first = world.server(aws_instance_id="i-0123456789abcdef0", staging_account_id="333333333333")
    second = world.server(vmware_uuid="uuid")
    one, two = world.launched(first, second, tags={"k": "v"})
    arn = drs.describe_source_servers()["items"][0]["arn"]
    drs.describe_recovery_snapshots(sourceServerID=first)
    drs.get_launch_configuration(sourceServerID=first)
    drs.update_launch_configuration(sourceServerID=first, licensing={"osByol": False})
    drs.describe_job_log_items(jobID=drs.describe_jobs()["items"][0]["jobID"])
    assert len(drs.describe_recovery_instances()["items"]) == 2
    drs.tag_resource(resourceArn=arn, tags={"a": "b"})
    drs.untag_resource(resourceArn=arn, tagKeys=["a"])
    drs.list_tags_for_resource(resourceArn=arn)
    drs.disconnect_recovery_instance(recoveryInstanceID=one)
    drs.delete_recovery_instance(recoveryInstanceID=one)
    drs.terminate_recovery_instances(recoveryInstanceIDs=[two])
    assert {name for name, status in world.answers.seen if status < 300} == OPERATIONS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"jobID": "drsjob-" + "0" * 17, "status": "COMPLETED"}, 0),
        ({"status": "COMPLETED"}, 1),
        ({"jobID": "drsjob-" + "0" * 17, "state": "COMPLETED"}, 1),
        ({"jobID": "drsjob-" + "0" * 17, "status": "FAILED"}, 1),
        ({"jobID": "drsjob-0"}, 2),
        ({"jobID": "drsjob-" + "0" * 17, "tags": {"a": 1}}, 1),
        ({"jobID": "drsjob-" + "0" * 17, "participatingServers": {}}, 1),
    ],
)
def test_the_validator_finds_what_is_wrong(value: dict[str, Any], expected: int) -> None:
    model = botocore.session.get_session().get_service_model("drs")
    assert len(list(problems(model.shape_for("Job"), value))) == expected


def test_uninitialized_until_initialize_service(world: World, refused: Refused) -> None:
    drs, server_id = world.drs, "s-" + "0" * 17
    calls: list[tuple[Any, dict[str, Any]]] = [
        (drs.describe_source_servers, {}),
        (drs.describe_recovery_snapshots, {"sourceServerID": server_id}),
        (drs.get_launch_configuration, {"sourceServerID": server_id}),
        (drs.update_launch_configuration, {"sourceServerID": server_id}),
        (drs.start_recovery, {"sourceServers": [{"sourceServerID": server_id}]}),
        (drs.describe_jobs, {}),
        (drs.describe_job_log_items, {"jobID": "drsjob-" + "0" * 17}),
        (drs.describe_recovery_instances, {}),
        (drs.terminate_recovery_instances, {"recoveryInstanceIDs": ["i-" + "0" * 17]}),
        (drs.disconnect_recovery_instance, {"recoveryInstanceID": "i-" + "0" * 17}),
        (drs.delete_recovery_instance, {"recoveryInstanceID": "i-" + "0" * 17}),
    ]
    for operation, params in calls:
        assert refused(operation, **params)[:2] == ("UninitializedAccountException", 400)
    drs.initialize_service()
    assert drs.describe_jobs()["items"] == []
    boto3.client("drs", "eu-west-1").initialize_service()


def test_the_uninitialized_account_s_body_is_the_model_s(world: World, refused: Refused) -> None:
    _, _, answer = refused(world.drs.describe_jobs)
    assert answer["code"] == "UninitializedAccountException"
    assert "not initialized" in json.dumps(answer["Error"])
