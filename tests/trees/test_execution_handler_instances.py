"""Recovery instances of an execution: which they are, terminating them, and how far that is."""

from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    LAUNCHED_AFTER,
    START,
    A,
    B,
    System,
    execution,
    recover,
    wave_result,
)

PATH = "/executions/execution-1"


def recovered(system: System, *server_ids: str, **more: Any) -> str:
    """A finished execution whose one wave launched the servers; the job's id."""
    system.add_servers(*server_ids)
    job_id = recover(*server_ids)
    system.wait(LAUNCHED_AFTER + 10)
    waves = [wave_result(0, job_id, *server_ids, status="COMPLETED"), {"waveName": "Never"}]
    system.put(EXECUTIONS, execution("COMPLETED", waves=waves, **more))
    return job_id


def instance_of(system: System, server_id: str) -> str | None:
    return system.drs().servers[server_id].recovery_instance_id


def test_the_instances_that_an_execution_launched(system: System) -> None:
    job_id = recovered(system, A, B)
    status, body = system.execution_api("GET", f"{PATH}/recovery-instances")
    assert (status, body["count"], body["errors"]) == (200, 2, [])
    assert body["instances"] == [
        {
            "recoveryInstanceId": instance_of(system, server_id),
            "sourceServerId": server_id,
            "instanceId": instance_of(system, server_id),
            "instanceState": "RUNNING",
            "jobId": job_id,
            "isDrill": True,
            "region": "us-east-1",
        }
        for server_id in (A, B)
    ]


def test_an_instance_of_a_later_job_is_not_the_executions(system: System) -> None:
    recovered(system, A, B)
    recover(B)
    system.wait(LAUNCHED_AFTER + 10)
    body = system.execution_api("GET", f"{PATH}/recovery-instances")[1]
    assert [entry["sourceServerId"] for entry in body["instances"]] == [A]


def test_a_region_that_cannot_be_read_is_named(system: System) -> None:
    recovered(system, A)
    waves = system.record()["waves"]
    waves[1] = {"jobId": "j", "serverIds": [B], "region": "eu-west-1"}
    system.put(EXECUTIONS, execution("FAILED", waves=waves))
    status, body = system.execution_api("GET", f"{PATH}/recovery-instances")
    assert (status, body["count"]) == (200, 1)
    [error] = body["errors"]
    assert error["region"] == "eu-west-1"
    assert "UninitializedAccountException" in error["error"]


def test_waves_without_servers_are_passed_over(system: System) -> None:
    system.put(EXECUTIONS, execution("FAILED", waves=[{"jobId": "j", "serverIds": []}]))
    assert system.execution_api("GET", f"{PATH}/recovery-instances")[1]["count"] == 0
    assert system.names("drs.") == []


# Terminating.


def terminate(system: System) -> tuple[int, Any]:
    return system.execution_api("POST", f"{PATH}/terminate", {"initiatedBy": "me"})


def test_what_was_launched_is_terminated(system: System) -> None:
    recovered(system, A, B)
    status, body = terminate(system)
    [_, job_id] = system.drs().jobs
    instances = [instance_of(system, A), instance_of(system, B)]
    job = {
        "jobId": job_id,
        "region": "us-east-1",
        "recoveryInstanceIds": instances,
        "requestTime": START + LAUNCHED_AFTER + 10,
    }
    assert (status, body) == (
        202,
        {
            "executionId": "execution-1",
            "jobs": [job],
            "terminatedCount": 2,
            "errors": [],
        },
    )
    assert (system.record()["terminateJobs"], system.record()["terminatedBy"]) == ([job], "me")
    status, progress = system.execution_api("GET", f"{PATH}/termination-status")
    assert (progress["jobs"], progress["completed"]) == ([{**job, "status": "PENDING"}], False)
    system.wait(300)
    progress = system.execution_api("GET", f"{PATH}/termination-status")[1]
    assert (progress["jobs"][0]["status"], progress["completed"]) == ("COMPLETED", True)


def test_a_second_termination_is_added(system: System) -> None:
    recovered(system, A, terminateJobs=[{"jobId": "earlier", "region": "us-east-1"}])
    assert terminate(system)[0] == 202
    assert [job["jobId"] for job in system.record()["terminateJobs"]] == [
        "earlier",
        list(system.drs().jobs)[1],
    ]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (execution("POLLING", waves=[{"jobId": "j"}]), "Execution is POLLING"),
        (execution("FAILED", waves=[{}]), "Execution never started a DRS job"),
    ],
)
def test_what_cannot_be_terminated(system: System, record: dict[str, Any], reason: str) -> None:
    system.put(EXECUTIONS, record)
    status, body = terminate(system)
    assert (status, body["error"], body["message"]) == (409, "NOT_TERMINABLE", reason)


def test_nothing_to_terminate_is_fine(system: System) -> None:
    system.add_servers(A)
    system.put(EXECUTIONS, execution("FAILED", waves=[wave_result(0, "drsjob-1", A)]))
    status, body = terminate(system)
    assert (status, body["jobs"], body["errors"]) == (200, [], [])
    assert "terminateJobs" not in system.record()


def test_a_termination_that_is_refused(system: System) -> None:
    recovered(system, A)
    system.refuse("drs.TerminateRecoveryInstances", message="not yours")
    status, body = terminate(system)
    assert (status, body["error"], body["jobs"]) == (502, "TERMINATION_FAILED", [])
    assert body["errors"][0]["error"].endswith("not yours")
    assert "terminateJobs" not in system.record()


def test_a_termination_job_that_nobody_knows(system: System) -> None:
    jobs = [{"jobId": "drsjob-00000000000000000", "region": "us-east-1"}]
    system.put(EXECUTIONS, execution("FAILED", terminateJobs=jobs))
    body = system.execution_api("GET", f"{PATH}/termination-status")[1]
    assert (body["jobs"][0]["status"], body["completed"]) == ("UNKNOWN", False)
    assert system.said("WARNING", "Termination job drsjob-00000000000000000 not available: ")
    system.add_servers(A)
    body = system.execution_api("GET", f"{PATH}/termination-status")[1]
    assert body["jobs"][0]["status"] == "UNKNOWN"
    system.put(EXECUTIONS, execution("FAILED"))
    body = system.execution_api("GET", f"{PATH}/termination-status")[1]
    assert (body["jobs"], body["completed"]) == ([], False)
