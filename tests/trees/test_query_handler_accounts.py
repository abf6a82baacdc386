"""The query-handler's questions about accounts: which there are, and whether one gets in."""

from typing import Any

import pytest

from tests.trees.support import ACCOUNTS, HUB, OTHER, A, System

THIRD = "333333333333"
CURRENT = {
    "accountId": HUB,
    "accountName": "Current account",
    "isCurrentAccount": True,
    "assumeRoleName": None,
    "roleArn": None,
}


def targets(system: System, **query: str) -> Any:
    status, body = system.query_api("GET", "/accounts/targets", query=query or None)
    assert (status, body["count"]) == (200, len(body["accounts"]))
    return body["accounts"]


def validated(system: System, account_id: str, **query: str) -> Any:
    path = f"/accounts/targets/{account_id}/validate"
    status, body = system.query_api("GET", path, query=query or None)
    assert status == 200, body
    return body


def test_the_account_it_runs_in_is_asked_for_once(system: System) -> None:
    for _ in range(2):
        assert system.query_api("GET", "/accounts/current") == (
            200,
            {"accountId": HUB, "isCurrentAccount": True},
        )
    assert system.names("sts.") == ["sts.GetCallerIdentity"]


def test_the_own_account_comes_first(system: System) -> None:
    assert targets(system) == [CURRENT]
    system.put(
        ACCOUNTS,
        {"accountId": THIRD},
        {
            "accountId": OTHER,
            "accountName": "Payroll",
            "assumeRoleName": "recovery",
            "externalId": "secret",
        },
        {"accountId": HUB, "accountName": "Hub"},
    )
    accounts = targets(system)
    assert accounts == [
        {**CURRENT, "accountName": "Hub"},
        {
            "accountId": OTHER,
            "accountName": "Payroll",
            "isCurrentAccount": False,
            "assumeRoleName": "recovery",
            "roleArn": f"arn:aws:iam::{OTHER}:role/recovery",
            "hasExternalId": True,
        },
        {
            "accountId": THIRD,
            "accountName": "",
            "isCurrentAccount": False,
            "assumeRoleName": None,
            "roleArn": None,
            "hasExternalId": False,
        },
    ]
    answer = system.query_handler({"operation": "get_target_accounts"})
    assert answer == {"accounts": accounts, "count": 3}


def test_whether_one_gets_into_each_account(system: System) -> None:
    system.trust(external_id="secret")
    system.add_servers(A)
    system.put(
        ACCOUNTS,
        {"accountId": OTHER, "assumeRoleName": "recovery", "externalId": "secret"},
        {"accountId": THIRD},
    )
    own, other, third = (account["access"] for account in targets(system, withAccess="true"))
    assert own == {"accessible": True, "drsInitialized": True, "error": None}
    assert other == {"accessible": True, "drsInitialized": False, "error": None}
    assert (third["accessible"], third["drsInitialized"]) == (False, None)
    assert third["error"].startswith(
        f"Failed to assume role arn:aws:iam::{THIRD}:role/DRSOrchestrationRole in account "
    )


def test_trying_the_way_into_one_account(system: System) -> None:
    system.trust("DRSOrchestrationRole")
    system.add_servers(A, account=OTHER, region="eu-west-1")
    own = validated(system, HUB)
    assert own == {
        "accountId": HUB,
        "region": "us-east-1",
        "registered": True,
        "valid": True,
        "accessible": True,
        "drsInitialized": False,
        "error": None,
    }
    other = validated(system, OTHER, region="eu-west-1")
    assert other == {
        "accountId": OTHER,
        "region": "eu-west-1",
        "registered": False,
        "valid": False,
        "accessible": True,
        "drsInitialized": True,
        "error": None,
    }
    system.put(ACCOUNTS, {"accountId": OTHER}, {"accountId": THIRD})
    event = {"operation": "validate_target_account", "accountId": OTHER, "region": "eu-west-1"}
    assert system.query_handler(event) == other | {"registered": True, "valid": True}
    third = validated(system, THIRD)
    assert (third["registered"], third["valid"], third["accessible"]) == (True, False, False)


def test_an_account_that_refuses(system: System) -> None:
    system.refuse("drs.DescribeSourceServers", message="not yours")
    body = validated(system, HUB)
    assert (body["valid"], body["accessible"], body["drsInitialized"]) == (False, False, None)
    assert body["error"].startswith("AccessDeniedException: ")
    assert body["error"].endswith("not yours")


def test_what_is_no_account(system: System) -> None:
    path = "/accounts/targets/12345/validate"
    status, body = system.query_api("GET", path)
    assert (status, body["error"]) == (400, "INVALID_ACCOUNT")
    event = {"operation": "validate_target_account"}
    assert system.query_handler(event)["statusCode"] == 400


@pytest.mark.parametrize("function", ["execution-handler", "query-handler"])
def test_a_stack_without_target_accounts(system: System, function: str) -> None:
    del system.world.container("query-handler").variables["TARGET_ACCOUNTS_TABLE"]
    del system.world.container("execution-handler").variables["TARGET_ACCOUNTS_TABLE"]
    if function == "query-handler":
        assert targets(system) == [CURRENT]
        event = {"operation": "validate_target_account", "accountId": HUB}
        assert system.query_handler(event)["valid"] is True
    else:
        context = system.world.call(function, "build_account_context", OTHER)
        assert context["assumeRoleName"] == "DRSOrchestrationRole"
    assert system.names("dynamodb.") == []
