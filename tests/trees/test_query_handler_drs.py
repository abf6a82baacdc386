"""The query-handler's questions about DRS: servers, launch configurations, tags."""

from typing import Any

from tests.trees.support import (
    ACCOUNTS,
    GROUPS,
    HUB,
    OTHER,
    PLANS,
    START,
    A,
    B,
    C,
    System,
    group,
    other_account,
    plan,
    wave,
)


def get(system: System, path: str, **query: str) -> Any:
    status, body = system.query_api("GET", path, query=query or None)
    assert status == 200, body
    return body


def refused(system: System, path: str, status: int, code: str, **query: str) -> None:
    answer, body = system.query_api("GET", path, query=query or None)
    assert (answer, body["error"]) == (status, code)


# Source servers.


def test_source_servers_with_the_groups_that_name_them(system: System) -> None:
    drs = system.drs()
    drs.add_source_server(
        A, hostname="Web", tags={"Tier": "web"}, private_ip="10.0.0.1", aws_instance_id="i-1"
    )
    drs.add_source_server(B, hostname="app", replication_state="BACKLOG")
    drs.add_source_server(C, hostname="zoo", replication_state="DISCONNECTED")
    system.put(
        GROUPS,
        group(groupName="Web servers", servers=[{"sourceServerId": A}, {"x": 1}]),
        group("pg-2", region="eu-west-1", servers=[{"sourceServerId": B}]),
    )
    body = get(system, "/drs/source-servers")
    app, web, zoo = body["servers"]
    assert (body["totalCount"], body["readyCount"]) == (3, 1)
    assert (body["region"], body["accountId"]) == ("us-east-1", HUB)
    assert web == {
        "sourceServerID": A,
        "arn": drs.servers[A].arn,
        "hostname": "Web",
        "fqdn": "Web",
        "awsInstanceId": "i-1",
        "os": "Amazon Linux 2023",
        "ipAddress": "10.0.0.1",
        "cpuCores": 2,
        "ramBytes": 8 * 1024**3,
        "disks": [{"deviceName": "/dev/sda1", "bytes": 8 * 1024**3}],
        "replicationState": "CONTINUOUS",
        "state": "READY",
        "lagDuration": "PT0S",
        "lastLaunchResult": "NOT_STARTED",
        "tags": {"Tier": "web"},
        "assignedToProtectionGroup": {"groupId": "pg-1", "groupName": "Web servers"},
        "selectable": False,
    }
    assert (app["state"], app["assignedToProtectionGroup"], app["selectable"]) == (
        "SYNCING",
        None,
        True,
    )
    assert (zoo["state"], zoo["lagDuration"]) == ("ERROR", "")


def test_only_servers_that_can_be_chosen(system: System) -> None:
    system.add_servers(A, B, C)
    system.put(
        GROUPS,
        group(servers=[{"sourceServerId": A}]),
        group("pg-2", servers=[{"sourceServerId": B}]),
    )
    body = get(system, "/drs/source-servers", unassignedOnly="TRUE", currentGroupId="pg-1")
    assert [server["sourceServerID"] for server in body["servers"]] == [A, C]
    assert [server["selectable"] for server in body["servers"]] == [True, True]
    body = get(system, "/drs/source-servers", unassignedOnly="true")
    assert [server["sourceServerID"] for server in body["servers"]] == [C]
    body = system.query_handler({"operation": "get_drs_source_servers"})
    assert body["totalCount"] == 3


def test_an_account_without_drs_has_no_servers(system: System) -> None:
    assert get(system, "/drs/source-servers")["servers"] == []
    assert system.said("WARNING", "DRS is not initialised here")


def test_servers_of_another_account(system: System) -> None:
    system.trust("DRSOrchestrationRole")
    system.trust("recovery", external_id="secret")
    system.add_servers(A, account=OTHER, region="eu-west-1")
    event = {"operation": "get_drs_source_servers", "region": "eu-west-1"}
    context = other_account(externalId="secret")
    assert system.query_handler({**event, "accountContext": context})["totalCount"] == 1
    assert get(system, "/drs/source-servers", region="eu-west-1", accountId=OTHER) == (
        system.query_handler({**event, "accountId": OTHER})
    )
    system.put(ACCOUNTS, {"accountId": OTHER, "assumeRoleName": "recovery", "externalId": "secret"})
    assert system.query_handler({**event, "accountId": OTHER})["accountId"] == OTHER
    roles = [call.parameters["RoleArn"] for call in system.calls("sts.AssumeRole")]
    assert [role.partition("/")[2] for role in roles] == [
        "recovery",
        "DRSOrchestrationRole",
        "DRSOrchestrationRole",
        "recovery",
    ]


