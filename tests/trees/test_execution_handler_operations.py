"""find and poll: the minute poll that keeps the record current."""

from typing import Any

import pytest

from tests.trees.support import (
    EXECUTIONS,
    LAUNCHED_AFTER,
    OTHER,
    START,
    A,
    B,
    C,
    System,
    answered,
    execution,
    other_account,
    pending_status,
    recover,
    wave_result,
)


def operate(system: System, operation: str, execution_id: str = "execution-1") -> Any:
    event = {"operation": operation, "executionId": execution_id}
    status, body = answered(system.execution_handler(event))
    assert (status, body.pop("operation")) == (200, operation)
    return body


def running(system: System, *server_ids: str, **more: Any) -> str:
    """An execution whose wave recovers the servers; the job's id."""
    job_id = recover(*server_ids)
    waves = [wave_result(0, job_id, *server_ids)]
    system.put(EXECUTIONS, execution("POLLING", waves=waves, **more))
    return job_id


def of_servers(record: dict[str, Any], key: str) -> list[Any]:
    return [status[key] for status in record["waves"][0]["serverStatuses"]]


# poll.


@pytest.mark.parametrize(
    ("seconds", "wave_status", "launch_status"),
    [(0, "STARTED", "PENDING"), (60, "LAUNCHING", "IN_PROGRESS")],
)
def test_a_poll_records_how_far_the_servers_are(
    system: System, seconds: int, wave_status: str, launch_status: str
) -> None:
    system.add_servers(A)
    running(system, A)
    before = system.record()
    system.wait(seconds)
    result = operate(system, "poll")
    assert result["wavesPolled"] == 1
    assert result["waves"][0]["status"] == wave_status
    assert (result["executionId"], result["status"]) == ("execution-1", "POLLING")
    status = pending_status(A) | {"launchStatus": launch_status}
    polled = {**before["waves"][0], "status": wave_status, "serverStatuses": [status]}
    assert system.record() == before | {
        "waves": [polled],
        "lastPolledTime": START + seconds,
    }


def test_a_launched_server_gets_the_data_of_its_instance(system: System) -> None:
    system.add_servers(A, B, hostname="web")
    system.plan_launch(B, launch_seconds=100)
    running(system, A, B)
    system.wait(LAUNCHED_AFTER)
    assert operate(system, "poll")["waves"] == [
        {"waveNumber": 0, "jobStatus": "STARTED", "status": "COMPLETED"}
    ]
    record = system.record()
    assert record["waves"][0]["endTime"] == START + LAUNCHED_AFTER
    for server_id, status in zip((A, B), record["waves"][0]["serverStatuses"], strict=True):
        instance_id = system.drs().servers[server_id].recovery_instance_id
        assert status["sourceServerId"] == server_id
        assert status["instanceId"] == instance_id
        assert status["instanceType"] == "m5.large"
        assert status["privateIp"].startswith("172.31.")
        assert status["hostname"].startswith("ip-172-31-")
        assert status["launchStatus"] == "LAUNCHED"
    assert of_servers(record, "launchTime") == [START + LAUNCHED_AFTER, START + 130]
    [call] = system.calls("ec2.DescribeInstances")
    assert call.parameters["InstanceIds"] == sorted(of_servers(record, "instanceId"))


def test_instances_that_cannot_be_read_do_not_spoil_the_poll(system: System) -> None:
    system.add_servers(A)
    running(system, A)
    system.wait(LAUNCHED_AFTER)
    system.refuse("drs.DescribeRecoveryInstances")
    assert operate(system, "poll")["waves"][0]["status"] == "COMPLETED"
    assert of_servers(system.record(), "instanceId") == [""]


def test_a_failed_server_fails_the_wave_when_nothing_is_on_its_way(system: System) -> None:
    system.add_servers(A, B)
    system.plan_launch(A, outcome="FAILED", launch_seconds=10)
    running(system, A, B)
    system.wait(100)
    assert operate(system, "poll")["waves"][0]["status"] == "LAUNCHING"
    system.wait(LAUNCHED_AFTER)
    assert operate(system, "poll")["waves"][0]["status"] == "FAILED"
    assert system.record()["waves"][0]["endTime"] == START + 100 + LAUNCHED_AFTER
    assert operate(system, "poll")["wavesPolled"] == 0


@pytest.mark.parametrize(("seconds", "wave_status"), [(60, "LAUNCHING"), (1000, "FAILED")])
def test_a_job_that_shows_no_servers_keeps_those_that_are_known(
    system: System, seconds: int, wave_status: str
) -> None:
    system.add_servers(A)
    system.plan_job(servers="hidden")
    running(system, A)
    before = system.record()
    before["waves"][0]["serverStatuses"][0]["launchStatus"] = "IN_PROGRESS"
    system.put(EXECUTIONS, before)
    system.wait(seconds)
    assert operate(system, "poll")["waves"][0]["status"] == wave_status
    after = system.record()["waves"][0]
    assert after["serverStatuses"] == before["waves"][0]["serverStatuses"]


