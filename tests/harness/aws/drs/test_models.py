"""Source servers, recovery snapshots, launch configurations and tags."""

from typing import Any

from tests.harness.aws.drs.conftest import ACCOUNT, Refused, World

UNKNOWN = "s-" + "0" * 17


def ids(world: World, **filters: Any) -> list[str]:
    answer = world.drs.describe_source_servers(filters=filters)
    return [item["sourceServerID"] for item in answer["items"]]


def test_source_servers_are_filtered(world: World) -> None:
    plain = world.server("a")
    cloud = world.server("b", aws_instance_id="i-0123456789abcdef0")
    extended = world.server("c", staging_account_id="333333333333", vmware_uuid="uuid")
    assert ids(world) == [plain, cloud, extended]
    assert ids(world, sourceServerIDs=[extended, plain, UNKNOWN]) == [plain, extended]
    assert ids(world, sourceServerIDs=[]) == [plain, cloud, extended]
    assert ids(world, hardwareId="i-0123456789abcdef0") == [cloud]
    assert ids(world, hardwareId="uuid") == [extended]
    mac = world.backend.servers[plain].machine.mac_address
    assert ids(world, hardwareId=mac) == [plain]
    assert ids(world, stagingAccountIDs=["333333333333"]) == [extended]
    assert ids(world, stagingAccountIDs=[ACCOUNT]) == [plain, cloud]


def test_source_servers_come_in_pages(world: World, refused: Refused) -> None:
    expected = [world.server(str(number)) for number in range(5)]
    pages = list(world.drs.get_paginator("describe_source_servers").paginate(maxResults=2))
    assert [item["sourceServerID"] for page in pages for item in page["items"]] == expected
    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    world.backend.page_size = 3
    assert len(world.drs.describe_source_servers()["items"]) == 3
    token = pages[0]["nextToken"]
    other = refused(
        world.drs.describe_source_servers,
        filters={"sourceServerIDs": expected},
        nextToken=token,
    )
    assert other[:2] == ("ValidationException", 400)


def test_recovery_snapshots(world: World, refused: Refused) -> None:
    server_id = world.server(snapshots=3)

    def times(**params: Any) -> list[str]:
        answer = world.drs.describe_recovery_snapshots(sourceServerID=server_id, **params)
        return [item["timestamp"][11:19] for item in answer["items"]]

    assert times() == ["00:00:00", "23:50:00", "23:40:00"]
    assert times(order="ASC") == ["23:40:00", "23:50:00", "00:00:00"]
    assert times(filters={"toDateTime": "2025-12-31T23:50:00Z"}) == ["23:50:00", "23:40:00"]
    assert times(filters={"fromDateTime": "2025-12-31T23:50:00Z"}) == ["00:00:00", "23:50:00"]
    paginator = world.drs.get_paginator("describe_recovery_snapshots")
    pages = paginator.paginate(sourceServerID=server_id, maxResults=2)
    assert [len(page["items"]) for page in pages] == [2, 1]
    unknown = refused(world.drs.describe_recovery_snapshots, sourceServerID=UNKNOWN)
    assert unknown[:2] == ("ValidationException", 400)


def test_an_update_sets_what_is_given(world: World, refused: Refused) -> None:
    server_id = world.server(launch_configuration={"copyTags": True})
    before = world.drs.get_launch_configuration(sourceServerID=server_id)
    updated = world.drs.update_launch_configuration(
        sourceServerID=server_id, copyPrivateIp=True, licensing={"osByol": False}
    )
    after = world.drs.get_launch_configuration(sourceServerID=server_id)
    for answer in (before, updated, after):
        del answer["ResponseMetadata"]
    assert updated == after == {**before, "copyPrivateIp": True, "licensing": {"osByol": False}}
    assert before["copyTags"] is True
    undone = world.drs.update_launch_configuration(sourceServerID=server_id, copyTags=False)
    assert undone["copyTags"] is False
    templates = world.ec2.describe_launch_templates(
        LaunchTemplateIds=[before["ec2LaunchTemplateID"]]
    )["LaunchTemplates"]
    assert len(templates) == 1
    for operation in (world.drs.get_launch_configuration, world.drs.update_launch_configuration):
        answer = refused(operation, sourceServerID=UNKNOWN)
        assert answer[:2] == ("ResourceNotFoundException", 404)
        assert answer[2]["resourceId"] == UNKNOWN


def test_tags_of_every_kind_of_resource(world: World, refused: Refused) -> None:
    drs = world.drs
    world.launched(world.server(tags={"Tier": "Web"}))
    for describe in (
        drs.describe_source_servers,
        drs.describe_jobs,
        drs.describe_recovery_instances,
    ):
        arn = describe()["items"][0]["arn"]
        drs.tag_resource(resourceArn=arn, tags={"Tier": "App", "k": "v"})
        drs.untag_resource(resourceArn=arn, tagKeys=["k", "absent"])
        tags = drs.list_tags_for_resource(resourceArn=arn)["tags"]
        assert (tags["Tier"], "k" in tags) == ("App", False)
        assert describe()["items"][0]["tags"] == tags
    assert refused(drs.tag_resource, resourceArn=arn, tags={"aws:x": "y"})[1] == 400
    many = {f"key{number}": "" for number in range(51)}
    assert refused(drs.tag_resource, resourceArn=arn, tags=many)[0] == "ValidationException"
    absent = f"arn:aws:drs:us-east-1:{ACCOUNT}:source-server/{UNKNOWN}"
    for operation, params in (
        (drs.list_tags_for_resource, {}),
        (drs.tag_resource, {"tags": {"a": "b"}}),
        (drs.untag_resource, {"tagKeys": ["a"]}),
    ):
        assert refused(operation, resourceArn=absent, **params)[1] == 404


def test_ids_and_arns_have_aws_s_shape(world: World) -> None:
    [server] = [world.server()]
    item = world.drs.describe_source_servers()["items"][0]
    assert item["arn"] == f"arn:aws:drs:us-east-1:{ACCOUNT}:source-server/{server}"
    assert len(server) == 19
    assert int(server[2:], 16) >= 0
