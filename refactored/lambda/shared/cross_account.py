"""
AWS clients for the account that a protection group or an execution names.

An *account context* is a dictionary:

    accountId         account of the servers
    isCurrentAccount  true (the default) if that is the account we run in
    assumeRoleName    role to assume otherwise
    externalId        external id that the role's trust policy asks for, if any

Usage::

    from shared.cross_account import create_drs_client

    def list_jobs(region, context):
        return create_drs_client(region, context).describe_jobs(filters={})
"""

import logging
import time
from typing import Any, Dict, Optional

import boto3

logger = logging.getLogger()

SESSION_NAME_PREFIX = "drs-orchestration"


def is_cross_account(account_context: Optional[Dict[str, Any]]) -> bool:
    """True if the context names an account that is not the one we run in."""
    if not account_context:
        return False
    return not account_context.get("isCurrentAccount", True)


def assume_account_role(region: str, account_context: Dict[str, Any]) -> Dict[str, str]:
    """
    Assume the context's role and return keyword arguments for ``boto3.client``.

    Raises:
        ValueError: the context lacks accountId or assumeRoleName
        RuntimeError: the role could not be assumed
    """
    account_id = account_context.get("accountId")
    role_name = account_context.get("assumeRoleName")
    if not account_id or not role_name:
        raise ValueError(
            "Cross-account operation requires accountId and assumeRoleName, got "
            f"accountId={account_id!r}, assumeRoleName={role_name!r}"
        )

    role_arn = f"arn:aws:iam::{account_id}:role/{role_name}"
    assume_role_args: Dict[str, Any] = {
        "RoleArn": role_arn,
        "RoleSessionName": f"{SESSION_NAME_PREFIX}-{int(time.time())}",
    }
    if account_context.get("externalId"):
        assume_role_args["ExternalId"] = account_context["externalId"]

    try:
        sts_client = boto3.client("sts", region_name=region)
        credentials = sts_client.assume_role(**assume_role_args)["Credentials"]
    except Exception as e:
        logger.error(f"Assuming {role_arn} failed: {e}")
        raise RuntimeError(
            f"Failed to assume role {role_arn} in account {account_id}: {e}. "
            "Check that the role exists, that its trust policy names the hub account's "
            "role, and that the externalId of the target account is right."
        ) from e

    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def _create_client(service: str, region: str, account_context: Optional[Dict[str, Any]]):
    if not is_cross_account(account_context):
        return boto3.client(service, region_name=region)

    logger.info(f"{service} client for account {account_context.get('accountId')} in {region}")
    credentials = assume_account_role(region, account_context)
    return boto3.client(service, region_name=region, **credentials)


def create_drs_client(region: str, account_context: Optional[Dict[str, Any]] = None):
    """DRS client in the region for the context's account."""
    return _create_client("drs", region, account_context)


def create_ec2_client(region: str, account_context: Optional[Dict[str, Any]] = None):
    """EC2 client in the region for the context's account."""
    return _create_client("ec2", region, account_context)


def create_iam_client(region: str, account_context: Optional[Dict[str, Any]] = None):
    """IAM client for the context's account (the region only serves the session)."""
    return _create_client("iam", region, account_context)