@pytest.mark.parametrize(("seconds", "wave_status"), [(60, "STARTED"), (1000, "FAILED")])
def test_a_wave_of_which_no_servers_are_known(
    system: System, seconds: int, wave_status: str
) -> None:
    system.add_servers(A)
    system.plan_job(servers="hidden")
    system.put(EXECUTIONS, execution(waves=[{"jobId": recover(A), "status": "STARTED"}]))
    system.wait(seconds)
    assert operate(system, "poll")["waves"][0]["status"] == wave_status
    assert system.record()["waves"][0]["serverStatuses"] == []


def test_only_waves_with_a_job_at_work_are_polled(system: System) -> None:
    waves = [{"jobId": "j", "status": "COMPLETED"}, {"status": "STARTED"}, {"jobId": "j"}]
    system.put(EXECUTIONS, execution(waves=waves))
    assert operate(system, "poll") == {
        "executionId": "execution-1",
        "status": "RUNNING",
        "wavesPolled": 0,
        "waves": [],
    }
    assert system.names("drs.") == []


def test_a_job_that_drs_does_not_know_changes_nothing(system: System) -> None:
    system.add_servers(A)
    record = execution(waves=[wave_result(0, "drsjob-00000000000000000", A)])
    system.put(EXECUTIONS, record)
    assert operate(system, "poll")["wavesPolled"] == 0
    assert system.record() == record


def test_the_wave_is_polled_in_its_region_and_account(system: System) -> None:
    system.trust()
    system.add_servers(A, account=OTHER, region="eu-west-1")
    waves = [wave_result(0, "drsjob-00000000000000000", A, region="eu-west-1")]
    system.put(EXECUTIONS, execution(waves=waves, accountContext=other_account()))
    operate(system, "poll")
    [call] = system.calls("drs.")
    assert (call.account, call.region) == (OTHER, "eu-west-1")


def test_a_wave_that_changed_meanwhile_is_left_alone(system: System) -> None:
    """The orchestration has put another job into the place of the polled one."""
    system.add_servers(A)
    running(system, A)
    record = system.record()
    record["waves"][0]["jobId"] = "drsjob-99999999999999999"
    system.refuse("drs.DescribeJobs", "ThrottlingException", "slow down", times=1)
    system.world.clock.spawn(lambda: system.put(EXECUTIONS, record), delay=0.000001)
    assert operate(system, "poll")["wavesPolled"] == 1
    assert system.record() == record


# find.


def test_the_minute_poll_looks_at_every_active_execution(system: System) -> None:
    system.add_servers(A, B, C)
    job_ids = {name: recover(name) for name in (A, B, C)}
    for number, (name, status) in enumerate([(A, "POLLING"), (B, "CANCELLING"), (C, "COMPLETED")]):
        waves = [wave_result(0, job_ids[name], name)]
        record = execution(status, executionId=f"execution-{number}", waves=waves)
        system.put(EXECUTIONS, record)
    system.put(EXECUTIONS, execution("PAUSED", executionId="execution-3"))
    system.wait(60)
    body = operate(system, "find")
    assert body == {
        "found": 3,
        "polled": ["execution-0", "execution-1"],
        "finalized": [],
        "errors": [],
    }
    assert system.record("execution-0")["waves"][0]["status"] == "LAUNCHING"
    assert system.record("execution-2")["waves"][0]["status"] == "STARTED"
    rule = answered(system.execution_handler({"source": "aws.events"}))[1]
    assert rule == body | {"operation": "find"}


def test_what_one_execution_does_wrong_does_not_concern_the_others(system: System) -> None:
    system.add_servers(A, B)
    for number, name in enumerate((A, B)):
        waves = [wave_result(0, recover(name), name)]
        system.put(EXECUTIONS, execution("POLLING", executionId=f"execution-{number}", waves=waves))
    system.refuse("drs.DescribeJobs", message="not yours", times=1)
    body = operate(system, "find")
    [error] = body["errors"]
    assert error["error"].endswith("not yours")
    assert sorted([*body["polled"], error["executionId"]]) == ["execution-0", "execution-1"]
    assert len(body["polled"]) == 1


def test_the_minute_poll_finalizes_what_has_nothing_to_poll(system: System) -> None:
    system.put(EXECUTIONS, execution("PENDING"))
    system.wait(901)
    body = operate(system, "find")
    assert (body["polled"], body["finalized"]) == ([], ["execution-1"])
    assert system.record()["status"] == "FAILED"
