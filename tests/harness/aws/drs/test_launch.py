"""What launches and terminations do to moto's EC2."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from harness.aws.drs import Launch
from tests.harness.aws.drs.conftest import REGION, World


def configure(world: World, server_id: str, data: dict[str, Any], **settings: Any) -> None:
    """Set the launch configuration and make `data` the template's default version."""
    configuration = world.drs.update_launch_configuration(sourceServerID=server_id, **settings)
    template = configuration["ec2LaunchTemplateID"]
    world.ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
    answer = world.ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="$Latest")
    assert answer["LaunchTemplate"]["DefaultVersionNumber"] == 2


def test_a_launch_is_a_real_instance(world: World) -> None:
    server_id = world.server(tags={"Name": "web-1", "Tier": "Web"})
    job_id = world.recover(server_id, isDrill=True)
    assert world.ec2.describe_instances()["Reservations"] == []
    world.clock.shift(4000)
    [found] = world.drs.describe_recovery_instances()["items"]
    instance = world.instance(found["ec2InstanceID"])
    assert instance["State"]["Name"] == "running"
    assert instance["LaunchTime"] == datetime(2026, 1, 1, 0, 5, 30, tzinfo=UTC)
    assert {tag["Key"]: tag["Value"] for tag in instance["Tags"]} == {
        "AWSElasticDisasterRecoveryManaged": "drs.amazonaws.com",
        "AWSElasticDisasterRecoverySourceServerID": server_id,
        "Name": "web-1",
    }
    assert (found["jobID"], found["isDrill"], found["ec2InstanceState"]) == (
        job_id,
        True,
        "RUNNING",
    )
    [nic] = found["recoveryInstanceProperties"]["networkInterfaces"]
    assert nic["ips"] == [instance["PrivateIpAddress"]]
    assert instance["PrivateIpAddress"].startswith("172.31.")
    [server] = world.drs.describe_source_servers()["items"]
    assert server["recoveryInstanceId"] == found["recoveryInstanceID"]


def test_the_template_shapes_the_instance(world: World) -> None:
    server_id = world.server(tags={"Tier": "Web"})
    subnet = world.ec2.describe_subnets()["Subnets"][0]
    address = subnet["CidrBlock"].rsplit(".", 1)[0] + ".77"
    group = world.ec2.create_security_group(GroupName="g", Description="g")["GroupId"]
    profile = boto3.client("iam").create_instance_profile(InstanceProfileName="recovered")
    network = {
        "DeviceIndex": 0,
        "SubnetId": subnet["SubnetId"],
        "Groups": [group],
        "PrivateIpAddress": address,
    }
    data = {
        "InstanceType": "c5.xlarge",
        "NetworkInterfaces": [network],
        "IamInstanceProfile": {"Name": "recovered"},
    }
    configure(
        world,
        server_id,
        data,
        targetInstanceTypeRightSizingMethod="NONE",
        launchDisposition="STOPPED",
        copyTags=True,
    )
    [instance_id] = world.launched(server_id)
    instance = world.instance(instance_id)
    assert instance["InstanceType"] == "c5.xlarge"
    assert (instance["SubnetId"], instance["PrivateIpAddress"]) == (subnet["SubnetId"], address)
    assert [item["GroupId"] for item in instance["SecurityGroups"]] == [group]
    assert instance["IamInstanceProfile"]["Arn"] == profile["InstanceProfile"]["Arn"]
    assert instance["State"]["Name"] == "stopped"
    assert {"Key": "Tier", "Value": "Web"} in instance["Tags"]
    [found] = world.drs.describe_recovery_instances()["items"]
    assert found["ec2InstanceState"] == "STOPPED"


