"""What each shortcut leans on, and that what it keeps is as good as new."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.retries.standard import RetryHandler

from harness.aws import account, environment, shortcuts
from harness.aws.shortcuts import ALL, Shortcut, handlers
from harness.aws.shortcuts.base import Patch
from harness.aws.shortcuts.moto import json_copy

PATCHES = [
    pytest.param(patch, id=f"{shortcut.name}: {getattr(patch.owner, '__name__', '?')}.{patch.name}")
    for shortcut in ALL
    for patch in shortcut.patches
]


@pytest.fixture(autouse=True)
def active(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fake account, with credentials as a function has them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAFAKEFAKEFAKEFAKE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    account.start()
    with account.active():
        yield


@pytest.mark.parametrize("patch", PATCHES)
def test_each_says_so_when_what_it_replaces_has_changed(patch: Patch) -> None:
    class Changed:
        """Takes the place of the module or class that is patched."""

    fresh = Patch(Changed, patch.name, patch.make, patch.takes)
    with pytest.raises(AssertionError, match="there is no"):
        fresh.put()
    setattr(Changed, patch.name, lambda another: None)
    if patch.takes is not None:
        with pytest.raises(AssertionError, match=r"takes \('another',\) now"):
            fresh.put()


@pytest.mark.parametrize("patch", PATCHES)
def test_each_takes_what_it_replaces_and_puts_it_back(patch: Patch) -> None:
    made = vars(patch.owner)[patch.name]
    with shortcuts.switched_off():
        original = vars(patch.owner)[patch.name]
        assert original is not made
    assert vars(patch.owner)[patch.name] is made


def test_no_two_replace_the_same_name() -> None:
    places = [(patch.owner, patch.name) for shortcut in ALL for patch in shortcut.patches]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("shortcut", ALL, ids=lambda shortcut: shortcut.name)
def test_each_can_be_switched_off_alone(shortcut: Shortcut) -> None:
    others = [other for other in ALL if other is not shortcut]
    before = [vars(patch.owner)[patch.name] for other in others for patch in other.patches]
    with shortcuts.switched_off(shortcut.name):
        for patch in shortcut.patches:
            assert vars(patch.owner)[patch.name] is patch._original
        now = [vars(patch.owner)[patch.name] for other in others for patch in other.patches]
    assert before == now


def client(service: str = "dynamodb", **options: Any) -> Any:
    # Not boto3's default session: other tests may have made it before there were shortcuts.
    return boto3.Session().client(service, region_name="us-east-1", **options)


def state_of(borrowed: Any) -> int:
    """What a client stands on, to see whether two are the same one lent twice."""
    return id(borrowed._endpoint)


def test_a_client_is_lent_again_when_it_is_free_and_not_before() -> None:
    first = client()
    second = client()
    assert first is not second
    assert state_of(first) != state_of(second)
    free = state_of(first)
    del first
    assert state_of(client()) == free


def test_a_lent_client_has_its_borrowers_credentials() -> None:
    sts = client("sts", aws_access_key_id="ASIAONE", aws_secret_access_key="s")
    assert sts._request_signer._credentials.access_key == "ASIAONE"
    free = state_of(sts)
    del sts
    again = client("sts", aws_access_key_id="ASIATWO", aws_secret_access_key="s")
    assert state_of(again) == free
    assert again._request_signer._credentials.access_key == "ASIATWO"


@pytest.mark.parametrize(
    "other",
    [
        {"service": "sts"},
        {"config": Config(read_timeout=5)},
        {"config": Config(retries={"total_max_attempts": 2})},
        {"endpoint_url": "https://dynamodb.us-east-1.amazonaws.com/x"},
        {"use_ssl": False},
    ],
    ids=["service", "read_timeout", "retries", "endpoint_url", "use_ssl"],
)
def test_a_client_of_other_arguments_is_another(other: dict[str, Any]) -> None:
    first = client()
    free = state_of(first)
    del first
    assert state_of(client(**other)) != free


def test_a_client_made_under_another_environment_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = client()
    free = state_of(first)
    del first
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    other = client()
    assert state_of(other) != free
    assert other.meta.config.retries["total_max_attempts"] == 9


def test_handlers_of_one_borrower_are_gone_for_the_next() -> None:
    seen: list[str] = []
    first = client()
    first.meta.events.register("before-call", lambda **_: seen.append("first"))
    first.list_tables()
    assert seen == ["first"]
    free = state_of(first)
    del first
    second = client()
    assert state_of(second) == free
    second.list_tables()
    assert seen == ["first"]


def test_a_client_that_lost_a_handler_is_not_lent_again() -> None:
    first = client()
    first.meta.events.unregister("request-created.dynamodb", first._request_signer.handler)
    free = state_of(first)
    keep = first._endpoint  # so that the id is not given again
    del first
    assert state_of(client()) != free
    assert keep is not None


def test_a_lent_client_has_its_whole_retry_quota() -> None:
    standard = {"config": Config(retries={"mode": "standard"})}
    first = client(**standard)
    found = first.meta.events._emitter._handlers.prefix_search("needs-retry.dynamodb")
    [handler] = [
        h.__self__ for h in found if isinstance(getattr(h, "__self__", None), RetryHandler)
    ]
    quota = handler._retry_quota._quota
    whole = quota.available_capacity
    quota.acquire(100)
    assert quota.available_capacity == whole - 100
    free = state_of(first)
    del first
    assert state_of(client(**standard)) == free
    assert quota.available_capacity == whole


def test_clients_of_sessions_with_handlers_of_their_own_are_not_lent() -> None:
    session = boto3.Session(region_name="us-east-1")
    assert handlers.as_made(session.events)
    session.events.register("before-call", lambda **_: None)
    assert not handlers.as_made(session.events)
    first = session.client("dynamodb")
    endpoint = first._endpoint
    del first
    assert session.client("dynamodb")._endpoint is not endpoint


def test_s3_is_not_lent() -> None:
    first = client("s3")
    endpoint = first._endpoint
    del first
    gc.collect()
    assert client("s3")._endpoint is not endpoint


def test_a_session_is_lent_again_without_what_its_borrower_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = boto3.Session()
    inner = first._session
    assert first.get_credentials().access_key == "ASIAFAKEFAKEFAKEFAKE"
    del first
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAANOTHER")
    again = boto3.Session()
    assert again._session is inner
    assert again.get_credentials().access_key == "ASIAANOTHER"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s._session.set_config_variable("region", "eu-west-1"),
        lambda s: s._session.set_default_client_config(Config(read_timeout=1)),
        lambda s: s.events.register("before-call", lambda **_: None),
        lambda s: setattr(s._session, "user_agent_extra", "mine"),
    ],
    ids=["region", "client config", "handler", "user agent"],
)
def test_a_session_that_was_changed_is_not_lent_again(change: Any) -> None:
    first = boto3.Session()
    change(first)
    inner = first._session
    del first
    assert boto3.Session()._session is not inner


def test_a_session_with_arguments_is_a_new_one() -> None:
    first = boto3.Session()
    inner = first._session
    del first
    assert boto3.Session(region_name="eu-west-1")._session is not inner


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, {"b": "c"}]}, (1, [2]), {3: {4}}])
def test_copies_of_json_share_nothing(value: Any) -> None:
    copy = json_copy(value)
    assert copy == value
    assert type(copy) is type(value)
    if isinstance(value, dict) and "a" in value:
        copy["a"].append(1)
        copy["a"][4]["b"] = "d"
        assert value == {"a": [1, 2.5, None, True, {"b": "c"}]}


def test_a_session_made_outside_a_world_is_not_lent_inside_one() -> None:
    outside = boto3.Session()
    inner = outside._session
    del outside
    with environment.function_environments():
        assert boto3.Session()._session is not inner
