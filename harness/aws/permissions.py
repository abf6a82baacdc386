"""What a function's role permits, as IAM decides it: an explicit Deny, else an Allow, else nothing.

A call that the role does not permit is refused as the service would refuse it. Conditions are
taken to hold, in both directions; a resource that cannot be told from the parameters matches any
pattern (AWS, "Policy evaluation logic", "Actions, resources, and condition keys").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from drs_refactor.services import iam_prefix
from harness.aws.disruptions import Disruption

# IAM's prefix is mostly the name under which a service's requests are signed, in botocore's model;
# that is read from a file, which the services of every tree are spared.
_ACTION = {"lambda:Invoke": "lambda:InvokeFunction"}
_CODE = {
    "ec2": "UnauthorizedOperation",
    "sts": "AccessDenied",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
}

ANY = ""
"""The resource of a call whose resource the parameters do not tell."""


@dataclass(frozen=True)
class Policy:
    """The statements of one role. `known` is False where the templates do not define the role."""

    role: str
    statements: tuple[Mapping[str, Any], ...]
    known: bool = True
    decided: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)


def policy_of(role: str, documents: Iterable[Mapping[str, Any]], denied: Iterable[str]) -> Policy:
    """A role's policy documents as one, and actions that are denied on top of it."""
    statements = [s for document in documents for s in listed(document.get("Statement", []))]
    denied = list(denied)
    if denied:
        statements.append({"Effect": "Deny", "Action": denied, "Resource": "*"})
    return Policy(role, tuple(statements))


def permits(policy: Policy, action: str, resource: str) -> bool:
    """True if the role may do `action` on `resource`."""
    if (action, resource) not in policy.decided:
        policy.decided[action, resource] = _decide(policy, action, resource)
    return policy.decided[action, resource]


def _decide(policy: Policy, action: str, resource: str) -> bool:
    effects = {
        statement.get("Effect")
        for statement in policy.statements
        if _applies(statement, "Action", action.lower(), lower=True)
        and (resource == ANY or _applies(statement, "Resource", resource))
    }
    return "Allow" in effects and "Deny" not in effects


def refusal(
    policy: Policy,
    function: str,
    service: str,
    operation: str,
    place: tuple[str, str],
    parameters: Any,
) -> Disruption | None:
    """How AWS refuses the call, or None where it does not. `place` is (account, region)."""
    if not policy.known:
        return None
    action = action_of(service, operation)
    resource = resource_of(service, place, parameters)
    if permits(policy, action, resource):
        return None
    who = f"arn:aws:sts::{place[0]}:assumed-role/{policy.role.rpartition('/')[2]}/{function}"
    what = f" on resource: {resource}" if resource else ""
    message = (
        f"User: {who} is not authorized to perform: {action}{what} because no identity-based "
        f"policy allows the {action} action"
    )
    code = _CODE.get(service, "AccessDeniedException")
    return Disruption(f"{service}.{operation}", code, message)


def action_of(service: str, operation: str) -> str:
    """IAM's name of an operation."""
    action = f"{iam_prefix(service)}:{operation}"
    return _ACTION.get(action, action)


def resource_of(service: str, place: tuple[str, str], parameters: Any) -> str:
    """The ARN that a call is about, where its parameters tell it."""
    account, region = place
    given = parameters if isinstance(parameters, Mapping) else {}
    if service == "dynamodb" and isinstance(given.get("TableName"), str):
        table = given["TableName"]
        arn = (
            table
            if table.startswith("arn:")
            else (f"arn:aws:dynamodb:{region}:{account}:table/{table}")
        )
        return f"{arn}/index/{given['IndexName']}" if given.get("IndexName") else arn
    if service == "lambda" and isinstance(given.get("FunctionName"), str):
        name = given["FunctionName"]
        return (
            name
            if name.startswith("arn:")
            else (f"arn:aws:lambda:{region}:{account}:function:{name}")
        )
    if service == "sts":
        return str(given.get("RoleArn", ANY))
    if service == "stepfunctions":
        return str(given.get("stateMachineArn") or given.get("executionArn") or ANY)
    return ANY


def _applies(statement: Mapping[str, Any], key: str, value: str, *, lower: bool = False) -> bool:
    if f"Not{key}" in statement:
        patterns = listed(statement[f"Not{key}"])
        return not any(_matches(str(p).lower() if lower else str(p), value) for p in patterns)
    patterns = listed(statement.get(key, []))
    return any(_matches(str(p).lower() if lower else str(p), value) for p in patterns)


@lru_cache(maxsize=4096)
def _matches(pattern: str, value: str) -> bool:
    """IAM's wildcards: * and ?, and nothing else."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def listed(value: Any) -> list[Any]:
    """What may stand alone or in a list, as a list."""
    return list(value) if isinstance(value, list | tuple) else [value]
