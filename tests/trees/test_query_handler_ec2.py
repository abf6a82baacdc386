"""The query-handler's questions about EC2 and IAM: what a launch configuration can refer to."""

from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import InstanceType, InstanceTypeBackend
from moto.iam.models import iam_backends

from tests.trees.support import HUB, OTHER, System


def ask(system: System, path: str, operation: str, **params: str) -> Any:
    """Ask by route and by operation; both have to answer alike."""
    status, body = system.query_api("GET", path, query=params or None)
    assert status == 200, body
    assert system.query_handler({"operation": operation, **params}) == body
    return body


def test_subnets(system: System) -> None:
    system.add_network()
    ec2 = ec2_backends[HUB]["us-east-1"]
    ec2.create_tags(["subnet-11111111"], {"Name": "recovery"})
    vpc = ec2.create_vpc("10.0.0.0/16")
    own = ec2.create_subnet(vpc.id, "10.0.1.0/24", "us-east-1b")
    body = ask(system, "/ec2/subnets", "get_subnets")
    assert body["count"] == len(body["subnets"]) == 8
    named = next(subnet for subnet in body["subnets"] if subnet["name"])
    assert named["value"] == "subnet-11111111"
    assert named["label"] == "recovery (172.31.96.0/24)"
    assert (named["availabilityZone"], named["availableIps"]) == ("us-east-1a", 251)
    order = [(s["vpcId"], s["availabilityZone"], s["cidrBlock"]) for s in body["subnets"]]
    assert order == sorted(order)
    [only] = ask(system, "/ec2/subnets", "get_subnets", vpcId=vpc.id)["subnets"]
    assert only["label"] == f"{own.id} (10.0.1.0/24)"


def test_security_groups(system: System) -> None:
    system.add_network()
    ec2 = ec2_backends[HUB]["us-east-1"]
    vpc = ec2.create_vpc("10.0.0.0/16")
    own = ec2.create_security_group("own", "of its own", vpc_id=vpc.id)
    groups = ask(system, "/ec2/security-groups", "get_security_groups")["securityGroups"]
    known = {entry["value"]: entry for entry in groups}
    assert known["sg-11111111"]["label"] == "sg-11111111 (sg-11111111)"
    order = [(entry["vpcId"], entry["name"], entry["value"]) for entry in groups]
    assert order == sorted(order)
    body = ask(system, "/ec2/security-groups", "get_security_groups", vpcId=vpc.id)
    assert body["count"] == 2
    assert body["securityGroups"][1] == {
        "value": own.id,
        "label": f"own ({own.id})",
        "name": "own",
        "vpcId": vpc.id,
        "description": "of its own",
    }


def test_instance_profiles(system: System) -> None:
    system.add_network()
    iam = iam_backends[HUB]["aws"]
    role = next(iter(iam.roles.values()))
    iam.create_instance_profile(name="App", path="/", role_names=[role.name], tags=[])
    body = ask(system, "/ec2/instance-profiles", "get_instance_profiles")
    assert body == {
        "instanceProfiles": [
            {
                "value": "App",
                "label": "App",
                "roles": [role.name],
                "usable": True,
                "arn": f"arn:aws:iam::{HUB}:instance-profile/App",
            },
            {
                "value": "web-profile",
                "label": "web-profile",
                "roles": [],
                "usable": False,
                "arn": f"arn:aws:iam::{HUB}:instance-profile/web-profile",
            },
        ],
        "count": 2,
    }


def test_instance_types(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("r7i.large", "m7i.xlarge", "m7i.large", "m7g.large", "m5.large")
    monkeypatch.setattr(InstanceTypeBackend, "instance_types", list(map(InstanceType, names)))
    body = ask(system, "/ec2/instance-types", "get_instance_types")
    assert [entry["value"] for entry in body["instanceTypes"]] == [
        "m7g.large",
        "m7i.large",
        "m7i.xlarge",
        "r7i.large",
    ]
    assert body["count"] == 4
    assert body["instanceTypes"][0] == {
        "value": "m7g.large",
        "label": "m7g.large (2 vCPU, 8 GiB)",
        "vcpus": 2,
        "memoryGiB": 8.0,
        "architectures": ["arm64"],
    }
    body = ask(system, "/ec2/instance-types", "get_instance_types", families="m7i, r7i,")
    assert [entry["value"] for entry in body["instanceTypes"]] == [
        "m7i.large",
        "m7i.xlarge",
        "r7i.large",
    ]
    event = {"operation": "get_instance_types", "families": ["m7g", "t1"]}
    assert [entry["value"] for entry in system.query_handler(event)["instanceTypes"]] == [
        "m7g.large",
    ]


def test_questions_go_to_the_region_and_account_asked_for(system: System) -> None:
    system.trust("DRSOrchestrationRole")
    for operation in ("get_subnets", "get_security_groups", "get_instance_profiles"):
        event = {"operation": operation, "accountId": OTHER, "region": "eu-west-1"}
        assert "statusCode" not in system.query_handler(event)
    calls = [(call.name, call.account) for call in system.calls("ec2.", "iam.")]
    assert calls == [
        ("ec2.DescribeSubnets", OTHER),
        ("ec2.DescribeSecurityGroups", OTHER),
        ("iam.ListInstanceProfiles", OTHER),
    ]
    assert {call.region for call in system.calls("ec2.")} == {"eu-west-1"}


def test_what_ec2_refuses_is_a_500(system: System) -> None:
    system.refuse("ec2.DescribeSubnets", "UnauthorizedOperation", "not yours")
    status, body = system.query_api("GET", "/ec2/subnets")
    assert (status, body["error"]) == (500, "INTERNAL_ERROR")
    assert body["message"].endswith("not yours")
