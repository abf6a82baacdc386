"""POST /executions, the worker behind it, and POST /executions/preview."""

from typing import Any

from tests.trees.support import (
    ACCOUNTS,
    EXECUTIONS,
    GROUPS,
    HUB,
    OTHER,
    PLANS,
    START,
    A,
    B,
    C,
    System,
    execution,
    group,
    plan,
    recover,
    wave,
)

PATH = "/executions"
CURRENT = {"accountId": HUB, "isCurrentAccount": True}


def ready(system: System, *waves: dict[str, Any], **more: Any) -> None:
    """A plan that can be executed, with its group and servers."""
    system.put(GROUPS, group())
    system.put(PLANS, plan(*(waves or (wave(A),)), **more))
    system.add_servers(A, B)


def create(system: System, **body: Any) -> tuple[int, Any]:
    return system.execution_api("POST", PATH, {"planId": "plan-1", **body})


def refused(answer: tuple[int, Any], status: int, code: str) -> Any:
    """Assert a refusal by status and code; its body."""
    assert (answer[0], answer[1].get("error")) == (status, code), answer
    return answer[1]


# A request that is accepted.


def test_a_request_writes_the_record_and_hands_over_to_the_worker(system: System) -> None:
    ready(system, wave(A, waveNumber=5, pauseBeforeWave=True), wave(B, waveNumber=2, waveName=""))
    status, body = create(system, initiatedBy="somebody")
    execution_id = body["executionId"]
    assert (status, body) == (
        202,
        {
            "executionId": execution_id,
            "planId": "plan-1",
            "status": "PENDING",
            "executionType": "DRILL",
            "message": "Execution is being started",
        },
    )
    waves = [
        {"waveNumber": 0, "waveName": "Wave 1", "protectionGroupId": "pg-1", "serverIds": [B]},
        {
            "waveNumber": 1,
            "waveName": "Web",
            "protectionGroupId": "pg-1",
            "serverIds": [A],
            "pauseBeforeWave": True,
        },
    ]
    record = {
        "executionId": execution_id,
        "planId": "plan-1",
        "planName": "Payroll",
        "executionType": "DRILL",
        "status": "PENDING",
        "initiatedBy": "somebody",
        "startTime": START,
        "totalWaves": 2,
        "accountContext": CURRENT,
        "waves": [{**wave_, "status": "PENDING"} for wave_ in waves],
    }
    assert system.record(execution_id) == record
    [call] = system.calls("lambda.Invoke")
    assert call.parameters["InvocationType"] == "Event"
    assert call.parameters["FunctionName"] == system.tree.functions["execution-handler"].name
    system.wait(1)
    [run] = system.recording().executions
    assert run.name == execution_id
    worker = system.recording().steps[1]
    assert worker.event == {
        "worker": True,
        "executionId": execution_id,
        "planId": "plan-1",
        "isDrill": True,
        "plan": {"planId": "plan-1", "planName": "Payroll", "waves": waves},
        "accountContext": CURRENT,
    }
    assert worker.result["statusCode"] == 200


def test_the_authorizer_knows_who_asks(system: System) -> None:
    ready(system)
    context = {"authorizer": {"claims": {"email": "me@example.com"}}}
    status, body = system.execution_api(
        "POST", PATH, {"planId": "plan-1", "initiatedBy": "x"}, requestContext=context
    )
    assert status == 202
    assert system.record(body["executionId"])["initiatedBy"] == "me@example.com"


def test_a_recovery_in_another_account(system: System) -> None:
    system.trust(external_id="secret")
    system.put(GROUPS, group(accountId=OTHER))
    system.put(PLANS, plan(wave(A)))
    system.put(ACCOUNTS, {"accountId": OTHER, "assumeRoleName": "recovery", "externalId": "secret"})
    system.add_servers(A, account=OTHER)
    status, body = create(system, executionType="recovery")
    assert (status, body["executionType"]) == (202, "RECOVERY")
    assert system.record(body["executionId"])["accountContext"] == {
        "accountId": OTHER,
        "isCurrentAccount": False,
        "assumeRoleName": "recovery",
        "externalId": "secret",
    }
    assert {call.account for call in system.calls("drs.")} == {OTHER}


# Requests that are refused.


def test_bodies_that_are_not_valid(system: System) -> None:
    for body in ("{", "[]", '"text"'):
        refused(system.execution_api("POST", PATH, body), 400, "INVALID_JSON")
    encoded = system.execution_api("POST", PATH, "e30=", isBase64Encoded=True)
    refused(encoded, 400, "MISSING_PARAMETER")
    refused(system.execution_api("POST", PATH, "x", isBase64Encoded=True), 400, "INVALID_JSON")
    refused(create(system, executionType="test"), 400, "INVALID_EXECUTION_TYPE")
    refused(create(system), 404, "PLAN_NOT_FOUND")


