"""Jobs: states from elapsed time, log items, filters, pages, conflicts and odd plans."""

from typing import Any

import pytest

from harness.aws.drs import JobPlan, JobTiming, Launch
from tests.harness.aws.drs.conftest import Refused, World

TIMING = JobTiming(
    job_pending_seconds=10,
    server_pending_seconds=20,
    launch_seconds=100,
    terminate_seconds=40,
    end_seconds=5,
)


@pytest.mark.parametrize(
    ("elapsed", "job", "server"),
    [
        (0, "PENDING", "PENDING"),
        (9.9, "PENDING", "PENDING"),
        (10, "STARTED", "PENDING"),
        (29.9, "STARTED", "PENDING"),
        (30, "STARTED", "IN_PROGRESS"),
        (129.9, "STARTED", "IN_PROGRESS"),
        (130, "STARTED", "LAUNCHED"),
        (134.9, "STARTED", "LAUNCHED"),
        (135, "COMPLETED", "LAUNCHED"),
    ],
)
def test_states_come_from_elapsed_time(world: World, elapsed: float, job: str, server: str) -> None:
    world.backend.job_defaults = TIMING
    job_id = world.recover(world.server())
    world.clock.shift(elapsed)
    for _ in range(3):
        found = world.job(job_id)
        assert (found["status"], world.statuses(job_id)) == (job, [server])
        assert ("endDateTime" in found) == (job == "COMPLETED")


def test_one_late_poll_sees_what_many_would_have(world: World) -> None:
    world.backend.job_defaults = TIMING
    job_id = world.recover(world.server())
    world.clock.shift(5000)
    items = world.drs.describe_job_log_items(jobID=job_id)["items"]
    assert [(item["logDateTime"][14:19], item["event"]) for item in items] == [
        ("00:10", "JOB_START"),
        ("00:30", "SNAPSHOT_START"),
        ("00:55", "SNAPSHOT_END"),
        ("00:55", "CONVERSION_START"),
        ("01:45", "CONVERSION_END"),
        ("01:45", "LAUNCH_START"),
        ("02:15", "JOB_END"),
    ]
    assert world.job(job_id)["endDateTime"] == "2026-01-01T00:02:15.000000Z"
    assert items[3]["eventData"]["conversionServerID"].startswith("i-")
    launched = world.job(job_id)["participatingServers"][0]["recoveryInstanceID"]
    assert items[5]["eventData"]["targetInstanceID"] == launched


def test_the_log_grows_with_time(world: World) -> None:
    world.backend.job_defaults = TIMING
    job_id = world.recover(world.server())
    assert world.events(job_id) == []
    world.clock.shift(60)
    assert world.events(job_id)[-1] == "CONVERSION_START"
    data = world.drs.describe_job_log_items(jobID=job_id)["items"][-1]["eventData"]
    assert "targetInstanceID" not in data


def test_each_server_has_its_own_outcome(world: World) -> None:
    ids = [world.server(name) for name in ("a", "b", "c")]
    world.backend.plan_launch(ids[1], Launch("FAILED", launch_seconds=1, error="no capacity"))
    world.backend.plan_launch(ids[2], Launch("TERMINATED"))
    job_id = world.recover(*ids)
    world.clock.shift(40)
    assert world.statuses(job_id) == ["IN_PROGRESS", "FAILED", "IN_PROGRESS"]
    world.clock.shift(4000)
    assert world.statuses(job_id) == ["LAUNCHED", "FAILED", "TERMINATED"]
    items = world.drs.describe_job_log_items(jobID=job_id)["items"]
    times = [item["logDateTime"] for item in items]
    assert times == sorted(times)
    [failed] = [item for item in items if item["event"] == "LAUNCH_FAILED"]
    assert failed["eventData"] == {"sourceServerID": ids[1], "rawError": "no capacity"}
    results = [item["lastLaunchResult"] for item in world.drs.describe_source_servers()["items"]]
    assert results == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    [only] = world.drs.describe_recovery_instances()["items"]
    assert only["sourceServerID"] == ids[0]