# The inventory.


def test_the_inventory_of_several_regions(system: System) -> None:
    system.add_servers(A)
    system.add_servers(B, C, region="eu-west-1")
    system.drs(region="eu-west-1").servers[C].replication_state = "PAUSED"
    body = get(system, "/drs/inventory", regions="us-east-1, eu-west-1,mars-1,us-west-2")
    first, second, third, fourth = body["regions"]
    assert (body["totalCount"], body["accountId"], body["generatedAt"]) == (3, HUB, START)
    assert (first["region"], first["count"], first["states"]) == ("us-east-1", 1, {"READY": 1})
    assert (second["count"], second["states"]) == (2, {"READY": 1, "PAUSED": 1})
    assert third == {
        "region": "mars-1",
        "servers": [],
        "count": 0,
        "error": "DRS is not offered in region 'mars-1'",
    }
    assert fourth == {"region": "us-west-2", "servers": [], "count": 0, "states": {}}
    event = {"operation": "get_source_server_inventory", "regions": ["eu-west-1"]}
    assert system.query_handler(event)["totalCount"] == 2
    assert [r["region"] for r in get(system, "/drs/inventory")["regions"]] == ["us-east-1"]


# Launch configurations.


def test_the_launch_configuration_of_a_server(system: System) -> None:
    system.add_servers(A)
    system.put(
        GROUPS,
        group(
            launchConfig={"instanceType": "m5.xlarge", "copyTags": True},
            servers=[{"sourceServerId": A, "launchTemplate": {"copyTags": False}}],
        ),
    )
    template = system.drs().servers[A].launch_configuration["ec2LaunchTemplateID"]
    path = f"/drs/source-servers/{A}/launch-config"
    body = get(system, path)
    assert body == {
        "sourceServerID": A,
        "region": "us-east-1",
        "effectiveConfiguration": None,
        "launchConfiguration": {
            "name": A,
            "copyPrivateIp": False,
            "copyTags": False,
            "licensing": {"osByol": True},
            "targetInstanceTypeRightSizingMethod": "BASIC",
            "launchDisposition": "STARTED",
            "ec2LaunchTemplateID": template,
        },
        "launchTemplate": {
            "launchTemplateId": template,
            "versionNumber": 1,
            "instanceType": "m5.large",
            "subnetId": None,
            "securityGroupIds": [],
            "staticPrivateIp": None,
            "instanceProfileName": None,
        },
    }
    effective = {"instanceType": "m5.xlarge", "copyTags": False}
    event = {"operation": "get_server_launch_config", "serverId": A, "groupId": "pg-1"}
    assert system.query_handler(event) == body | {"effectiveConfiguration": effective}
    refused(system, path, 404, "GROUP_NOT_FOUND", groupId="pg-9")


def test_what_a_wave_applied_can_be_read_back(system: System) -> None:
    system.add_servers(A)
    system.add_network()
    config = {
        "instanceType": "m5.xlarge",
        "subnetId": "subnet-11111111",
        "securityGroupIds": ["sg-11111111"],
        "staticPrivateIp": "172.31.96.25",
        "instanceProfileName": "web-profile",
    }
    system.put(GROUPS, group(launchConfig=config))
    event = {"action": "begin", "execution": "e", "plan": plan(wave(A))}
    assert system.orchestration(event)["server_ids"] == [A]
    template = get(system, f"/drs/source-servers/{A}/launch-config")["launchTemplate"]
    assert {key: template[key] for key in config} == config
    assert template["versionNumber"] == 2


def test_a_server_without_template_and_one_that_is_not_there(system: System) -> None:
    system.add_servers(A, template=False)
    assert get(system, f"/drs/source-servers/{A}/launch-config")["launchTemplate"] is None
    refused(system, f"/drs/source-servers/{B}/launch-config", 404, "SERVER_NOT_FOUND")
    system.refuse("drs.GetLaunchConfiguration")
    refused(system, f"/drs/source-servers/{A}/launch-config", 500, "INTERNAL_ERROR")


def test_a_template_that_is_gone_is_none(system: System) -> None:
    system.add_servers(A)
    system.refuse("ec2.DescribeLaunchTemplateVersions")
    assert get(system, f"/drs/source-servers/{A}/launch-config")["launchTemplate"] is None
    assert system.said("WARNING", "Launch template lt-")


# Tags.


def validate(system: System, **body: Any) -> tuple[int, Any]:
    return system.query_api("POST", "/drs/validate-tags", body)


