"""start_wave_recovery: which servers a wave recovers, and what it leaves in state and record."""

from copy import deepcopy
from typing import Any

import pytest

from tests.trees.support import (
    ENDED_WITHOUT_SERVERS,
    EXECUTIONS,
    GROUPS,
    HUB,
    OTHER,
    START,
    A,
    B,
    C,
    System,
    changes,
    execution,
    failed,
    group,
    other_account,
    raised,
    state,
    wave,
    wave_result,
)


def start(system: System, before: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Start a wave; what it changed in the state."""
    after = deepcopy(before)
    assert system.call("start_wave_recovery", after, number) is None
    return changes(before, after)


def test_one_job_recovers_all_servers_of_the_wave(moved: System) -> None:
    moved.put(GROUPS, group())
    moved.put(EXECUTIONS, execution(extra="kept"))
    moved.add_servers(A, B)
    changed = start(moved, state(wave(A, B), current_wave_total_wait_time=90))
    [call] = moved.calls("drs.")
    assert call.name == "drs.StartRecovery"
    assert call.parameters == {
        "isDrill": True,
        "sourceServers": [{"sourceServerID": A}, {"sourceServerID": B}],
    }
    [job_id] = moved.drs().jobs
    result = wave_result(0, job_id, A, B)
    assert result["serverStatuses"] == [
        {
            "sourceServerId": server_id,
            "serverName": server_id,
            "hostname": "",
            "launchStatus": "PENDING",
            "instanceId": "",
            "privateIp": "",
            "instanceType": "",
            "launchTime": 0,
        }
        for server_id in (A, B)
    ]
    assert changed == {
        "job_id": job_id,
        "region": "us-east-1",
        "server_ids": [A, B],
        "current_wave_total_wait_time": 0,
        "wave_results": [result],
    }
    assert moved.record() == execution(
        "POLLING", waves=[result], drsJobId=job_id, drsRegion="us-east-1", extra="kept"
    )


def test_a_later_wave_goes_into_its_own_place(moved: System) -> None:
    moved.put(GROUPS, group())
    moved.put(EXECUTIONS, execution(waves=[{"waveName": "first"}, {"waveName": "second"}]))
    moved.add_servers(B)
    earlier = {"waveNumber": 0, "status": "COMPLETED"}
    before = state(wave(A), wave(B, waveName="Db"), wave_completed=True, wave_results=[earlier])
    changed = start(moved, before, 1)
    assert changed["current_wave_number"] == 1
    assert changed["wave_completed"] is False
    assert changed["wave_results"][0] == earlier
    assert changed["wave_results"][1]["waveNumber"] == 1
    assert changed["wave_results"][1]["waveName"] == "Db"
    assert moved.record()["waves"] == [{"waveName": "first"}, changed["wave_results"][1]]


def test_a_wave_without_a_name_is_called_by_its_number(system: System) -> None:
    system.put(GROUPS, group())
    system.add_servers(B)
    nameless = {"protectionGroupId": "pg-1", "serverIds": [B]}
    changed = start(system, state(wave(A), nameless), 1)
    assert changed["wave_results"][0]["waveName"] == "Wave 2"


def test_drill_or_recovery_is_what_the_state_says(system: System) -> None:
    system.put(GROUPS, group())
    system.add_servers(A, B)
    start(system, state(wave(A), is_drill=True))
    start(system, state(wave(B), is_drill=False))
    assert [call.parameters["isDrill"] for call in system.calls("drs.Start")] == [True, False]


def test_a_wave_without_a_group_fails(system: System) -> None:
    for missing in ({}, {"protectionGroupId": None}, {"protectionGroupId": ""}):
        changed = start(system, state({"waveName": "Web", "serverIds": [A], **missing}))
        assert changed == failed("No protectionGroupId in wave")
    assert system.names("drs.", "dynamodb.") == []


def test_a_group_that_is_not_there_fails_the_wave(system: System) -> None:
    changed = start(system, state(wave(A, group="pg-lost")))
    assert changed == failed("Protection Group pg-lost not found")
    assert system.names("drs.", "dynamodb.") == ["dynamodb.GetItem"]


@pytest.mark.parametrize(("named", "used"), [("eu-west-1", "eu-west-1"), (None, "us-east-1")])
def test_the_region_is_the_groups_or_the_default(
    system: System, named: str | None, used: str
) -> None:
    system.put(GROUPS, {"groupId": "pg-1", **({"region": named} if named else {})})
    system.put(EXECUTIONS, execution())
    system.add_servers(A, region=used)
    changed = start(system, state(wave(A)))
    [call] = system.calls("drs.")
    assert call.region == changed["region"] == changed["wave_results"][0]["region"] == used
    assert system.record()["drsRegion"] == used


# Which servers.


def test_tags_of_the_group_win_over_the_waves_own_servers(system: System) -> None:
    system.put(GROUPS, group(serverSelectionTags={"Tier": "web"}))
    system.add_servers(A, C, tags={"Tier": "Web"})
    system.add_servers(B, tags={"Tier": "db"})
    changed = start(system, state(wave(B)))
    assert changed["server_ids"] == [A, C]
    assert system.names("drs.") == ["drs.DescribeSourceServers", "drs.StartRecovery"]


@pytest.mark.parametrize(
    ("tags", "wave_"),
    [({"Tier": "mainframe"}, wave(A)), ({}, wave()), ({}, {"protectionGroupId": "pg-1"})],
    ids=["no server has the tags", "no server named", "no key"],
)
def test_a_wave_without_servers_is_over_and_nothing_else(
    system: System, tags: dict[str, str], wave_: dict[str, Any]
) -> None:
    system.put(GROUPS, group(serverSelectionTags=tags, launchConfig={"copyTags": True}))
    system.put(EXECUTIONS, execution())
    system.add_servers(A, tags={"Tier": "web"})
    assert start(system, state(wave_)) == ENDED_WITHOUT_SERVERS
    assert "drs.StartRecovery" not in system.names("drs.")
    assert system.record() == execution()


def test_a_failed_tag_query_fails_the_wave(moved: System) -> None:
    moved.put(GROUPS, group(serverSelectionTags={"Tier": "web"}))
    moved.refuse("drs.DescribeSourceServers", message="not authorized")
    changed = start(moved, state(wave(A)))
    assert changed == failed(
        "An error occurred (AccessDeniedException) when calling the DescribeSourceServers "
        "operation: not authorized"
    )
    [query, wave_] = moved.logs("ERROR")
    assert query.message.startswith("Querying DRS servers by tags in us-east-1 failed: ")
    assert wave_.message.startswith("❌ Starting wave 0 of execution-1 failed: An error occurred")
    assert (query.exception, raised(wave_)) == (None, "AccessDeniedException")


# Whose servers.


def test_servers_of_another_account(moved: System) -> None:
    moved.trust()
    moved.put(GROUPS, group())
    for number, contexts in enumerate(
        (
            {"accountContext": other_account()},
            {"accountContext": {}, "account_context": other_account()},
            {"accountContext": None, "account_context": other_account()},
            {"accountContext": other_account(), "account_context": {"accountId": HUB}},
        )
    ):
        server_id = f"s-{number:017d}"
        moved.add_servers(server_id, account=OTHER)
        changed = start(moved, state(wave(server_id), **contexts))
        assert changed["job_id"] in moved.drs(OTHER).jobs, contexts
    calls = [(call.name, call.account) for call in moved.calls("drs.", "sts.")]
    assert calls == [("sts.AssumeRole", HUB), ("drs.StartRecovery", OTHER)] * 4
    assert moved.calls("sts.")[0].parameters == {
        "RoleArn": f"arn:aws:iam::{OTHER}:role/recovery",
        "RoleSessionName": f"drs-orchestration-{START}",
    }


def test_tags_in_another_account_assume_the_role_twice(moved: System) -> None:
    moved.trust(external_id="secret")
    moved.put(GROUPS, group(serverSelectionTags={"Tier": "web"}))
    moved.add_servers(A, account=OTHER, tags={"Tier": "web"})
    changed = start(moved, state(wave(), accountContext=other_account(externalId="secret")))
    assert changed["server_ids"] == [A]
    assert moved.names("sts.", "drs.") == [
        "sts.AssumeRole",
        "drs.DescribeSourceServers",
        "sts.AssumeRole",
        "drs.StartRecovery",
    ]
    assert [call.parameters["ExternalId"] for call in moved.calls("sts.")] == ["secret"] * 2


def test_a_context_that_is_incomplete_fails_the_wave(system: System) -> None:
    system.put(GROUPS, group())
    changed = start(system, state(wave(A), accountContext=other_account(assumeRoleName=None)))
    assert changed == failed(
        "Cross-account operation requires accountId and assumeRoleName, got "
        f"accountId='{OTHER}', assumeRoleName=None"
    )


def test_a_role_that_cannot_be_assumed_fails_the_wave_with_advice(system: System) -> None:
    system.trust(external_id="secret")
    system.put(GROUPS, group())
    changed = start(system, state(wave(A), accountContext=other_account(externalId="guess")))
    assert changed["status"] == "failed"
    assert changed["error"].startswith(
        f"Failed to assume role arn:aws:iam::{OTHER}:role/recovery in account {OTHER}: "
    )
    assert changed["error"].endswith("that the externalId of the target account is right.")


# Launch configuration.


def test_the_launch_configuration_is_applied_before_the_recovery(system: System) -> None:
    system.put(GROUPS, group(launchConfig={"copyTags": True}))
    system.add_servers(A)
    start(system, state(wave(A)))
    assert system.names("drs.") == [
        "drs.GetLaunchConfiguration",
        "drs.UpdateLaunchConfiguration",
        "drs.StartRecovery",
    ]


def test_the_groups_servers_override_its_launch_configuration(system: System) -> None:
    override = {"sourceServerId": A, "launchTemplate": {"copyTags": False}}
    system.put(GROUPS, group(launchConfig={"copyTags": True}, servers=[override]))
    system.add_servers(A, B)
    start(system, state(wave(A, B)))
    updates = [call.parameters["copyTags"] for call in system.calls("drs.UpdateLaunch")]
    assert updates == [False, True]


def test_overrides_alone_are_not_looked_at(system: System) -> None:
    system.add_servers(A, B)
    for server_id, config in ((A, {}), (B, None)):
        override = {"sourceServerId": server_id, "launchTemplate": {"copyTags": False}}
        system.put(GROUPS, group(launchConfig=config, servers=[override]))
        start(system, state(wave(server_id)))
    assert system.names("drs.") == ["drs.StartRecovery"] * 2


def test_a_launch_configuration_that_fails_does_not_stop_the_wave(system: System) -> None:
    system.put(GROUPS, group(launchConfig={"copyTags": True}))
    system.add_servers(A)
    system.refuse("drs.GetLaunchConfiguration")
    assert start(system, state(wave(A)))["server_ids"] == [A]