def test_right_sizing_overrides_the_template(world: World) -> None:
    server_id = world.server(instance_type="r5.large")
    configure(world, server_id, {"InstanceType": "c5.xlarge"})
    [instance_id] = world.launched(server_id)
    assert world.instance(instance_id)["InstanceType"] == "r5.large"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-none"}]}, "subnet-none"),
        ({"IamInstanceProfile": {"Name": "none"}}, "none"),
    ],
)
def test_what_ec2_refuses_fails_the_launch(world: World, data: dict[str, Any], error: str) -> None:
    server_id = world.server()
    configure(world, server_id, data)
    job_id = world.recover(server_id)
    world.clock.shift(4000)
    assert world.statuses(job_id) == ["FAILED"]
    items = world.drs.describe_job_log_items(jobID=job_id)["items"]
    [failed] = [item for item in items if item["event"] == "LAUNCH_FAILED"]
    assert error in failed["eventData"]["rawError"]
    assert not world.backend.ec2.reservations
    assert world.ec2.describe_instances()["Reservations"] == []


def test_a_deleted_template_fails_the_launch(world: World) -> None:
    server_id = world.server()
    template = world.drs.get_launch_configuration(sourceServerID=server_id)
    world.ec2.delete_launch_template(LaunchTemplateId=template["ec2LaunchTemplateID"])
    job_id = world.recover(server_id)
    world.clock.shift(4000)
    assert world.statuses(job_id) == ["FAILED"]


def test_the_template_of_the_start_counts(world: World) -> None:
    server_id = world.server()
    world.drs.update_launch_configuration(
        sourceServerID=server_id, targetInstanceTypeRightSizingMethod="NONE"
    )
    job_id = world.recover(server_id)
    configure(world, server_id, {"InstanceType": "c5.xlarge"})
    world.clock.shift(4000)
    [server] = world.job(job_id)["participatingServers"]
    assert world.instance(server["recoveryInstanceID"])["InstanceType"] == "m5.large"


def test_without_a_template_defaults_launch(world: World) -> None:
    server_id = world.server(with_launch_template=False)
    assert "ec2LaunchTemplateID" not in world.drs.get_launch_configuration(sourceServerID=server_id)
    assert len(world.launched(server_id)) == 1


def test_the_outcome_terminated_leaves_a_terminated_instance(world: World) -> None:
    server_id = world.server()
    world.backend.plan_launch(server_id, Launch("TERMINATED"))
    [instance_id] = world.launched(server_id)
    assert world.instance(instance_id)["State"]["Name"] == "terminated"
    assert world.drs.describe_recovery_instances()["items"] == []


@pytest.mark.parametrize("version", ["$Latest", "$Default", "1"])
def test_ec2_takes_named_versions_as_default(world: World, version: str) -> None:
    server_id = world.server()
    template = world.drs.get_launch_configuration(sourceServerID=server_id)["ec2LaunchTemplateID"]
    world.ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    answer = world.ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion=version)
    expected = 2 if version == "$Latest" else 1
    assert answer["LaunchTemplate"]["DefaultVersionNumber"] == expected


def test_ids_do_not_depend_on_who_reads_when(world: World) -> None:
    """The same seed, with and without early reads, other calls and other draws in between."""

    def run(noise: bool) -> tuple[list[str], str]:
        BackendDict.reset()  # itself draws ids
        mock_random.seed(99)
        backend = world.backend
        ids = [world.server(name) for name in "abc"]
        backend.plan_launch(ids[0], Launch(launch_seconds=200))
        jobs = [world.recover(server_id) for server_id in ids]
        if noise:
            for _ in range(5):
                world.clock.shift(50)
                world.drs.describe_recovery_instances()
                boto3.client("ec2", REGION).describe_instances()
        else:
            world.clock.shift(250)
        world.clock.shift(4000)
        found = [world.job(job)["participatingServers"][0]["recoveryInstanceID"] for job in jobs]
        private = [world.instance(item)["NetworkInterfaces"][0]["MacAddress"] for item in found]
        return [*found, *private], jobs[0]

    assert run(noise=False) == run(noise=True)


def test_a_launch_leaves_the_shared_stream_alone(world: World) -> None:
    world.recover(world.server())
    world.clock.shift(4000)
    before = mock_random.getstate()
    world.backend.settle()
    assert world.backend.effects["EC2.RunInstances"] == 1
    assert mock_random.getstate() == before