def test_tags_are_shown_with_the_servers_that_they_find(system: System) -> None:
    system.add_servers(A, B, tags={"Tier": "Web"}, hostname="web")
    system.add_servers(C, tags={"Tier": "web"})
    system.drs().servers[C].replication_state = "DISCONNECTED"
    system.put(GROUPS, group(groupName="Web", servers=[{"sourceServerId": B}]))
    status, body = validate(system, tags={" Tier": "WEB "})
    assert status == 200
    assert (body["matchCount"], body["valid"], body["tags"]) == (2, True, {" Tier": "WEB "})
    assert body["warnings"] == ["1 server(s) belong to a protection group already"]
    assert body["servers"][0] == {
        "sourceServerID": A,
        "hostname": "web",
        "arn": system.drs().servers[A].arn,
        "tags": {"Tier": "Web"},
        "replicationState": "CONTINUOUS",
        "lastLaunchResult": "NOT_STARTED",
        "assignedToProtectionGroup": None,
    }
    assert body["servers"][1]["assignedToProtectionGroup"] == {
        "groupId": "pg-1",
        "groupName": "Web",
    }
    event = {"operation": "validate_tags", "tags": {"Tier": "web"}}
    assert system.query_handler(event)["matchCount"] == 2


def test_errors_of_drs_are_no_servers_while_somebody_types(system: System) -> None:
    """It is the function of shared.conflict_detection, which hides what its namesake raises."""
    system.add_servers(A, tags={"Tier": "web"})
    system.refuse("drs.DescribeSourceServers")
    status, body = validate(system, tags={"Tier": "web"})
    assert (status, body["valid"]) == (200, False)
    assert body["warnings"] == ["No server carries all of these tags"]


def test_more_servers_than_a_job_takes(system: System) -> None:
    system.add_servers(*(f"s-{number:017d}" for number in range(101)), tags={"Tier": "web"})
    body = validate(system, tags={"Tier": "web"})[1]
    assert (body["matchCount"], body["valid"]) == (101, False)
    assert body["warnings"] == ["101 servers do not fit into one DRS job (100)"]


def test_tags_that_are_not_valid(system: System) -> None:
    for tags in (None, {}, [], "Tier=web", {" ": "x"}):
        status, body = validate(system, tags=tags)
        assert (status, body["error"]) == (400, "INVALID_TAGS"), tags
    status, body = system.query_api("POST", "/drs/validate-tags", "{")
    assert (status, body["error"]) == (400, "INVALID_JSON")


# The servers of a plan.


def test_the_servers_of_a_plan_as_its_tags_resolve_now(system: System) -> None:
    system.add_servers(A, B, tags={"Tier": "web"})
    system.put(GROUPS, group(), group("pg-tags", serverSelectionTags={"Tier": "web"}))
    nameless = {"protectionGroupId": "pg-tags"}
    system.put(PLANS, plan(wave(C, waveNumber=7), nameless, {"serverIds": [C]}))
    body = get(system, "/plans/plan-1/servers")
    named, by_tags, lost = body["waves"]
    assert (body["planName"], body["totalServers"]) == ("Payroll", 4)
    assert named == {
        "waveNumber": 7,
        "waveName": "Web",
        "protectionGroupId": "pg-1",
        "region": "us-east-1",
        "resolvedBy": "serverIds",
        "serverIds": [C],
        "serverCount": 1,
    }
    assert by_tags == {
        "waveNumber": 1,
        "waveName": "Wave 2",
        "protectionGroupId": "pg-tags",
        "region": "us-east-1",
        "resolvedBy": "tags",
        "serverIds": [A, B],
        "serverCount": 2,
    }
    assert (lost["protectionGroupId"], lost["serverIds"]) == (None, [C])
    event = {"operation": "preview_plan_servers", "planId": "plan-1"}
    assert system.query_handler(event) == body
    refused(system, "/plans/plan-9/servers", 404, "PLAN_NOT_FOUND")


def test_the_servers_of_a_plan_are_looked_for_in_the_groups_account(system: System) -> None:
    system.trust("DRSOrchestrationRole")
    system.add_servers(A, account=OTHER, tags={"Tier": "web"})
    system.put(GROUPS, group(accountId=OTHER, serverSelectionTags={"Tier": "web"}))
    system.put(PLANS, plan(wave()))
    assert get(system, "/plans/plan-1/servers")["waves"][0]["serverIds"] == [A]
    assert get(system, "/plans/plan-1/servers", accountId=HUB)["totalServers"] == 0
