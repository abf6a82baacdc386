from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from boto3.resources.action import ServiceAction
from botocore.client import BaseClient
from botocore.config import Config
from botocore.paginate import PageIterator

from harness.compute import plumbing
from harness.compute.plumbing import Clients, Meter, put_in


class _Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(plumbing, "perf_counter_ns", clock)
    return clock


def test_time_goes_to_whoever_is_inside(clock: _Clock) -> None:
    meter = Meter()
    clock.now += 1  # the runtime
    meter.enter_tree("caller")
    clock.now += 10
    meter.enter_plumbing()
    clock.now += 100
    meter.enter_tree("callee")
    clock.now += 1_000
    meter.leave()
    clock.now += 10_000
    meter.leave()
    clock.now += 20
    meter.leave()
    clock.now += 2
    meter.enter_tree("next")
    meter.leave()
    assert meter.functions == ["caller", "callee", "next"]
    assert meter.spent == [30, 1_000, 0]
    assert meter.plumbing == 1 + 100 + 10_000 + 2


def test_what_the_meter_takes_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(plumbing, "perf_counter_ns", lambda: next(ticks))
    meter = Meter()
    meter.enter_tree("f")
    meter.enter_plumbing()
    meter.leave()
    meter.leave()
    # Every switch reads the clock twice, and the tick between the two is lost.
    assert (meter.spent, meter.plumbing) == ([2], 2)


def test_reset_forgets(clock: _Clock) -> None:
    meter = Meter()
    meter.enter_tree("f")
    clock.now += 5
    meter.leave()
    meter.reset()
    assert (meter.spent, meter.functions, meter.plumbing) == ([], [], 0)


@pytest.fixture
def put(clock: _Clock) -> Iterator[tuple[Meter, Clients, list[Any]]]:
    """Plumbing put in: every call takes 7 and is answered with {}."""
    meter, clients, asked = Meter(), Clients(), list[Any]()

    def ask(client: Any, operation_name: str, parameters: dict[str, Any]) -> Any:
        asked.append((operation_name, parameters))
        clock.now += 7
        return {"items": [], "Item": {}}

    with put_in(meter, ask, lambda: clients):
        yield meter, clients, asked


def test_calls_of_clients_resources_and_paginators(
    put: tuple[Meter, Clients, list[Any]],
) -> None:
    meter, clients, asked = put
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    meter.enter_tree("f")
    session.client("drs").describe_jobs(filters={})
    session.resource("dynamodb").Table("t").get_item(Key={"id": "1"})
    pages = session.client("drs").get_paginator("describe_jobs").paginate(filters={})
    assert list(pages) == [{"items": [], "Item": {}}]
    meter.leave()
    assert [operation for operation, _ in asked] == ["DescribeJobs", "GetItem", "DescribeJobs"]
    assert asked[1][1] == {"TableName": "t", "Key": {"id": "1"}}
    assert (meter.spent, meter.plumbing) == ([0], 21)
    assert clients.made == 3  # the resource's own client is its own


def test_making_is_plumbing(clock: _Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **options: Any) -> Any:
            clock.now += 5
            return make(*arguments, **options)

        return made

    session = boto3.Session("key", "secret", region_name="eu-west-1")
    for owner, name in (
        (boto3.Session, "client"),
        (boto3.Session, "resource"),
        (BaseClient, "get_paginator"),
        (BaseClient, "get_waiter"),
        (ServiceAction, "__call__"),
    ):
        monkeypatch.setattr(owner, name, slow(getattr(owner, name)))
    iterate = PageIterator.__iter__

    def slow_pages(self: Any) -> Iterator[Any]:
        clock.now += 5
        yield from iterate(self)

    monkeypatch.setattr(PageIterator, "__iter__", slow_pages)
    meter, clients = Meter(), Clients()
    with put_in(meter, lambda *_: {}, lambda: clients):
        meter.enter_tree("f")
        session.resource("dynamodb").Table("t").get_item(Key={"id": "1"})
        list(session.client("drs").get_paginator("describe_jobs").paginate(filters={}))
        session.client("ec2").get_waiter("instance_running")
        meter.leave()
    assert meter.spent == [0]
    assert meter.plumbing == 5 * 8  # a resource makes a client for itself


def test_botocore_is_put_back() -> None:
    before = BaseClient._make_api_call, boto3.Session.client
    with put_in(Meter(), lambda *_: None, Clients):
        assert BaseClient._make_api_call is not before[0]
    assert (BaseClient._make_api_call, boto3.Session.client) == before


def test_the_same_clients_in_every_play(put: tuple[Meter, Clients, list[Any]]) -> None:
    _, clients, _ = put
    session = boto3.Session("key", "secret", region_name="eu-west-1")

    def play() -> list[Any]:
        patient = Config(read_timeout=900)
        clients = [session.client("lambda", config=patient), session.client("lambda")]
        return [*clients, session.resource("dynamodb")]

    clients.begin(learns=True)
    first = play()
    assert first[0] is not first[1]
    assert first[0].meta.config.read_timeout == 900
    clients.begin(learns=False)
    assert all(a is b for a, b in zip(play(), first, strict=True))
    assert (clients.made, clients.diverged) == (3, "")


def test_another_client_than_before_diverges(put: tuple[Meter, Clients, list[Any]]) -> None:
    _, clients, _ = put
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    clients.begin(learns=True)
    session.client("drs")
    clients.begin(learns=False)
    session.client("drs")
    assert not clients.diverged
    with pytest.raises(LookupError, match="drs client is made where it was not before"):
        session.client("drs")
    clients.begin(learns=False)
    assert not clients.diverged
    with pytest.raises(LookupError):
        session.client("ec2")
    assert clients.diverged == "ec2 client is made where it was not before"
