"""apply_launch_config_before_recovery: what of a group's settings reaches which server."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import InvalidRegionError

from tests.trees.support import (
    GROUPS,
    HUB,
    OTHER,
    ROOTS,
    A,
    B,
    C,
    System,
    group,
    opened,
    other_account,
    state,
    wave,
)

DRS_SETTINGS: dict[str, Any] = {
    "copyPrivateIp": True,
    "copyTags": False,
    "licensing": {"osByol": False},
    "targetInstanceTypeRightSizingMethod": "NONE",
    "launchDisposition": "STOPPED",
}


def apply(
    system: System,
    config: dict[str, Any],
    *server_ids: str,
    group: Any = None,
    region: str = "us-east-1",
    context: Any = None,
) -> None:
    """Apply a launch configuration to servers, with a client of the same Lambda."""
    home = system.home("apply_launch_config_before_recovery")
    client = system.world.call(home.function, "create_drs_client", "us-east-1", context)
    more = () if group is None else (group,)
    assert (
        system.world.call(home.function, home.name, client, list(server_ids), config, region, *more)
        is None
    )


def template_of(system: System, server_id: str) -> dict[str, Any]:
    """The launch template of a server: name, number of the default version, versions."""
    template_id = system.drs().servers[server_id].launch_configuration["ec2LaunchTemplateID"]
    template: dict[str, Any] = system.recording().ec2[f"{HUB}/us-east-1"]["launchTemplates"][
        template_id
    ]
    return template


def new_versions(system: System) -> list[Any]:
    """The data of the template versions that were created."""
    return [c.parameters["LaunchTemplateData"] for c in system.calls("ec2.CreateLaunchTemplateV")]


def test_settings_of_drs_and_of_the_template_are_brought_up_to_date(system: System) -> None:
    system.add_servers(A)
    system.add_network()
    apply(
        system,
        {
            **DRS_SETTINGS,
            "instanceType": "m5.xlarge",
            "subnetId": "subnet-11111111",
            "securityGroupIds": ["sg-11111111", "sg-22222222"],
            "staticPrivateIp": "172.31.96.25",
            "instanceProfileName": "web-profile",
        },
        A,
    )
    read, update, create, modify = system.calls("drs.", "ec2.")
    template_id = system.drs().servers[A].launch_configuration["ec2LaunchTemplateID"]
    assert (read.name, read.parameters) == ("drs.GetLaunchConfiguration", {"sourceServerID": A})
    assert update.name == "drs.UpdateLaunchConfiguration"
    assert update.parameters == {"sourceServerID": A, **DRS_SETTINGS}
    data = {
        "InstanceType": "m5.xlarge",
        "NetworkInterfaces": [
            {
                "SubnetId": "subnet-11111111",
                "Groups": ["sg-11111111", "sg-22222222"],
                "PrivateIpAddress": "172.31.96.25",
                "DeviceIndex": 0,
            }
        ],
        "IamInstanceProfile": {"Name": "web-profile"},
    }
    assert create.name == "ec2.CreateLaunchTemplateVersion"
    assert create.parameters == {
        "LaunchTemplateId": template_id,
        "LaunchTemplateData": data,
        "VersionDescription": "DRS Orchestration pre-recovery update",
    }
    assert modify.name == "ec2.ModifyLaunchTemplate"
    assert modify.parameters == {"LaunchTemplateId": template_id, "DefaultVersion": "$Latest"}
    template = template_of(system, A)
    assert (template["default"], len(template["versions"])) == (2, 2)
    assert template["versions"][1]["InstanceType"] == "m5.xlarge"
    settings = system.drs().servers[A].launch_configuration
    assert {key: settings[key] for key in DRS_SETTINGS} == DRS_SETTINGS


def test_whatever_concerns_the_network_is_one_interface(system: System) -> None:
    system.add_servers(A)
    apply(system, {"subnetId": "subnet-1"}, A)
    apply(system, {"securityGroupIds": ["sg-1"]}, A)
    apply(system, {"staticPrivateIp": "10.0.0.9"}, A)
    assert new_versions(system) == [
        {"NetworkInterfaces": [{"SubnetId": "subnet-1", "DeviceIndex": 0}]},
        {"NetworkInterfaces": [{"Groups": ["sg-1"], "DeviceIndex": 0}]},
        {"NetworkInterfaces": [{"PrivateIpAddress": "10.0.0.9", "DeviceIndex": 0}]},
    ]


def test_settings_count_when_present_and_template_fields_when_truthy(system: System) -> None:
    system.add_servers(A)
    for config, names in (
        ({}, []),
        ({"copyTags": None, "somethingElse": 1}, ["drs.UpdateLaunchConfiguration"]),
        ({"copyTags": False}, ["drs.UpdateLaunchConfiguration"]),
        (
            {
                "instanceType": "",
                "subnetId": None,
                "securityGroupIds": [],
                "staticPrivateIp": "",
                "instanceProfileName": "",
            },
            [],
        ),
        (
            {"instanceProfileName": "web"},
            ["ec2.CreateLaunchTemplateVersion", "ec2.ModifyLaunchTemplate"],
        ),
    ):
        before = len(system.names("drs.", "ec2."))
        apply(system, config, A)
        made = system.names("drs.", "ec2.")[before:]
        assert made == ["drs.GetLaunchConfiguration", *names], config


# Overrides.


def with_override(**entry: Any) -> dict[str, Any]:
    return group(
        launchConfig={"instanceType": "m5.large", "copyTags": True},
        servers=[{"sourceServerId": B}, {"sourceServerId": A, **entry}],
    )


def test_a_servers_override(system: System) -> None:
    system.add_servers(A)
    for entry in (
        {"launchTemplate": {"instanceType": "r5.large"}},
        {"useGroupDefaults": True, "launchTemplate": {"instanceType": None, "copyTags": False}},
        {"useGroupDefaults": False, "launchTemplate": {"instanceType": "c5.large"}},
        {"useGroupDefaults": False},
        {},
    ):
        apply(system, {"instanceType": "unused"}, A, group=with_override(**entry))
    made = [call.parameters for call in system.calls("drs.", "ec2.CreateLaunchTemplateVersion")]
    data = [p.get("LaunchTemplateData") or p.get("copyTags", "read") for p in made]
    assert data == [
        "read",
        True,
        {"InstanceType": "r5.large"},
        "read",
        False,
        {"InstanceType": "m5.large"},
        "read",
        {"InstanceType": "c5.large"},
        "read",
        "read",
        True,
        {"InstanceType": "m5.large"},
    ]


def test_without_a_group_its_configuration_is_taken_as_it_is(system: System) -> None:
    system.add_servers(A)
    apply(system, {"instanceType": "m5.2xlarge"}, A)
    apply(system, {"instanceType": "m5.4xlarge"}, A, group={})
    assert new_versions(system) == [
        {"InstanceType": "m5.2xlarge"},
        {"InstanceType": "m5.4xlarge"},
    ]


@pytest.mark.parametrize("side", ["legacy", "refactored"])
def test_without_the_shared_merge_there_are_the_groups_defaults(side: str, tmp_path: Path) -> None:
    shutil.copytree(ROOTS[side], tmp_path / "tree")
    (tmp_path / "tree" / "lambda" / "shared" / "config_merge.py").unlink()
    with ExitStack() as stack:
        system = opened(stack, side, tmp_path / "tree")
        system.add_servers(A)
        override = with_override(launchTemplate={"instanceType": "r5.large"})
        apply(system, {"instanceType": "m5.large"}, A, group=override)
        assert new_versions(system) == [{"InstanceType": "m5.large"}]
        assert system.said("WARNING", "shared.config_merge is not available")


# Servers that are passed over, and failures.


def test_a_server_without_a_template_is_passed_over(system: System) -> None:
    system.add_servers(A, template=False)
    system.add_servers(B)
    apply(system, {"copyTags": True, "instanceType": "m5.large"}, A, B)
    updated = [call.parameters["sourceServerID"] for call in system.calls("drs.UpdateLaunch")]
    assert updated == [B]
    assert len(new_versions(system)) == 1
    assert system.said("WARNING", f"Server {A} has no launch template — skipped")


@pytest.mark.parametrize(
    ("operation", "not_done"),
    [
        ("drs.GetLaunchConfiguration", ("drs.UpdateLaunch", "ec2.")),
        ("drs.UpdateLaunchConfiguration", ("ec2.",)),
        ("ec2.CreateLaunchTemplateVersion", ("ec2.Modify",)),
        ("ec2.ModifyLaunchTemplate", ()),
    ],
)
def test_one_servers_failure_does_not_concern_the_others(
    system: System, operation: str, not_done: tuple[str, ...]
) -> None:
    system.add_servers(A, B, C)
    system.refuse(operation, message="not yours", skip=1, times=1)
    apply(system, {"copyTags": True, "instanceType": "m5.large"}, A, B, C)
    assert len(system.calls("drs.GetLaunchConfiguration")) == 3
    assert [len(system.calls(name)) for name in not_done] == [
        4 if name == "ec2." else 2 for name in not_done
    ]
    [warning] = system.logs("WARNING")
    assert warning.message.startswith(f"⚠️ Launch configuration of {B} not applied: ")
    assert warning.message.endswith("not yours")
    assert template_of(system, C)["default"] == 2


def test_the_ec2_client_is_made_before_any_server_is_looked_at(system: System) -> None:
    system.add_servers(A)
    with pytest.raises(InvalidRegionError):
        apply(system, {"copyTags": True}, A, region="no region")
    assert system.names("drs.") == []


def test_templates_are_changed_with_the_hubs_own_client(system: System) -> None:
    system.trust()
    system.put(GROUPS, group(launchConfig={"copyTags": True, "instanceType": "m5.large"}))
    system.add_servers(A, account=OTHER)
    after = state(wave(A), accountContext=other_account())
    system.call("start_wave_recovery", after, 0)
    accounts = [(call.name, call.account) for call in system.calls("drs.", "ec2.")]
    assert accounts == [
        ("drs.GetLaunchConfiguration", OTHER),
        ("drs.UpdateLaunchConfiguration", OTHER),
        ("ec2.CreateLaunchTemplateVersion", HUB),
        ("drs.StartRecovery", OTHER),
    ]
    assert after["job_id"] in system.drs(OTHER).jobs
