"""A fake account with a frozen clock, and a DRS client whose every answer is checked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.moto_api._internal import mock_random

from harness.aws.drs import DRSBackend, drs_backends
from tests.harness.aws.drs.shapes import StrictAnswers

ACCOUNT, REGION = "123456789012", "us-east-1"
START = 1_767_225_600  # 2026-01-01T00:00:00Z
ONE_TRY = Config(retries={"max_attempts": 0})


@dataclass
class World:
    """One mocked account: `backend` to seed, clients to call, `clock` to shift."""

    drs: Any
    ec2: Any
    clock: time_machine.Traveller
    answers: StrictAnswers

    @property
    def backend(self) -> DRSBackend:
        return drs_backends[ACCOUNT][REGION]

    def server(self, hostname: str = "web", **options: Any) -> str:
        return self.backend.add_source_server(hostname=hostname, **options)

    def recover(self, *server_ids: str, **options: Any) -> str:
        servers = [{"sourceServerID": server_id} for server_id in server_ids]
        return str(self.drs.start_recovery(sourceServers=servers, **options)["job"]["jobID"])

    def job(self, job_id: str) -> dict[str, Any]:
        [job] = self.drs.describe_jobs(filters={"jobIDs": [job_id]})["items"]
        return dict(job)

    def statuses(self, job_id: str) -> list[str]:
        return [server["launchStatus"] for server in self.job(job_id)["participatingServers"]]

    def events(self, job_id: str) -> list[str]:
        return [item["event"] for item in self.drs.describe_job_log_items(jobID=job_id)["items"]]

    def launched(self, *server_ids: str, **options: Any) -> list[str]:
        """Recover the servers and let the job end; the ids of the recovery instances."""
        job_id = self.recover(*server_ids, **options)
        self.clock.shift(3600)
        servers = self.job(job_id)["participatingServers"]
        return [server["recoveryInstanceID"] for server in servers]

    def instance(self, instance_id: str) -> dict[str, Any]:
        answer = self.ec2.describe_instances(InstanceIds=[instance_id])
        return dict(answer["Reservations"][0]["Instances"][0])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    mock_random.seed(7)
    config = {"core": {"reset_boto3_session": False}}
    with time_machine.travel(START, tick=False) as clock, mock_aws(config=config):
        drs = boto3.client("drs", REGION, config=ONE_TRY)
        yield World(drs, boto3.client("ec2", REGION), clock, StrictAnswers(drs))


Refused = Callable[..., tuple[str, int, dict[str, Any]]]


@pytest.fixture
def refused() -> Refused:
    """Call something that must fail; its error code, HTTP status and whole answer."""

    def call(operation: Callable[..., Any], **params: Any) -> tuple[str, int, dict[str, Any]]:
        with pytest.raises(ClientError) as caught:
            operation(**params)
        answer: dict[str, Any] = caught.value.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer

    return call