def test_drills_and_recoveries_differ(world: World) -> None:
    first, second = world.server("a"), world.server("b")
    drill = world.job(world.recover(first, isDrill=True, tags={"k": "v"}))
    recovery = world.job(world.recover(second))
    assert (drill["initiatedBy"], drill["type"], drill["tags"]) == (
        "START_DRILL",
        "LAUNCH",
        {"k": "v"},
    )
    assert recovery["initiatedBy"] == "START_RECOVERY"
    servers = world.drs.describe_source_servers()["items"]
    kinds = [item["lifeCycle"]["lastLaunch"]["initiated"]["type"] for item in servers]
    assert kinds == ["DRILL", "RECOVERY"]


def test_a_named_snapshot_needs_no_new_one(world: World) -> None:
    server_id = world.server(snapshots=2)
    points = world.drs.describe_recovery_snapshots(sourceServerID=server_id)["items"]
    wanted = {"sourceServerID": server_id, "recoverySnapshotID": points[1]["snapshotID"]}
    job_id = world.drs.start_recovery(sourceServers=[wanted])["job"]["jobID"]
    world.clock.shift(4000)
    assert "SNAPSHOT_START" not in world.events(job_id)
    [instance] = world.drs.describe_recovery_instances()["items"]
    assert instance["pointInTimeSnapshotDateTime"] == points[1]["timestamp"]


def test_newest_first_with_filters_and_pages(world: World) -> None:
    job_ids = []
    for name in "abcde":
        job_ids.append(world.recover(world.server(name)))
        world.clock.shift(60)
    newest_first = job_ids[::-1]

    def listed(**params: Any) -> list[str]:
        pages = world.drs.get_paginator("describe_jobs").paginate(**params)
        return [item["jobID"] for page in pages for item in page["items"]]

    assert listed() == newest_first
    assert listed(maxResults=2) == newest_first
    assert listed(filters={"jobIDs": job_ids[:2]}) == job_ids[1::-1]
    assert listed(filters={"fromDate": "2026-01-01T00:02:00Z"}) == newest_first[:3]
    assert listed(filters={"toDate": "2026-01-01T00:02:00Z"}) == newest_first[2:]
    first = world.drs.describe_jobs(maxResults=2)
    world.recover(world.server("f"))
    second = world.drs.describe_jobs(maxResults=2, nextToken=first["nextToken"])
    assert [item["jobID"] for item in second["items"]] == newest_first[2:4]


def test_jobs_of_the_same_moment_keep_an_order(world: World) -> None:
    job_ids = [world.recover(world.server(name)) for name in "abc"]
    found = [item["jobID"] for item in world.drs.describe_jobs()["items"]]
    assert found == job_ids[::-1]


def test_log_pages_and_a_bad_token(world: World, refused: Refused) -> None:
    job_id = world.recover(world.server())
    world.clock.shift(4000)
    pages = world.drs.get_paginator("describe_job_log_items").paginate(jobID=job_id, maxResults=3)
    sizes = [len(page["items"]) for page in pages]
    assert sizes == [3, 3, 1]
    token = world.drs.describe_job_log_items(jobID=job_id, maxResults=3)["nextToken"]
    for bad in ("nonsense", "!", "W10="):
        answer = refused(world.drs.describe_job_log_items, jobID=job_id, nextToken=bad)
        assert answer[:2] == ("ValidationException", 400)
    assert refused(world.drs.describe_jobs, nextToken=token)[0] == "ValidationException"
    unknown = "drsjob-" + "0" * 17
    assert refused(world.drs.describe_job_log_items, jobID=unknown)[0] == "ValidationException"


