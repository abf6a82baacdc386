from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.aws import clients
from harness.run import seed
from harness.scenario import Scenario, TrustedRole
from harness.world import World

ARN = "arn:aws:iam::210987654321:role/recovery"


@pytest.fixture(params=[None, "secret"])
def external_id(request: pytest.FixtureRequest, make_tree: Any) -> Iterator[str | None]:
    """A world with a role in another account, and the external id that it asks for."""
    with World(make_tree(one="")) as world:
        role = TrustedRole("210987654321", "recovery", request.param)
        seed(world, Scenario("s", "s", roles=(role,)))
        yield request.param


def test_the_right_external_id_gives_credentials_of_the_account(external_id: str | None) -> None:
    given = {"ExternalId": external_id} if external_id else {}
    answer = clients.client("sts").assume_role(RoleArn=ARN, RoleSessionName="me", **given)
    credentials = answer["Credentials"]
    there = clients.session().client(
        "sts",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    assert there.get_caller_identity()["Account"] == "210987654321"


def test_a_wrong_external_id_is_denied_where_one_is_asked_for(external_id: str | None) -> None:
    def assume() -> None:
        clients.client("sts").assume_role(RoleArn=ARN, RoleSessionName="me", ExternalId="wrong")

    if external_id is None:
        assume()
        return
    with pytest.raises(ClientError) as caught:
        assume()
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_role_that_does_not_exist_is_denied(external_id: str | None) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        clients.client("sts").assume_role(RoleArn=ARN + "x", RoleSessionName="me")
