"""query_drs_servers_by_tags: the ids of the servers that carry all tags; every copy of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.trees.support import OTHER, A, B, C, Home, System, homes, opened, other_account

PLACES = [
    (side, home)
    for side in ("legacy", "refactored")
    for home in homes(side, "query_drs_servers_by_tags")
]


@dataclass
class Place:
    """One copy of the function, and the system that it is in."""

    system: System
    home: Home

    def query(self, tags: dict[str, Any], region: str = "us-east-1", *context: Any) -> Any:
        return self.system.world.call(self.home.function, self.home.name, region, tags, *context)


@pytest.fixture(params=PLACES, ids=[f"{side}-{home.function}" for side, home in PLACES])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    side, home = request.param
    with ExitStack() as stack:
        yield Place(opened(stack, side), home)


def test_every_copy_is_looked_at() -> None:
    assert [(side, home.function) for side, home in PLACES] == [
        ("legacy", "orchestration"),
        ("refactored", "query-handler"),
        ("refactored", "execution-handler"),
    ]


def test_a_server_has_to_carry_all_tags(place: Place) -> None:
    place.system.add_servers(A, tags={"Tier": "web", "Stage": "prod", "More": "x"})
    place.system.add_servers(B, tags={"Tier": "web", "Stage": "test"})
    place.system.add_servers(C, tags={"Tier": "web"})
    assert place.query({"Tier": "web", "Stage": "prod"}) == [A]
    assert place.query({"Tier": "web"}) == [A, B, C]
    assert place.query({"Tier": "db"}) == []
    assert place.query({}) == [A, B, C]


def test_values_are_compared_without_case_and_keys_with(place: Place) -> None:
    place.system.add_servers(A, tags={"Tier": "Web"})
    place.system.add_servers(B, tags={"tier": "web"})
    assert place.query({"Tier": "wEB"}) == [A]
    assert place.query({"tier": "WEB"}) == [B]
    assert place.query({"TIER": "web"}) == []


def test_keys_and_values_are_stripped_on_both_sides(place: Place) -> None:
    place.system.add_servers(A, tags={" Tier ": "  web "})
    place.system.add_servers(B, tags={"Tier": "web"})
    assert place.query({"Tier  ": " WEB"}) == [A, B]


def test_values_go_through_str(place: Place) -> None:
    for server_id, tag in ((A, "3"), (B, "true"), (C, "none")):
        place.system.add_servers(server_id, tags={"Level": tag})
    answers = [place.query({"Level": wanted}) for wanted in (3, True, None)]
    assert answers == [[A], [B], [C]]


def test_no_servers_at_all_are_no_servers(place: Place) -> None:
    place.system.add_servers(A)
    del place.system.drs().servers[A]
    assert place.query({}) == []
    assert place.system.said("WARNING", "No DRS source servers found in us-east-1")


def test_all_pages_are_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.system.add_servers(A, B, C, tags={"Tier": "web"})
    backend, pages = place.system.drs(), []
    describe: Callable[..., Any] = backend.describe_source_servers

    def two_at_a_time(filters: Any, _: int | None, token: str | None) -> Any:
        pages.append(token)
        return describe(filters, 2, token)

    monkeypatch.setattr(backend, "describe_source_servers", two_at_a_time)
    assert place.query({"Tier": "web"}) == [A, B, C]
    assert len(pages) == 2


def test_the_region_and_the_account_are_the_ones_asked_for(place: Place) -> None:
    place.system.trust()
    place.system.add_servers(A, tags={"Tier": "web"})
    place.system.add_servers(B, tags={"Tier": "web"}, region="eu-west-1")
    place.system.add_servers(C, tags={"Tier": "web"}, account=OTHER)
    assert place.query({"Tier": "web"}, "eu-west-1") == [B]
    assert place.query({"Tier": "web"}, "us-east-1", other_account()) == [C]
    assert place.query({"Tier": "web"}, "us-east-1", {"accountId": OTHER}) == [A]
    assert place.query({"Tier": "web"}, "us-east-1", None) == [A]


def test_a_server_without_an_id_yields_an_empty_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.system.add_servers(A)
    backend = place.system.drs()
    monkeypatch.setattr(
        backend, "describe_source_servers", lambda *_: ([{"tags": {"Tier": "web"}}], None)
    )
    assert place.query({"Tier": "web"}) == [""]


def test_errors_are_logged_and_raised(place: Place) -> None:
    with pytest.raises(ClientError, match="UninitializedAccountException"):
        place.query({"Tier": "web"})
    assert place.system.said("ERROR", "Querying DRS servers by tags in us-east-1 failed: ")


def test_a_role_that_cannot_be_assumed_raises(place: Place) -> None:
    place.system.refuse("sts.AssumeRole", "AccessDenied", "not you")
    with pytest.raises(RuntimeError, match=r"Failed to assume role .*: not you"):
        place.query({"Tier": "web"}, "us-east-1", other_account())
    with pytest.raises(ValueError, match="requires accountId and assumeRoleName"):
        place.query({"Tier": "web"}, "us-east-1", {"isCurrentAccount": False})