def test_a_server_in_an_active_job_conflicts(world: World, refused: Refused) -> None:
    first, second = world.server("a"), world.server("b")
    world.backend.job_defaults = TIMING
    world.recover(first)
    both = [{"sourceServerID": second}, {"sourceServerID": first}]
    code, status, answer = refused(world.drs.start_recovery, sourceServers=both)
    assert (code, status) == ("ConflictException", 409)
    assert answer["resourceId"] == first
    assert answer["resourceType"] == "SourceServer"
    world.clock.shift(135)
    world.recover(first, second)


@pytest.mark.parametrize(
    "servers",
    [
        [{"sourceServerID": "s-" + "0" * 17}],
        [{"sourceServerID": "known", "recoverySnapshotID": "pit-" + "0" * 17}],
        [{"sourceServerID": "known"}, {"sourceServerID": "known"}],
    ],
)
def test_conflicts_change_nothing(
    world: World, refused: Refused, servers: list[dict[str, str]]
) -> None:
    known = world.server()
    before = world.backend.snapshot()
    wanted = [
        {**item, "sourceServerID": item["sourceServerID"].replace("known", known)}
        for item in servers
    ]
    answer = refused(world.drs.start_recovery, sourceServers=wanted)
    assert answer[:2] == ("ConflictException", 409)
    assert world.backend.snapshot() == before


def test_hidden_servers_launch_unseen(world: World) -> None:
    world.backend.plan_next_job(JobPlan(servers="hidden"))
    job_id = world.recover(world.server())
    assert world.statuses(job_id) == []
    world.clock.shift(4000)
    assert (world.job(job_id)["status"], world.statuses(job_id)) == ("COMPLETED", [])
    assert len(world.drs.describe_recovery_instances()["items"]) == 1


def test_a_job_that_completes_with_none(world: World) -> None:
    world.backend.plan_next_job(JobPlan(servers="none"))
    job_id = world.recover(world.server())
    world.clock.shift(60)
    assert world.statuses(job_id) == ["PENDING"]
    world.clock.shift(4000)
    assert (world.job(job_id)["status"], world.statuses(job_id)) == ("COMPLETED", [])
    assert world.drs.describe_recovery_instances()["items"] == []
    assert world.events(job_id) == ["JOB_START", "SERVER_SKIPPED", "JOB_END"]


@pytest.mark.parametrize(
    ("state", "server", "events"),
    [("PENDING", "PENDING", []), ("STARTED", "IN_PROGRESS", ["JOB_START", "SNAPSHOT_START"])],
)
def test_a_job_that_is_stuck(
    world: World, refused: Refused, state: Any, server: str, events: list[str]
) -> None:
    world.backend.plan_next_job(JobPlan(stuck_in=state))
    server_id = world.server()
    job_id = world.recover(server_id)
    world.clock.shift(10**8)
    assert (world.job(job_id)["status"], world.statuses(job_id)) == (state, [server])
    assert world.events(job_id) == events
    again = refused(world.drs.start_recovery, sourceServers=[{"sourceServerID": server_id}])
    assert again[0] == "ConflictException"


def test_a_job_that_vanishes(world: World) -> None:
    world.backend.plan_next_job(JobPlan(vanishes_after_seconds=60))
    world.backend.plan_next_job(JobPlan(vanishes_after_seconds=0))
    job_id = world.recover(world.server("a"))
    never = world.recover(world.server("b"))
    assert [item["jobID"] for item in world.drs.describe_jobs()["items"]] == [job_id]
    world.clock.shift(60)
    assert world.drs.describe_jobs(filters={"jobIDs": [job_id, never]})["items"] == []
    world.clock.shift(4000)
    assert len(world.drs.describe_recovery_instances()["items"]) == 2


def test_a_plan_is_for_one_job_and_brings_its_timing(world: World) -> None:
    slow = JobTiming(job_pending_seconds=9999)
    world.backend.plan_next_job(JobPlan(timing=slow))
    first, second = world.recover(world.server("a")), world.recover(world.server("b"))
    world.clock.shift(4000)
    assert [world.job(job_id)["status"] for job_id in (first, second)] == ["PENDING", "COMPLETED"]
