from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.aws.network import RealNetworkError, loopback_only
from harness.world import World


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_everything_but_loopback_is_refused_and_told(host: str) -> None:
    attempts: list[str] = []
    with loopback_only(attempts.append), pytest.raises(RealNetworkError, match="no real network"):
        socket.create_connection((host, 80), timeout=1)
    assert attempts == [host]


def test_loopback_works() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with loopback_only(pytest.fail), socket.create_connection(server.getsockname(), timeout=1):
            pass


def test_a_tree_that_tries_is_reported(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import urllib.request
        def lambda_handler(event, context):
            urllib.request.urlopen("http://192.0.2.7/", timeout=1)
    """
    )
    with World(tree) as world:
        assert world.invoke("one", {}).error
        assert world.recording("x").network_attempts == ("192.0.2.7",)


@pytest.mark.parametrize(
    ("service", "operation"), [("frauddetector", "GetModels"), ("drs", "ListStagingAccounts")]
)
def test_what_the_fake_account_lacks_is_reported(
    make_tree: Any, service: str, operation: str
) -> None:
    tree = make_tree(
        one="""
        import boto3
        from botocore import xform_name
        def lambda_handler(event, context):
            client = boto3.client(event["service"], region_name="us-east-1")
            getattr(client, xform_name(event["operation"]))()
    """
    )
    with World(tree) as world:
        assert world.invoke("one", {"service": service, "operation": operation}).error
        attempts = world.recording("x").network_attempts
    assert attempts == (f"{service}.{operation}: the fake account has no such operation",)