def test_plans_that_cannot_be_executed(system: System) -> None:
    system.put(PLANS, plan())
    refused(create(system), 400, "PLAN_WITHOUT_WAVES")
    too_many = [f"s-{number:017d}" for number in range(101)]
    system.put(PLANS, plan(wave(A, group=None), wave(*too_many)))
    body = refused(create(system), 400, "INVALID_PLAN")
    assert body["details"]["problems"] == [
        "Wave Web has no protection group",
        "Wave Web has 101 servers, a DRS job takes 100",
    ]
    assert system.rows(EXECUTIONS) == []


def test_accounts_that_do_not_fit(system: System) -> None:
    system.put(GROUPS, group(accountId=OTHER), group("pg-2", accountId="333333333333"))
    system.put(PLANS, plan(wave(A), wave(B, group="pg-2")))
    body = refused(create(system), 400, "MIXED_ACCOUNTS")
    assert body["message"] == "Protection groups of several accounts: 210987654321, 333333333333"
    refused(create(system, accountId="12345"), 400, "INVALID_ACCOUNT")
    refused(create(system, accountId=OTHER), 400, "UNKNOWN_ACCOUNT")
    system.put(PLANS, plan(wave(A), accountId="nonsense"))
    refused(create(system), 400, "INVALID_ACCOUNT")


def test_a_plan_runs_only_once(system: System) -> None:
    ready(system)
    for status in (
        "PENDING",
        "RUNNING",
        "POLLING",
        "PAUSE_PENDING",
        "PAUSED",
        "RESUMING",
        "CANCELLING",
    ):
        system.put(EXECUTIONS, execution(status))
        body = refused(create(system), 409, "SERVER_CONFLICT")
        assert body["details"]["conflicts"] == [
            {
                "type": "PLAN_ALREADY_RUNNING",
                "executionId": "execution-1",
                "planId": "plan-1",
                "message": f"Plan is already being executed ({status})",
            }
        ]


def test_a_server_is_only_in_one_recovery(system: System) -> None:
    ready(system, wave(A, B))
    done = {"serverIds": [B], "status": "COMPLETED"}
    by_tags = {"protectionGroupId": "pg-tags"}
    system.put(GROUPS, group("pg-tags", serverSelectionTags={"Tier": "db"}))
    system.add_servers(C, tags={"Tier": "db"})
    system.put(EXECUTIONS, execution(planId="plan-2", waves=[done, {"serverIds": [A]}, by_tags]))
    recover(B)
    body = refused(create(system), 409, "SERVER_CONFLICT")
    [in_execution, in_job] = body["details"]["conflicts"]
    assert (in_execution["type"], in_execution["serverIds"]) == ("SERVER_IN_EXECUTION", [A])
    assert (in_execution["executionId"], in_execution["planId"]) == ("execution-1", "plan-2")
    assert (in_job["type"], in_job["serverIds"]) == ("SERVER_IN_DRS_JOB", [B])
    assert in_job["jobIds"] == list(system.drs().jobs)
    system.put(PLANS, plan(wave(C)))
    body = refused(create(system), 409, "SERVER_CONFLICT")
    assert [c["serverIds"] for c in body["details"]["conflicts"]] == [[C]]


def test_without_a_job_left_nothing_starts(system: System) -> None:
    ready(system)
    others = [f"s-{number:017d}" for number in range(20)]
    system.add_servers(*others)
    for server_id in others:
        recover(server_id)
    body = refused(create(system), 429, "DRS_QUOTA_EXCEEDED")
    assert body["message"] == "20 of 20 DRS jobs are in progress in us-east-1"


def test_a_quota_that_cannot_be_read_keeps_nobody_from_recovering(system: System) -> None:
    ready(system)
    system.refuse("drs.DescribeJobs")
    assert create(system)[0] == 202
    assert system.said("WARNING", "DRS jobs of us-east-1 not available, quota not checked: ")


def test_a_worker_that_cannot_be_invoked_fails_the_record(system: System) -> None:
    ready(system)
    system.refuse("lambda.Invoke", message="not yours")
    body = refused(create(system), 500, "INTERNAL_ERROR")
    assert body["message"].endswith("not yours")
    [record] = system.rows(EXECUTIONS)
    assert (record["status"], record["endTime"]) == ("FAILED", START)
    assert record["statusReason"].startswith("Worker could not be invoked: ")


# The worker.


def work(system: System, execution_id: str = "execution-1") -> Any:
    return system.execution_handler(
        {
            "worker": True,
            "executionId": execution_id,
            "planId": "plan-1",
            "isDrill": False,
            "plan": plan(),
            "accountContext": CURRENT,
        }
    )


