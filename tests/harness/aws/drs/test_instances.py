"""Recovery instances: filters, termination, disconnecting and deleting."""

from harness.aws.drs import JobTiming
from tests.harness.aws.drs.conftest import Refused, World

UNKNOWN = "i-" + "0" * 17


def test_filters_and_pages(world: World, refused: Refused) -> None:
    servers = [world.server(name) for name in "abc"]
    ids = world.launched(*servers)
    describe = world.drs.describe_recovery_instances
    by_id = describe(filters={"recoveryInstanceIDs": [ids[1], UNKNOWN]})["items"]
    assert [item["recoveryInstanceID"] for item in by_id] == [ids[1]]
    by_server = describe(filters={"sourceServerIDs": servers[1:]})["items"]
    assert [item["recoveryInstanceID"] for item in by_server] == ids[1:]
    pages = world.drs.get_paginator("describe_recovery_instances").paginate(maxResults=2)
    assert [len(page["items"]) for page in pages] == [2, 1]
    assert refused(describe, nextToken="nonsense")[:2] == ("InternalServerException", 500)


def test_termination_is_a_job(world: World, refused: Refused) -> None:
    server_id = world.server()
    launch_job = world.recover(server_id)
    world.clock.shift(4000)
    [instance_id] = [
        server["recoveryInstanceID"] for server in world.job(launch_job)["participatingServers"]
    ]
    world.backend.job_defaults = JobTiming(10, 20, 100, terminate_seconds=40, end_seconds=5)
    job = world.drs.terminate_recovery_instances(recoveryInstanceIDs=[instance_id])["job"]
    assert (job["type"], job["initiatedBy"]) == ("TERMINATE", "TERMINATE_RECOVERY_INSTANCES")
    assert job["participatingServers"] == [
        {
            "sourceServerID": server_id,
            "recoveryInstanceID": instance_id,
            "launchStatus": "PENDING",
        }
    ]
    again = refused(world.drs.terminate_recovery_instances, recoveryInstanceIDs=[instance_id])
    assert again[:2] == ("ConflictException", 409)
    world.clock.shift(49)
    assert world.statuses(job["jobID"]) == ["IN_PROGRESS"]
    assert world.instance(instance_id)["State"]["Name"] == "running"
    world.clock.shift(1)
    assert world.statuses(job["jobID"]) == ["TERMINATED"]
    assert world.statuses(launch_job) == ["TERMINATED"]
    assert world.instance(instance_id)["State"]["Name"] == "terminated"
    assert world.drs.describe_recovery_instances()["items"] == []
    world.clock.shift(5)
    assert world.job(job["jobID"])["status"] == "COMPLETED"
    assert world.events(job["jobID"]) == ["JOB_START", "CLEANUP_START", "CLEANUP_END", "JOB_END"]
    [server] = world.drs.describe_source_servers()["items"]
    assert "recoveryInstanceId" not in server
    assert server["lifeCycle"]["lastLaunch"]["status"] == "TERMINATED"
    unknown = refused(world.drs.terminate_recovery_instances, recoveryInstanceIDs=[instance_id])
    assert unknown[:2] == ("ConflictException", 409)


def test_a_protected_instance_is_not_terminated(world: World) -> None:
    [instance_id] = world.launched(world.server())
    world.ec2.modify_instance_attribute(
        InstanceId=instance_id, DisableApiTermination={"Value": True}
    )
    job = world.drs.terminate_recovery_instances(recoveryInstanceIDs=[instance_id])["job"]
    world.clock.shift(4000)
    assert world.statuses(job["jobID"]) == ["FAILED"]
    assert "CLEANUP_FAIL" in world.events(job["jobID"])
    assert len(world.drs.describe_recovery_instances()["items"]) == 1


def test_a_new_launch_replaces_the_old_instance(world: World) -> None:
    server_id = world.server()
    [old] = world.launched(server_id)
    job_id = world.recover(server_id)
    world.clock.shift(4000)
    [found] = world.drs.describe_recovery_instances()["items"]
    assert found["recoveryInstanceID"] != old
    assert world.instance(old)["State"]["Name"] == "terminated"
    assert world.events(job_id)[:4] == [
        "JOB_START",
        "CLEANUP_START",
        "CLEANUP_END",
        "SNAPSHOT_START",
    ]


def test_the_ec2_state_is_ec2_s(world: World) -> None:
    [instance_id] = world.launched(world.server())
    world.ec2.terminate_instances(InstanceIds=[instance_id])
    [found] = world.drs.describe_recovery_instances()["items"]
    assert found["ec2InstanceState"] == "TERMINATED"
    world.backend.ec2.reservations.clear()
    [found] = world.drs.describe_recovery_instances()["items"]
    assert found["ec2InstanceState"] == "NOT_FOUND"


def test_disconnect_then_delete(world: World, refused: Refused) -> None:
    drs = world.drs
    [instance_id] = world.launched(world.server())
    early = refused(drs.delete_recovery_instance, recoveryInstanceID=instance_id)
    assert early[:2] == ("ConflictException", 409)
    drs.disconnect_recovery_instance(recoveryInstanceID=instance_id)
    [found] = drs.describe_recovery_instances()["items"]
    assert found["dataReplicationInfo"]["dataReplicationState"] == "DISCONNECTED"
    twice = refused(drs.disconnect_recovery_instance, recoveryInstanceID=instance_id)
    assert twice[0] == "ConflictException"
    drs.delete_recovery_instance(recoveryInstanceID=instance_id)
    assert drs.describe_recovery_instances()["items"] == []
    assert world.instance(instance_id)["State"]["Name"] == "running"
    assert "recoveryInstanceId" not in drs.describe_source_servers()["items"][0]
    gone = refused(drs.disconnect_recovery_instance, recoveryInstanceID=instance_id)
    assert gone[:2] == ("ResourceNotFoundException", 404)
    assert refused(drs.delete_recovery_instance, recoveryInstanceID=UNKNOWN)[1] == 409


def test_a_busy_instance_is_left_alone(world: World, refused: Refused) -> None:
    [instance_id] = world.launched(world.server())
    world.drs.terminate_recovery_instances(recoveryInstanceIDs=[instance_id])
    busy = refused(world.drs.disconnect_recovery_instance, recoveryInstanceID=instance_id)
    assert busy[:2] == ("ConflictException", 409)
