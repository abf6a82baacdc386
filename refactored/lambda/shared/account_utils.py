"""Target accounts: which accounts there are, and how to get into them."""

import logging
import os
import re
from typing import Any, Dict, List, Optional

import boto3

logger = logging.getLogger()

DEFAULT_ASSUME_ROLE_NAME = "DRSOrchestrationRole"

ACCOUNT_ID_PATTERN = re.compile(r"^\d{12}$")

_current_account_id: Optional[str] = None
_target_accounts_table = None


def get_current_account_id() -> str:
    """Account this function runs in; asked once per container."""
    global _current_account_id
    if _current_account_id is None:
        _current_account_id = boto3.client("sts").get_caller_identity()["Account"]
    return _current_account_id


def get_target_accounts_table():
    """Table handle of the target accounts, or None where there is no such table."""
    global _target_accounts_table
    if _target_accounts_table is None and os.environ.get("TARGET_ACCOUNTS_TABLE"):
        dynamodb = boto3.resource("dynamodb")
        _target_accounts_table = dynamodb.Table(os.environ["TARGET_ACCOUNTS_TABLE"])
    return _target_accounts_table


def is_valid_account_id(account_id: Any) -> bool:
    return isinstance(account_id, str) and bool(ACCOUNT_ID_PATTERN.match(account_id))


def construct_role_arn(account_id: str, role_name: str = DEFAULT_ASSUME_ROLE_NAME) -> str:
    """ARN of the role that is assumed in a target account."""
    if not is_valid_account_id(account_id):
        raise ValueError(f"Invalid account ID: {account_id}")
    return f"arn:aws:iam::{account_id}:role/{role_name}"


def get_target_account(account_id: str) -> Optional[Dict[str, Any]]:
    """One target account, or None."""
    table = get_target_accounts_table()
    if table is None:
        return None
    return table.get_item(Key={"accountId": account_id}).get("Item")


def list_target_accounts() -> List[Dict[str, Any]]:
    """All target accounts, ordered by their id."""
    table = get_target_accounts_table()
    if table is None:
        return []
    page = table.scan()
    accounts = page.get("Items", [])
    while "LastEvaluatedKey" in page:
        page = table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        accounts.extend(page.get("Items", []))
    return sorted(accounts, key=lambda account: account["accountId"])


def build_account_context(account_id: Optional[str] = None) -> Dict[str, Any]:
    """
    Account context for an account id; without one, for the account we run in.

    An account that is not registered gets the default role name: whoever uses the
    context finds out soon enough whether the role is there.
    """
    current_account_id = get_current_account_id()
    if not account_id or account_id == current_account_id:
        return {"accountId": current_account_id, "isCurrentAccount": True}

    account = get_target_account(account_id) or {}
    if not account:
        logger.warning(f"Account {account_id} is not registered as a target account")
    account_context = {
        "accountId": account_id,
        "isCurrentAccount": False,
        "assumeRoleName": account.get("assumeRoleName") or DEFAULT_ASSUME_ROLE_NAME,
    }
    if account.get("externalId"):
        account_context["externalId"] = account["externalId"]
    return account_context
