"""moto's server with DRS in it: where it listens, what it lets run at once, what seeds it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from werkzeug import Response
from werkzeug.test import Client

from drs_refactor.errors import InputError
from harness.aws.drs import drs_backends
from harness.aws.server import _Application, listen, seed, url_of

HUB, REGION = "123456789012", "us-east-1"


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is served stands in this process, like the port that moto is told."""
    monkeypatch.setenv("MOTO_PORT", "5000")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    yield
    BackendDict.reset()


def test_drs_is_answered_in_drs_s_own_errors() -> None:
    with listen("127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            drs = boto3.session.Session().client(
                "drs",
                REGION,
                endpoint_url=url_of(server),
                aws_access_key_id="any",
                aws_secret_access_key="any",
                config=Config(proxies={}),
            )
            with pytest.raises(drs.exceptions.UninitializedAccountException):
                drs.describe_source_servers()
            drs.initialize_service()
            assert drs.describe_source_servers()["items"] == []
            assert drs_backends[HUB][REGION].calls["DescribeSourceServers"] == 2
            # At once: a status that clients do not retry.
            with pytest.raises(
                ClientError, match=r"NotImplemented.*describe_source_networks"
            ) as no:
                drs.describe_source_networks()
            answer = no.value.response["ResponseMetadata"]
            assert (answer["HTTPStatusCode"], answer["RetryAttempts"]) == (501, 0)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]")]
)
def test_the_url_is_one_that_clients_here_can_reach(host: str, shown: str) -> None:
    try:
        server = listen(host, 0)
    except InputError as error:
        assert host == "::1"  # not every machine has it
        pytest.skip(str(error))
    with server:
        assert url_of(server) == f"http://{shown}:{server.socket.getsockname()[1]}"


class _Meeting:
    """An app of one service that notes whether two requests are in it at once."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.met = False
        self._door = Barrier(2)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        try:
            self._door.wait(timeout=0.2)
            self.met = True
        except BrokenBarrierError:
            pass
        return Response("")(environ, start_response)


@pytest.mark.parametrize(
    ("service", "at_once"), [("drs", False), ("ec2", False), ("dynamodb", True), ("states", True)]
)
def test_who_launches_into_ec2_does_so_alone(
    service: str, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _Meeting(service)
    served = _Application()
    monkeypatch.setattr(served, "get_application", lambda _: app)
    threads = [Thread(target=Client(served).get, args=("/",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert app.met is at_once


class _Gap:
    """An app of one service that lacks what is asked for."""

    service = "s3"

    def __call__(self, *_: Any) -> Any:
        raise NotImplementedError("not there")


def test_what_other_services_lack_is_answered_by_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    served = _Application()
    monkeypatch.setattr(served, "get_application", lambda _: _Gap())
    with pytest.raises(NotImplementedError, match="not there"):
        Client(served).get("/")


def written(folder: Path, text: str) -> Path:
    path = folder / "seeds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_of_a_seed_file_is_put_in(tmp_path: Path) -> None:
    seeds = seed(
        written(
            tmp_path,
            """
servers:
  - {id: "s-{:017x}", count: 3, tags: {Tier: web}, template: false}
  - {id: s-aaaaaaaaaaaaaaaaa, hostname: db, region: eu-west-1, launch: {outcome: FAILED}}
timing: {launch_seconds: 7}
quotas: {concurrent_jobs: 2}
jobs: [{stuck_in: STARTED}]
initialized: [eu-north-1]
""",
        )
    )
    here, there = drs_backends[HUB][REGION], drs_backends[HUB]["eu-west-1"]
    assert list(here.servers) == seeds.servers[0].ids
    assert here.servers["s-00000000000000002"].tags == {"Tier": "web"}
    assert "ec2LaunchTemplateID" not in here.get_launch_configuration("s-00000000000000002")
    assert there.servers["s-aaaaaaaaaaaaaaaaa"].machine.hostname == "db"
    assert "ec2LaunchTemplateID" in there.get_launch_configuration("s-aaaaaaaaaaaaaaaaa")
    assert there.take_launch("s-aaaaaaaaaaaaaaaaa").outcome == "FAILED"
    for backend in (here, there):
        assert (backend.job_defaults.launch_seconds, backend.quotas.concurrent_jobs) == (7, 2)
    assert [plan.stuck_in for plan in here.planned_jobs] == ["STARTED"]
    assert not there.planned_jobs
    assert drs_backends[HUB]["eu-north-1"].initialized
    assert not drs_backends[HUB]["us-west-2"].initialized


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "seeds.yaml: there is nothing to seed in it"),
        ("- s-1", "seeds.yaml: there is nothing to seed in it"),
        ("servers: []\nstart: {}", "seeds.yaml:2: unknown key 'start'. Known: servers, timing, "),
        ("\nservers: }", "seeds.yaml:2: this is not valid YAML"),
        ("quotas: {}\nquotas: {}", "seeds.yaml:2: 'quotas' stands here twice (see line 1)"),
        ("servers:\n- {hostname: a}", "seeds.yaml:2: servers[0] lacks 'id'"),
        ("servers:\n- {id: s-1, account: 1}", "seeds.yaml:2: servers[0].account is 1, not a str"),
        ("servers:\n- id: s-1\n- id: s-1", "seeds.yaml:2: server 's-1' is there twice"),
        ("servers:\n- id: s-1\n  region: x", "seeds.yaml:3: DRS is not in region 'x'"),
        ("initialized:\n- us-east-1\n- x", "seeds.yaml:3: DRS is not in region 'x'"),
        ("jobs:\n- {region: x}", "seeds.yaml:2: DRS is not in region 'x'"),
        ("timing:\n  end_seconds: -1", "seeds.yaml:1: timing: end_seconds must not be negative"),
        (
            "servers:\n- id: s-1\n- id: s-2\nquotas: {source_servers: 1}",
            "seeds.yaml:3: s-2: The quota source_servers of 1 would be exceeded: 2. Raise it in",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        seed(written(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path}/{what}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
        seed(tmp_path / "none.yaml")