def test_the_worker_starts_the_state_machine(system: System) -> None:
    system.put(EXECUTIONS, execution("PENDING"))
    assert work(system)["statusCode"] == 200
    [call] = system.calls("states", "sfn", "stepfunctions")
    assert call.parameters["name"] == "execution-1"
    arn = call.parameters["stateMachineArn"].replace(":stateMachine:", ":execution:")
    assert system.record()["executionArn"] == f"{arn}:execution-1"
    assert system.record()["workerTime"] == START
    system.world.run()
    [run] = system.recording().executions
    assert (run.status, run.output["is_drill"]) == ("SUCCEEDED", False)
    assert work(system)["statusCode"] == 200
    assert len(system.recording().executions) == 1


def test_the_worker_may_run_twice(system: System) -> None:
    for _ in range(2):
        system.put(EXECUTIONS, execution("PENDING"))
        assert work(system)["statusCode"] == 200
        assert system.record()["executionArn"].endswith(":execution-1")
    system.world.run()
    assert len(system.recording().executions) == 1


def test_the_worker_leaves_other_records_alone(system: System) -> None:
    assert work(system)["statusCode"] == 404
    system.put(EXECUTIONS, execution("RUNNING"))
    assert work(system)["statusCode"] == 200
    assert system.record() == execution("RUNNING")
    system.put(EXECUTIONS, execution("CANCELLING", waves=[{"status": "PENDING"}]))
    assert work(system)["statusCode"] == 200
    assert system.record() == execution(
        "CANCELLED",
        statusReason="Execution cancelled by user",
        endTime=START,
        waves=[{"status": "CANCELLED", "endTime": START}],
    )
    assert system.recording().executions == ()


def test_a_state_machine_that_does_not_start_fails_the_record(system: System) -> None:
    system.put(EXECUTIONS, execution("PENDING"))
    for name in ("states", "stepfunctions"):
        system.refuse(f"{name}.StartExecution", message="not yours")
    assert work(system)["statusCode"] == 500
    assert system.record()["status"] == "FAILED"
    assert system.record()["statusReason"].startswith("State machine could not be started: ")


# The preview.


def preview(system: System, **body: Any) -> tuple[int, Any]:
    return system.execution_api("POST", f"{PATH}/preview", {"planId": "plan-1", **body})


def test_a_preview_resolves_the_servers_of_each_wave(system: System) -> None:
    ready(system, wave(A), wave(B, group="pg-tags", waveName="Tags"), wave(group="pg-lost"))
    system.put(GROUPS, group("pg-tags", serverSelectionTags={"Tier": "db"}))
    system.add_servers(C, tags={"Tier": "DB"}, hostname="db-1")
    status, body = preview(system)
    named, by_tags, lost = body.pop("waves")
    assert (status, body) == (
        200,
        {
            "planId": "plan-1",
            "planName": "Payroll",
            "accountId": HUB,
            "totalServers": 2,
            "conflicts": [],
            "canExecute": False,
        },
    )
    assert (named["resolvedBy"], named["servers"]) == ("serverIds", [{"sourceServerID": A}])
    assert (by_tags["resolvedBy"], by_tags["serverCount"]) == ("tags", 1)
    assert by_tags["servers"][0]["sourceServerID"] == C
    assert by_tags["servers"][0]["hostname"] == "db-1"
    assert (lost["protectionGroupFound"], lost["servers"]) == (False, [])


def test_a_preview_says_whether_the_plan_can_be_executed(system: System) -> None:
    ready(system)
    assert preview(system)[1]["canExecute"] is True
    recover(A)
    body = preview(system)[1]
    assert body["canExecute"] is False
    assert [conflict["type"] for conflict in body["conflicts"]] == ["SERVER_IN_DRS_JOB"]


def test_tags_that_cannot_be_resolved_are_no_servers_in_a_preview(system: System) -> None:
    """It is the function of shared.conflict_detection, which hides what its namesake raises."""
    ready(system)
    system.put(GROUPS, group(serverSelectionTags={"Tier": "web"}))
    system.refuse("drs.DescribeSourceServers")
    status, body = preview(system)
    assert (status, body["totalServers"], body["canExecute"]) == (200, 0, False)


def test_previews_that_are_refused(system: System) -> None:
    refused(system.execution_api("POST", f"{PATH}/preview", {}), 400, "MISSING_PARAMETER")
    refused(preview(system), 404, "PLAN_NOT_FOUND")
    system.put(GROUPS, group(accountId=OTHER), group("pg-2", accountId="333333333333"))
    system.put(PLANS, plan(wave(A), wave(B, group="pg-2")))
    refused(preview(system), 400, "MIXED_ACCOUNTS")
