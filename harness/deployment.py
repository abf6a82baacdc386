"""A tree's resources put straight into the fake account: tables, roles, functions, state machines.

By the backends' own methods, since a world is made for every run of every scenario, and a dozen
API calls cost more than most scenarios.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from drs_refactor.errors import InputError
from harness.aws import ids, stepfunctions
from harness.aws.function import FunctionDefinition
from harness.aws.places import HUB, REGION
from harness.tree import StateMachine, Table, Tree

_serialize = TypeSerializer().serialize


def deploy(tree: Tree) -> None:
    """Create all resources. Raises InputError for a definition that is no state machine."""
    for role in tree.roles:
        create_role(HUB, role.name, json.dumps(role.trust))
    for table in tree.tables:
        _create_table(table)
    for function in tree.functions.values():
        _create_function(function)
    for machine in tree.machines:
        _create_state_machine(machine)


def redeploy(old: Tree, new: Tree) -> None:
    """Update what differs, as CloudFormation does: a resource whose name changed is made anew, and
    the old one deleted; but no table, since data goes last.
    """
    known = {table.name for table in old.tables}
    for table in new.tables:
        if table.name not in known:
            _create_table(table)
    names = {role.name for role in old.roles}
    for role in new.roles:
        if role.name not in names:
            create_role(HUB, role.name, json.dumps(role.trust))
    for key, function in new.functions.items():
        before = old.functions[key]
        if before.name != function.name:
            _create_function(function)
            lambda_backends[HUB][REGION].delete_function(before.name)
        elif before is not function:
            properties = _properties(function)
            lambda_backends[HUB][REGION].get_function(function.name).update_configuration(
                properties
            )
    _redeploy_machines(old.machines, new.machines)


def _redeploy_machines(old: Sequence[StateMachine], new: Sequence[StateMachine]) -> None:
    backend = stepfunctions_parser_backends[HUB][REGION]
    names = {machine.name for machine in old}
    for machine in new:
        if machine.name not in names:
            _create_state_machine(machine)
        elif machine not in old:
            arn = next(m.arn for m in backend.state_machines if m.name == machine.name)
            backend.update_state_machine(arn, machine.definition, machine.role)
    for gone in names - {machine.name for machine in new}:
        stepfunctions.delete_machine(gone)


def _create_function(function: FunctionDefinition) -> None:
    with ids.derived_from("deployment", "function", function.name):
        lambda_backends[HUB][REGION].create_function(
            {
                **_properties(function),
                "FunctionName": function.name,
                "Code": {"ZipFile": ""},
            }
        )


def _properties(function: FunctionDefinition) -> dict[str, Any]:
    return {
        "Runtime": function.runtime,
        "Role": function.role,
        "Handler": function.handler,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Environment": {"Variables": _template_variables(function.variables)},
    }


def create_role(account: str, name: str, trust_policy: str) -> None:
    """Create a role that may be assumed as its policy (JSON) says."""
    with ids.derived_from("deployment", "role", account, name):
        iam_backends[account]["aws"].create_role(
            role_name=name,
            assume_role_policy_document=trust_policy,
            path="/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration=None,
        )


def put_item(table: str, item: Mapping[str, Any]) -> None:
    """Put an item, of the types that boto3 takes, into a table."""
    attributes = {key: _serialize(value) for key, value in item.items()}
    dynamodb_backends[HUB][REGION].put_item(table, attributes)


def _create_table(table: Table) -> None:
    given = table.properties
    on_demand = given.get("BillingMode") == "PAY_PER_REQUEST"
    with ids.derived_from("deployment", "table", table.name):
        dynamodb_backends[HUB][REGION].create_table(
            table.name,
            schema=given["KeySchema"],
            throughput=given.get("ProvisionedThroughput"),
            attr=given["AttributeDefinitions"],
            global_indexes=given.get("GlobalSecondaryIndexes") or [],
            indexes=given.get("LocalSecondaryIndexes") or [],
            streams=None,
            billing_mode="PAY_PER_REQUEST" if on_demand else "PROVISIONED",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )


def _create_state_machine(machine: StateMachine) -> None:
    try:
        stepfunctions_parser_backends[HUB][REGION].create_state_machine(
            name=machine.name, definition=machine.definition, roleArn=machine.role
        )
    except InvalidDefinition as error:
        raise InputError(
            f"the definition of {machine.logical_id} is no valid state machine: "
            f"{' '.join(str(error).split())[:300]}",
            path=machine.template,
            mend="Mend its Definition or DefinitionString",
        ) from error


def _template_variables(variables: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in variables.items() if not key.startswith(("AWS_", "_"))}
