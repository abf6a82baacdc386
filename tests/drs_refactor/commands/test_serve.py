"""`serve` as its users meet it: a process of its own, and clients that know its URL alone."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.core.base_backend import BackendDict
from werkzeug.serving import BaseWSGIServer

from drs_refactor.__main__ import main

SEEDS = """
servers:
  - {id: s-3333333333333333a, hostname: far, account: "222222222222", region: eu-west-1}
  - {id: s-1111111111111111a, hostname: web-1, tags: {Tier: web}}
  - {id: s-2222222222222222a, hostname: web-2, launch: {outcome: FAILED, error: no capacity}}
timing: {job_pending_seconds: 0, server_pending_seconds: 0, launch_seconds: 0, end_seconds: 0}
jobs: [{stuck_in: PENDING, account: "222222222222", region: eu-west-1}]
initialized: [eu-north-1]
"""


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """The command in a process of its own, at a free port: its URL, and the command it offers.

    Ctrl-C ends it, with 0 and without a word of an error.
    """
    told = folder / "told.log"
    environment = {key: each for key, each in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with (
        told.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "drs_refactor", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**environment, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        ) as process,
    ):
        assert process.stdout is not None
        silent = Timer(60, process.kill)
        silent.start()
        try:
            url = re.search(r"http://\S+", process.stdout.readline())
            assert url is not None, told.read_text()
            offered = process.stdout.readline().strip()
            silent.cancel()
            yield url[0], offered
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0
            assert "Traceback" not in told.read_text()
        finally:
            silent.cancel()
            process.kill()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "seeds.yaml").write_text(SEEDS)
    with serving(folder, "--seed", str(folder / "seeds.yaml")) as found:
        yield found


def client(url: str, service: str, region: str = "us-east-1", **keys: str) -> Any:
    any_do = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    once = Config(retries={"max_attempts": 0}, proxies={})
    return boto3.session.Session().client(
        service, region, endpoint_url=url, config=once, **(keys or any_do)
    )


def test_a_client_recovers_seeded_servers(served: tuple[str, str]) -> None:
    url, offered = served
    at = f"--endpoint-url {url} --region us-east-1"
    assert offered == f"aws {at} drs describe-source-servers"
    drs = client(url, "drs")
    drs.initialize_service()
    web, other = drs.describe_source_servers()["items"]
    assert (web["sourceServerID"], web["tags"]) == ("s-1111111111111111a", {"Tier": "web"})
    wanted = [{"sourceServerID": each["sourceServerID"]} for each in (web, other)]
    job_id = drs.start_recovery(sourceServers=wanted, isDrill=True)["job"]["jobID"]

    [job] = drs.describe_jobs(filters={"jobIDs": [job_id]})["items"]
    assert job["status"] == "COMPLETED"
    launched, failed = job["participatingServers"]
    assert (launched["launchStatus"], failed["launchStatus"]) == ("LAUNCHED", "FAILED")
    ids = [launched["recoveryInstanceID"]]
    [found] = client(url, "ec2").describe_instances(InstanceIds=ids)["Reservations"]
    assert found["Instances"][0]["InstanceId"] == ids[0]


def test_the_rest_of_moto_is_there(served: tuple[str, str]) -> None:
    dynamodb = client(served[0], "dynamodb")
    dynamodb.create_table(
        TableName="plans",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="plans", Item={"id": {"S": "p"}})
    assert dynamodb.scan(TableName="plans")["Items"] == [{"id": {"S": "p"}}]


def test_accounts_and_regions_are_apart(served: tuple[str, str]) -> None:
    url, _ = served
    assert client(url, "drs", "eu-north-1").describe_source_servers()["items"] == []
    here = client(url, "drs", "eu-west-1")
    with pytest.raises(here.exceptions.UninitializedAccountException):
        here.describe_source_servers()
    role = client(url, "sts").assume_role(
        RoleArn="arn:aws:iam::222222222222:role/any", RoleSessionName="any"
    )["Credentials"]
    there = client(
        url,
        "drs",
        "eu-west-1",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    [server] = there.describe_source_servers()["items"]
    assert ":eu-west-1:222222222222:" in server["arn"]
    there.start_recovery(sourceServers=[{"sourceServerID": "s-3333333333333333a"}])
    assert there.describe_jobs()["items"][0]["status"] == "PENDING"
    with pytest.raises(here.exceptions.UninitializedAccountException):
        here.describe_jobs()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_well(
    told: signal.Signals, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(told)
    first, _ = answered_by(told, [], capsys, monkeypatch)
    assert signal.getsignal(told) is before
    url = f"http://127.0.0.1:{os.environ['MOTO_PORT']}"
    assert first == f"the fake AWS account is at {url} (any credentials do; Ctrl-C ends it); try"


@pytest.mark.parametrize(
    ("seeds", "offered"),
    [
        ("", "A us-east-1 drs initialize-service && A us-east-1 drs describe-source-servers"),
        ("initialized: [eu-north-1]", "A eu-north-1 drs describe-source-servers"),
        ("servers: [{id: s-1, region: eu-west-1}]", "A eu-west-1 drs describe-source-servers"),
        (
            "servers: [{id: s-1, region: eu-west-1, account: '222222222222'}]",
            "A us-east-1 drs initialize-service && A us-east-1 drs describe-source-servers",
        ),
    ],
)
def test_what_it_offers_can_be_pasted(
    seeds: str,
    offered: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "seeds.yaml"
    path.write_text(seeds)
    given = ["--seed", str(path)] if seeds else []
    _, second = answered_by(signal.SIGINT, given, capsys, monkeypatch)
    BackendDict.reset()
    aws = f"aws --endpoint-url http://127.0.0.1:{os.environ['MOTO_PORT']} --region"
    assert second.strip() == offered.replace("A ", f"{aws} ")


def answered_by(
    told: signal.Signals,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """What it prints when that signal comes as soon as it serves; it ends with 0."""

    serve, deaf = BaseWSGIServer.serve_forever, list[str]()

    def be_told(server: BaseWSGIServer) -> None:
        late = Timer(20, lambda: (deaf.append("it did not stop"), server.shutdown()))
        late.start()
        signal.raise_signal(told)
        serve(server, poll_interval=0.01)
        late.cancel()

    monkeypatch.setenv("MOTO_PORT", "5000")  # put back afterwards
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    monkeypatch.setattr(BaseWSGIServer, "serve_forever", be_told)
    assert main(["serve", "--port", "0", *arguments]) == 0
    assert deaf == []
    return capsys.readouterr().out.splitlines()


def test_a_port_in_use_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"drs-refactor: port {port} of 127.0.0.1 is in use. "
        "Name another with --port N, or take a free one with --port 0\n"
    )


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--port", "65536"], "--port 65536: there is no such port"),
        (["--port", "-1"], "--port -1: there is no such port"),
        (["--host", ""], "--host is empty"),
        (["--host", "192.0.2.1"], "cannot listen at 192.0.2.1 port 0: Cannot assign"),
        (["--host", "ä" * 70], f"cannot listen at {'ä' * 70} port 0: "),
        (["--seed", "none.yaml"], "none.yaml: cannot be read"),
        (["--seed", "bad.yaml"], "bad.yaml:3: unknown key 'tag' in servers[0]"),
    ],
)
def test_bad_input_is_told_in_one_line(
    arguments: list[str],
    what: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTO_PORT", "5000")
    monkeypatch.setattr(BaseWSGIServer, "serve_forever", None)  # it must not come to that
    Path("bad.yaml").write_text("servers:\n- id: s-1111111111111111a\n  tag: {}\n")
    assert main(["serve", "--port", "0", *arguments]) == 2
    BackendDict.reset()
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"drs-refactor: {what}")
    assert "while attempting" not in told.err
    assert told.err.count("\n") == 1
