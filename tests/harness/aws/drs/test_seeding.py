"""The scenario API: seeding, plans, quotas and the comparable snapshot."""

import json
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from harness.aws.drs import DRSBackend, JobPlan, JobTiming, Launch, Quotas
from tests.harness.aws.drs.conftest import START, Refused, World


def test_a_seeded_account_is_initialized(world: World) -> None:
    assert not world.backend.initialized
    given = "s-" + "a" * 17
    assert world.server(source_server_id=given) == given
    assert world.drs.describe_source_servers()["items"][0]["sourceServerID"] == given


@pytest.mark.parametrize(
    "options",
    [
        {"source_server_id": "s-" + "a" * 17},
        {"replication_state": "FINE"},
        {"launch_configuration": {"copyPrivateIP": True}},
    ],
)
def test_seeding_mistakes_are_loud(world: World, options: dict[str, Any]) -> None:
    world.server(source_server_id="s-" + "a" * 17)
    with pytest.raises(ValueError, match=r"exists already|unknown|not in"):
        world.server(**options)


def test_planning_mistakes_are_loud(world: World) -> None:
    backend = world.backend
    with pytest.raises(KeyError):
        backend.plan_launch("s-unknown", Launch())
    with pytest.raises(ValueError, match="no launch"):
        backend.plan_launch(world.server())
    invalid: list[tuple[Any, dict[str, Any]]] = [
        (Launch, {"outcome": "LOST"}),
        (Launch, {"launch_seconds": -1}),
        (JobTiming, {"end_seconds": -1}),
        (JobPlan, {"servers": "some"}),
        (JobPlan, {"stuck_in": "COMPLETED"}),
        (JobPlan, {"vanishes_after_seconds": -1}),
    ]
    for make, values in invalid:
        with pytest.raises(ValueError, match=r"unknown|negative"):
            make(**values)


def test_planned_launches_are_used_in_order_and_the_last_stays(world: World) -> None:
    server_id = world.server()
    world.backend.plan_launch(server_id, Launch("FAILED"), Launch("LAUNCHED"))
    outcomes = []
    for _ in range(3):
        job_id = world.recover(server_id)
        world.clock.shift(4000)
        outcomes += world.statuses(job_id)
    assert outcomes == ["FAILED", "LAUNCHED", "LAUNCHED"]


def assert_quota(answer: tuple[str, int, dict[str, Any]]) -> None:
    code, status, body = answer
    assert (code, status) == ("ServiceQuotaExceededException", 402)
    assert body["serviceCode"] == "drs"
    assert body["quotaCode"].startswith("L-")
    assert body["resourceType"] == "Job"


def test_job_quotas(world: World, refused: Refused) -> None:
    servers = [world.server(str(number)) for number in range(4)]
    wanted = [{"sourceServerID": server_id} for server_id in servers]
    start = world.drs.start_recovery
    world.backend.quotas = Quotas(servers_per_job=3)
    assert_quota(refused(start, sourceServers=wanted))
    world.backend.quotas = Quotas(concurrent_jobs=1)
    world.recover(servers[0])
    assert_quota(refused(start, sourceServers=wanted[1:]))
    world.backend.quotas = Quotas(servers_in_all_jobs=3)
    assert_quota(refused(start, sourceServers=wanted[1:]))
    world.recover(*servers[1:3])
    world.clock.shift(4000)
    world.recover(*servers[1:])
    world.clock.shift(4000)
    world.backend.quotas = Quotas(concurrent_jobs=0)
    ids = [item["recoveryInstanceID"] for item in world.drs.describe_recovery_instances()["items"]]
    assert_quota(refused(world.drs.terminate_recovery_instances, recoveryInstanceIDs=ids[:1]))


def test_the_documented_quotas_are_the_default() -> None:
    assert Quotas() == Quotas(
        source_servers=4000,
        replicating_servers=300,
        concurrent_jobs=20,
        servers_per_job=100,
        servers_in_all_jobs=500,
    )


def test_server_quotas_hold_when_seeding(world: World) -> None:
    world.backend.quotas = Quotas(replicating_servers=1, source_servers=2)
    world.server()
    with pytest.raises(Exception, match="replicating_servers"):
        world.server()
    world.server(replication_state="DISCONNECTED")
    with pytest.raises(Exception, match="source_servers"):
        world.server(replication_state="DISCONNECTED")


def busy_account(world: World) -> DRSBackend:
    BackendDict.reset()  # itself draws ids
    mock_random.seed(11)
    first, second = world.server("a"), world.server("b", tags={"k": "v"})
    world.backend.plan_next_job(JobPlan(stuck_in="STARTED"))
    world.recover(first, isDrill=True)
    world.drs.update_launch_configuration(sourceServerID=second, copyTags=True)
    world.launched(second)
    return world.backend


def test_the_same_seed_gives_the_same_snapshot(world: World) -> None:
    first = busy_account(world).snapshot()
    world.clock.move_to(START)
    assert busy_account(world).snapshot() == first


def test_the_snapshot_is_plain_json_and_deterministic(world: World) -> None:
    backend = busy_account(world)
    taken = backend.snapshot()
    assert json.loads(json.dumps(taken)) == taken == backend.snapshot()
    assert taken["effects"] == {
        "EC2.RunInstances": 1,
        "StartRecovery": 2,
        "UpdateLaunchConfiguration": 1,
    }
    stuck, done = taken["jobs"]
    assert (stuck["params"]["isDrill"], stuck["endsAt"]) == (True, None)
    assert done["servers"][0]["launch"]["tags"]["k"] == "v"
    assert len(taken["recoveryInstances"]) == 1
    assert set(taken["launchConfigurations"]) == set(taken["sourceServers"])


def test_reads_do_not_show_in_the_snapshot_but_in_calls(world: World) -> None:
    backend = busy_account(world)
    before, calls = backend.snapshot(), backend.calls["DescribeJobs"]
    world.drs.describe_jobs()
    assert backend.snapshot() == before
    assert backend.calls["DescribeJobs"] == calls + 1


def test_snapshots_are_copies(world: World) -> None:
    backend = busy_account(world)
    taken = backend.snapshot()
    for configuration in taken["launchConfigurations"].values():
        configuration["licensing"]["osByol"] = "changed"
    taken["jobs"][0]["params"]["sourceServers"].clear()
    assert backend.snapshot()["jobs"][0]["params"]["sourceServers"]
    assert "changed" not in json.dumps(backend.snapshot())
