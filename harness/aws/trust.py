"""STS as AWS has it: a role is assumed only where it exists and its trust policy agrees.

moto's AssumeRole gives credentials for any ARN. Here the role must exist in IAM, and an
`sts:ExternalId` in its trust policy must be the one given (AWS: AccessDenied otherwise).
"""

from __future__ import annotations

import inspect
import json
from typing import Any

from moto.core.exceptions import AccessDeniedError
from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, STSBackend

from harness.aws import lambda_service

_assume_role = STSBackend.assume_role
assert list(inspect.signature(_assume_role).parameters) == [
    "self",
    "region_name",
    "role_session_name",
    "role_arn",
    "policy",
    "duration",
    "external_id",
], "moto changed STSBackend.assume_role: harness/aws/trust.py must follow"


def install() -> None:
    """Make moto's STS look at roles and their trust policies."""
    STSBackend.assume_role = _checked_assume_role  # type: ignore[method-assign, assignment]


def trust_policy(external_id: str | None) -> str:
    """A trust policy for the hub account, with an external id if one is wanted."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _checked_assume_role(self: STSBackend, **arguments: Any) -> AssumedRole:
    if not lambda_service.world_is_active():
        return _assume_role(self, **arguments)
    arn, given = arguments["role_arn"], arguments["external_id"]
    account = arn.split(":")[4]
    roles = iam_backends[account][self.partition].roles.values()
    role = next((role for role in roles if role.arn == arn), None)
    wanted = None if role is None else _external_id(role.assume_role_policy_document)
    if role is None or (wanted is not None and wanted != given):
        caller = f"arn:aws:sts::{self.account_id}:assumed-role/lambda"
        raise AccessDeniedError(caller, f"sts:AssumeRole on resource: {arn}")
    return _assume_role(self, **arguments)


def _external_id(policy: str | None) -> str | None:
    for statement in json.loads(policy or "{}").get("Statement", []):
        wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        if wanted is not None:
            return str(wanted)
    return None
