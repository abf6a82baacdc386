"""Registration with moto: in process, in server mode, isolation, reset, and its guards."""

import re
import sys
from importlib import import_module, reload
from typing import Any

import boto3
import moto
import moto.backend_index
import pytest
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.server import ThreadedMotoServer

import harness.aws.drs as package
from harness.aws.drs import register as registration
from harness.aws.drs.register import UnsupportedMotoError, check_moto, register
from tests.harness.aws.drs.conftest import ACCOUNT, REGION, World


def test_importing_again_registers_once() -> None:
    register()
    reload(package)
    names = [name for name, _ in moto.backend_index.backend_url_patterns]
    assert names.count("drs") == 1
    assert moto.__path__.count(str(registration.SERVICE_PARENT)) == 1


def test_it_is_one_copy_and_cannot_be_imported_twice() -> None:
    assert package.drs_backends is sys.modules["moto.drs"].drs_backends
    with pytest.raises(ImportError, match=r"as moto\.drs"):
        import_module("harness.aws.drs.service.drs")


def test_another_moto_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto, "__version__", "6.0.0")
    with pytest.raises(UnsupportedMotoError, match=r"needs moto 5\.2\.x, found 6\.0\.0"):
        check_moto()


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (moto.backend_index, "backend_url_patterns", ()),
        (moto.backend_index, "backend_url_patterns", [("s3", "not compiled")]),
        (registration.LaunchTemplateBackend, "modify_launch_template", lambda self: None),
    ],
)
def test_a_changed_internal_is_refused(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, value: Any
) -> None:
    monkeypatch.setattr(owner, name, value)
    with pytest.raises(UnsupportedMotoError):
        check_moto()


def test_patterns_route_drs_hosts_to_drs_alone() -> None:
    host = "https://drs.eu-west-1.amazonaws.com/DescribeJobs"
    matching = [
        name for name, pattern in moto.backend_index.backend_url_patterns if re.match(pattern, host)
    ]
    assert matching == ["drs"]


def test_each_region_and_account_has_its_own_state(world: World) -> None:
    server_id = world.server()
    other_region = boto3.client("drs", "eu-west-1")
    other_region.initialize_service()
    assert other_region.describe_source_servers()["items"] == []

    role = boto3.client("sts", REGION).assume_role(
        RoleArn="arn:aws:iam::222222222222:role/recovery", RoleSessionName="test"
    )["Credentials"]
    other_account = boto3.client(
        "drs",
        REGION,
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    there = package.drs_backends["222222222222"][REGION].add_source_server(hostname="far")
    [found] = other_account.describe_source_servers()["items"]
    assert found["sourceServerID"] == there
    assert ":222222222222:" in found["arn"]
    [own] = world.drs.describe_source_servers()["items"]
    assert own["sourceServerID"] == server_id


def test_moto_s_reset_forgets_everything(world: World) -> None:
    world.server()
    world.launched(world.server("other"))
    before = world.backend
    BackendDict.reset()
    assert world.backend is not before
    assert world.backend.snapshot() == before.snapshot()
    assert world.backend.snapshot()["sourceServers"] == {}
    assert not world.backend.initialized


def test_leaving_the_mock_forgets_everything() -> None:
    with mock_aws():
        package.drs_backends[ACCOUNT][REGION].add_source_server(hostname="web")
    with mock_aws():
        assert package.drs_backends[ACCOUNT][REGION].servers == {}


def test_server_mode_serves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = boto3.client(
            "drs",
            REGION,
            endpoint_url=f"http://{host}:{port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        with pytest.raises(client.exceptions.UninitializedAccountException):
            client.describe_jobs()
        client.initialize_service()
        assert client.describe_jobs()["items"] == []
        backend = package.drs_backends[ACCOUNT][REGION]
        server_id = backend.add_source_server(hostname="web", tags={"Tier": "Web"})
        job = client.start_recovery(sourceServers=[{"sourceServerID": server_id}])["job"]
        assert client.describe_jobs()["items"][0]["jobID"] == job["jobID"]
        arn = backend.servers[server_id].arn
        client.tag_resource(resourceArn=arn, tags={"a": "b"})
        client.untag_resource(resourceArn=arn, tagKeys=["Tier"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
    finally:
        server.stop()
        BackendDict.reset()
