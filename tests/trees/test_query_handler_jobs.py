"""The query-handler's questions about DRS: quotas and jobs."""

from typing import Any

from harness.aws.drs import Quotas
from tests.trees.support import (
    LAUNCHED_AFTER,
    A,
    B,
    System,
    recover,
)


def get(system: System, path: str, **query: str) -> Any:
    status, body = system.query_api("GET", path, query=query or None)
    assert status == 200, body
    return body


def refused(system: System, path: str, status: int, code: str, **query: str) -> None:
    answer, body = system.query_api("GET", path, query=query or None)
    assert (answer, body["error"]) == (status, code)


def test_how_far_the_quotas_are_used(system: System) -> None:
    others = [f"s-{number:017d}" for number in range(81)]
    system.add_servers(A, B, *others)
    system.drs().quotas = Quotas()
    system.drs().servers[A].replication_state = "STOPPED"
    recover(*others)
    recover(B)
    body = get(system, "/drs/quotas")
    used = {quota["quota"]: (quota["used"], quota["status"]) for quota in body["quotas"]}
    assert used == {
        "MAX_SOURCE_SERVERS": (83, "OK"),
        "MAX_REPLICATING_SERVERS": (82, "OK"),
        "MAX_CONCURRENT_JOBS": (2, "OK"),
        "MAX_SERVERS_PER_JOB": (81, "WARNING"),
        "MAX_SERVERS_IN_ALL_JOBS": (82, "OK"),
    }
    assert body["quotas"][2] == {
        "quota": "MAX_CONCURRENT_JOBS",
        "used": 2,
        "limit": 20,
        "available": 18,
        "status": "OK",
    }
    assert body["warnings"] == ["MAX_SERVERS_PER_JOB: 81 of 100"]
    assert body["canStartJob"] is True
    system.wait(LAUNCHED_AFTER + 10)
    body = system.query_handler({"operation": "get_drs_quotas"})
    assert body["quotas"][2]["used"] == 0


def test_without_a_job_left_no_job_can_start(system: System) -> None:
    others = [f"s-{number:017d}" for number in range(20)]
    system.add_servers(*others)
    for server_id in others:
        recover(server_id)
    body = get(system, "/drs/quotas")
    assert (body["canStartJob"], body["quotas"][2]["status"]) == (False, "CRITICAL")


def test_the_jobs_of_a_region(system: System) -> None:
    system.add_servers(A, B)
    first = recover(A)
    system.wait(LAUNCHED_AFTER + 10)
    second = recover(A, B)
    body = get(system, "/drs/jobs")
    assert body["count"] == 2
    newest, oldest = body["jobs"]
    assert (newest["jobId"], newest["status"], newest["serverCount"]) == (second, "PENDING", 2)
    assert oldest == {
        "jobId": first,
        "type": "LAUNCH",
        "status": "COMPLETED",
        "initiatedBy": "START_DRILL",
        "creationDateTime": "2026-01-05T09:00:00.000000Z",
        "endDateTime": "2026-01-05T09:05:35.000000Z",
        "serverCount": 1,
    }
    active = get(system, "/drs/jobs", activeOnly="true")["jobs"]
    assert [job["jobId"] for job in active] == [second]
    event = {"operation": "list_jobs", "activeOnly": True}
    assert system.query_handler(event)["jobs"] == active


def test_one_job_with_servers_and_log(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(B, outcome="FAILED")
    job_id = recover(A, B)
    system.wait(LAUNCHED_AFTER + 10)
    body = get(system, f"/drs/jobs/{job_id}")
    assert (body["status"], body["completed"], body["type"]) == ("COMPLETED", True, "LAUNCH")
    assert body["launchCounts"] == {"LAUNCHED": 1, "FAILED": 1}
    assert body["servers"] == [
        {
            "sourceServerId": A,
            "launchStatus": "LAUNCHED",
            "recoveryInstanceId": system.drs().servers[A].recovery_instance_id,
        },
        {"sourceServerId": B, "launchStatus": "FAILED", "recoveryInstanceId": ""},
    ]
    events = [event["event"] for event in body["logEvents"]]
    assert (events[0], events[-1], events.count("LAUNCH_FAILED")) == ("JOB_END", "JOB_START", 1)
    assert system.query_handler({"operation": "describe_job", "jobId": job_id}) == body
    refused(system, "/drs/jobs/drsjob-00000000000000000", 404, "JOB_NOT_FOUND")


def test_the_log_is_one_screen_and_may_be_missing(system: System) -> None:
    others = [f"s-{number:017d}" for number in range(20)]
    system.add_servers(*others)
    job_id = recover(*others)
    system.wait(LAUNCHED_AFTER)
    assert len(get(system, f"/drs/jobs/{job_id}")["logEvents"]) == 50
    system.refuse("drs.DescribeJobLogItems")
    body = get(system, f"/drs/jobs/{job_id}")
    assert (body["logEvents"], body["completed"]) == ([], False)


def test_ids_that_no_job_can_have(system: System) -> None:
    for job_id in ("drsjob-1", "job-00000000000000000", "drsjob-000000000000000.0"):
        refused(system, f"/drs/jobs/{job_id}", 400, "INVALID_JOB_ID")
