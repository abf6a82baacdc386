"""Records of executions: the list, the details, the jobs' logs, and deleting."""

from typing import Any

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


def numbered(number: int, status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return execution(status, executionId=f"execution-{number}", startTime=START + number, **more)


def ids(body: Any) -> list[str]:
    return [entry["executionId"] for entry in body["executions"]]


def listed(system: System, **query: str) -> Any:
    status, body = system.execution_api("GET", "/executions", query=query or None)
    assert status == 200
    assert body["count"] == len(body["executions"])
    return body


# The list.


def test_the_list_shows_a_summary_newest_first(system: System) -> None:
    waves = [{"status": "COMPLETED"}, {"status": "STARTED"}, {}]
    system.put(
        EXECUTIONS,
        numbered(1),
        numbered(
            2,
            "RUNNING",
            waves=waves,
            initiatedBy="me",
            executionType="RECOVERY",
            accountContext={"accountId": "210987654321"},
            endTime=START + 9,
        ),
        {"executionId": "execution-0", "planId": "plan-2"},
    )
    newest, older, oldest = listed(system)["executions"]
    assert newest == {
        "executionId": "execution-2",
        "planId": "plan-1",
        "planName": "Payroll",
        "executionType": "RECOVERY",
        "status": "RUNNING",
        "initiatedBy": "me",
        "startTime": START + 2,
        "endTime": START + 9,
        "totalWaves": 3,
        "waveCounts": {"COMPLETED": 1, "STARTED": 1, "PENDING": 1},
        "accountId": "210987654321",
    }
    assert older["executionId"] == "execution-1"
    assert oldest == {
        "executionId": "execution-0",
        "planId": "plan-2",
        "planName": "",
        "executionType": "DRILL",
        "status": "UNKNOWN",
        "initiatedBy": "",
        "startTime": None,
        "endTime": None,
        "totalWaves": 0,
        "waveCounts": {},
        "accountId": None,
    }


def test_the_list_can_be_narrowed(system: System) -> None:
    system.put(
        EXECUTIONS,
        numbered(1),
        numbered(2, "FAILED"),
        numbered(3, planId="plan-2"),
        numbered(4, "FAILED", planId="plan-2"),
    )
    assert ids(listed(system, planId="plan-2")) == ["execution-4", "execution-3"]
    assert ids(listed(system, status="failed")) == ["execution-4", "execution-2"]
    assert ids(listed(system, planId="plan-1", status="FAILED")) == ["execution-2"]
    assert ids(listed(system, status="PAUSED")) == []
    names = system.names("dynamodb.")
    assert names == ["dynamodb.Query"] * 4
    assert [call.parameters.get("IndexName") for call in system.calls("dynamodb.")] == [
        "PlanIdIndex",
        "StatusIndex",
        "PlanIdIndex",
        "StatusIndex",
    ]


def test_the_list_has_pages(system: System) -> None:
    system.put(EXECUTIONS, *(numbered(number) for number in range(5)))
    found, query = [], {"limit": "2"}
    while True:
        body = listed(system, **query)
        found += ids(body)
        if "nextToken" not in body:
            break
        query["nextToken"] = body["nextToken"]
    assert sorted(found) == [f"execution-{number}" for number in range(5)]
    assert len(system.names("dynamodb.Scan")) == 3
    listed(system, limit="9999")
    limits = [call.parameters["Limit"] for call in system.calls("dynamodb.Scan")]
    assert limits == [2, 2, 2, 200]


def test_parameters_that_are_not_valid(system: System) -> None:
    for query in (
        {"limit": "0"},
        {"limit": "-3"},
        {"limit": "many"},
        {"nextToken": "%%"},
        {"nextToken": "W10="},
        {"nextToken": "bm8="},
    ):
        status, body = system.execution_api("GET", "/executions", query=query)
        assert (status, body["error"]) == (400, "INVALID_PARAMETER"), query
    assert system.names("dynamodb.") == []


# The details.


def test_the_details_are_the_record_without_its_token(system: System) -> None:
    record = execution("PAUSED", taskToken="secret", waves=[{"status": "COMPLETED"}, {}])
    system.put(EXECUTIONS, record)
    system.wait(100)
    status, body = system.execution_api("GET", PATH)
    assert status == 200
    del record["taskToken"]
    assert body == record | {
        "canResume": True,
        "canCancel": True,
        "canTerminate": {"allowed": False, "reason": "Execution is PAUSED"},
        "waveCounts": {"COMPLETED": 1, "PENDING": 1},
        "durationSeconds": 100,
    }


def test_what_may_be_done_with_an_execution(system: System) -> None:
    for record, can in (
        (execution("PAUSED"), {"canResume": False, "canCancel": True}),
        (execution("RUNNING", taskToken="t"), {"canResume": False, "canCancel": True}),
        (
            execution("FAILED", endTime=START + 7, waves=[{"jobId": "j"}]),
            {
                "canCancel": False,
                "canTerminate": {"allowed": True, "reason": None},
                "durationSeconds": 7,
            },
        ),
        (
            execution("COMPLETED", waves=[{}], startTime=0),
            {
                "canTerminate": {"allowed": False, "reason": "Execution never started a DRS job"},
                "durationSeconds": None,
            },
        ),
    ):
        system.put(EXECUTIONS, record)
        body = system.execution_api("GET", PATH)[1]
        assert {key: body[key] for key in can} == can


def test_nothing_is_known_of_an_execution_that_is_not_there(system: System) -> None:
    for method, path in (
        ("GET", PATH),
        ("DELETE", PATH),
        ("GET", f"{PATH}/job-logs"),
        ("GET", f"{PATH}/recovery-instances"),
        ("GET", f"{PATH}/termination-status"),
    ):
        status, body = system.execution_api(method, path)
        assert (status, body["error"]) == (404, "EXECUTION_NOT_FOUND"), path


# The jobs' logs.


def test_the_log_of_each_job_newest_first(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(B, outcome="FAILED", error="No capacity")
    jobs = [recover(A), recover(B)]
    waves = [wave_result(0, jobs[0], A), {"jobId": jobs[1]}, {"waveName": "Not yet"}]
    system.put(EXECUTIONS, execution(waves=waves))
    system.wait(LAUNCHED_AFTER)
    body = system.execution_api("GET", f"{PATH}/job-logs")[1]
    first, second = body["jobLogs"]
    assert (first["waveNumber"], first["waveName"], first["jobId"]) == (0, "Web", jobs[0])
    assert (second["waveNumber"], second["waveName"]) == (1, "Wave 2")
    times = [event["logDateTime"] for event in first["events"]]
    assert times == sorted(times, reverse=True)
    assert [event["event"] for event in first["events"]][-1] == "JOB_START"
    newest = second["events"][0]
    assert (newest["event"], newest["error"]) == ("LAUNCH_FAILED", "No capacity")
    assert newest["sourceServerId"] == B
    query = {"jobId": jobs[1]}
    [only] = system.execution_api("GET", f"{PATH}/job-logs", query=query)[1]["jobLogs"]
    assert only == second


def test_a_log_that_cannot_be_read_is_named(system: System) -> None:
    waves = [{"jobId": "drsjob-00000000000000000", "region": "eu-west-1"}]
    waves.append({"jobId": "drsjob-00000000000000001"})
    system.put(EXECUTIONS, execution(waves=waves, drsRegion="eu-west-2"))
    system.refuse("drs.DescribeJobLogItems", message="not yours")
    status, body = system.execution_api("GET", f"{PATH}/job-logs")
    assert status == 200
    assert [entry["events"] for entry in body["jobLogs"]] == [[], []]
    assert all("not yours" in entry["error"] for entry in body["jobLogs"])
    assert [call.region for call in system.calls("drs.")] == ["eu-west-1", "eu-west-2"]


# Deleting.


def test_what_is_over_can_be_deleted(system: System) -> None:
    for status in ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"):
        system.put(EXECUTIONS, execution(status), numbered(2))
        answer = system.execution_api("DELETE", PATH)
        assert answer == (200, {"executionId": "execution-1", "deleted": True})
        assert [row["executionId"] for row in system.rows(EXECUTIONS)] == ["execution-2"]


def test_what_is_not_over_cannot(system: System) -> None:
    for status in ("PENDING", "POLLING", "PAUSED", "CANCELLING", "ODD"):
        system.put(EXECUTIONS, execution(status))
        code, body = system.execution_api("DELETE", PATH)
        assert (code, body["error"]) == (409, "EXECUTION_ACTIVE")
        assert system.record() == execution(status)


def test_named_executions_are_deleted(system: System) -> None:
    system.put(EXECUTIONS, numbered(1), numbered(2, "RUNNING"), numbered(3))
    names = ["execution-1", "execution-2", "execution-9"]
    status, body = system.execution_api("DELETE", "/executions", {"executionIds": names})
    assert (status, body) == (
        200,
        {
            "deleted": ["execution-1"],
            "deletedCount": 1,
            "skipped": [
                {"executionId": "execution-9", "reason": "not found"},
                {"executionId": "execution-2", "reason": "RUNNING"},
            ],
        },
    )
    assert len(system.rows(EXECUTIONS)) == 2


def test_all_finished_executions_are_deleted_or_those_of_a_plan(system: System) -> None:
    system.put(
        EXECUTIONS,
        numbered(1),
        numbered(2, "TIMEOUT"),
        numbered(3, "FAILED", planId="plan-2"),
        numbered(4, "PAUSED", planId="plan-2"),
        numbered(5, "CANCELLED", planId="plan-2"),
    )
    body = system.execution_api("DELETE", "/executions", query={"planId": "plan-2"})[1]
    assert body == {
        "deleted": ["execution-3", "execution-5"],
        "deletedCount": 2,
        "skipped": [],
    }
    body = system.execution_api("DELETE", "/executions")[1]
    assert body["deleted"] == ["execution-1", "execution-2"]
    assert [row["executionId"] for row in system.rows(EXECUTIONS)] == ["execution-4"]
