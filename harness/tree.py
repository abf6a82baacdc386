"""A tree as the world that its code runs in: functions, tables, roles and state machines, read from
the tree's own templates, so that a variable or a limit that the templates lack is lacking here too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError
from drs_refactor.migration import Function, Migration
from harness.aws.compiling import compiled
from harness.aws.function import FunctionDefinition
from harness.aws.places import HERE, REGION, Place
from harness.aws.templates.stack import Stack, stacks_of
from harness.moved import MovedFunction, moved_functions

LAMBDA_DEFAULT_TIMEOUT = 3
LAMBDA_DEFAULT_MEMORY = 128


@dataclass(frozen=True)
class Table:
    """A DynamoDB table: the properties that CreateTable takes."""

    name: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class StateMachine:
    """A state machine with its definition as text."""

    logical_id: str
    name: str
    definition: str
    role: str
    template: str = ""


@dataclass(frozen=True)
class Role:
    """An IAM role with its trust policy and what it permits, as policy documents; `decided` keeps
    what was decided by them, `logical_id` is its name in the template.
    """

    name: str
    arn: str
    trust: Mapping[str, Any]
    policies: tuple[Mapping[str, Any], ...]
    logical_id: str = ""
    decided: dict[Any, dict[tuple[str, str], bool]] = field(
        default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True)
class Tree:
    """One side of a comparison. `side` is "legacy" or "refactored"; `moved` are the functions that
    an action stands for, by their old name.
    """

    side: str
    root: Path
    functions: Mapping[str, FunctionDefinition]
    tables: tuple[Table, ...]
    machines: tuple[StateMachine, ...]
    roles: tuple[Role, ...] = ()
    moved: Mapping[str, MovedFunction] = field(default_factory=dict)

    def role_of(self, function: FunctionDefinition) -> Role | None:
        """The role that a function runs under, if the templates define it."""
        return next((role for role in self.roles if function.role in (role.arn, role.name)), None)

    def table_of(self, variable: str) -> str | None:
        """The name of the table that functions find in this environment variable."""
        for function in self.functions.values():
            if variable in function.variables:
                return function.variables[variable]
        return None


def read_tree(root: Path, migration: Migration, side: str, place: Place = HERE) -> Tree:
    """Read a tree's world. Raises InputError for what is missing or cannot be read."""
    if not root.is_dir():
        option = f"--{side}"
        raise InputError("there is no such folder", path=root, mend=f"Name the tree with {option}")
    for layer in migration.layers:
        if side == "legacy" and not (root / layer).is_dir():
            raise InputError(
                "there is no such folder",
                path=root / layer,
                mend=f"See {migration.path.name}: layers",
            )
    _check_syntax(root)
    stacks = read_stacks(root, migration, place)
    functions = {
        key: _function(function, side, root, migration, stacks)
        for key, function in migration.functions.items()
    }
    return Tree(
        side,
        root,
        functions,
        tuple(_tables(stacks)),
        tuple(_machines(root, migration, stacks)),
        tuple(_roles(stacks)),
        moved_functions(migration, {key: f.entry for key, f in functions.items()}),
    )


def read_stacks(root: Path, migration: Migration, place: Place = HERE) -> list[Stack]:
    """The stacks of a tree's templates. Raises InputError for what is missing or cannot be read."""
    paths = sorted(path for glob in migration.templates.files for path in root.glob(glob))
    if not paths:
        raise InputError(
            f"no template matches {list(migration.templates.files)}",
            path=root,
            mend="Name the tree's templates in migration.toml: [templates] files",
        )
    templates = migration.templates
    return stacks_of(paths, templates.parameters, templates.values, place)


def _check_syntax(root: Path) -> None:
    """Code that does not compile would fail alike on both sides, and prove nothing."""
    for path in sorted(root.rglob("*.py")):
        try:
            compiled(path)
        except SyntaxError as error:
            raise InputError(
                f"syntax error: {error.msg}",
                path=path,
                line=error.lineno,
                mend="Mend the file, or run a Python that knows the syntax",
            ) from error


def _function(
    function: Function, side: str, root: Path, migration: Migration, stacks: list[Stack]
) -> FunctionDefinition:
    relative = function.refactored_path if side == "refactored" else function.path
    entry = root / relative
    if not entry.is_file():
        raise InputError(
            "there is no such file",
            path=entry,
            mend=f"See {migration.path.name}: [functions.{function.key}] path",
        )
    for stack in stacks:
        resource = stack.resources("AWS::Lambda::Function").get(function.resource)
        if resource is None:
            continue
        properties = stack.properties(
            resource,
            "Environment",
            "Handler",
            "MemorySize",
            "ReservedConcurrentExecutions",
            "Role",
            "Runtime",
            "Timeout",
        )
        name = stack.physical_name(function.resource)
        variables = properties.get("Environment", {}).get("Variables", {})
        handler = properties.get("Handler", "index.lambda_handler")
        return FunctionDefinition(
            key=function.key,
            name=name,
            arn=stack.arn(function.resource),
            entry=entry,
            handler=handler,
            folders=(entry.parent, *(root / layer for layer in migration.layers)),
            variables=_variables(name, properties, {**variables, **function.variables}),
            timeout=int(properties.get("Timeout", LAMBDA_DEFAULT_TIMEOUT)),
            memory=int(properties.get("MemorySize", LAMBDA_DEFAULT_MEMORY)),
            region=stack.place.region,
            account=stack.place.account,
            role=str(properties.get("Role", "")),
            runtime=str(properties.get("Runtime", "python3.12")),
            root=f"{root}/",
            concurrency=_whole(properties.get("ReservedConcurrentExecutions")),
        )
    raise InputError(
        f"no template defines the function {function.resource!r}",
        path=root,
        mend=f"Name its logical id in migration.toml: [functions.{function.key}] resource",
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _variables(name: str, properties: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    """The environment as Lambda sets it: the template's variables and those of the runtime."""
    runtime = {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties.get("MemorySize", LAMBDA_DEFAULT_MEMORY)),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{properties.get('Runtime', 'python3.12')}",
        "AWS_ACCESS_KEY_ID": "ASIAFAKEFAKEFAKEFAKE",
        "AWS_SECRET_ACCESS_KEY": "no-secret-of-anything",
        "AWS_SESSION_TOKEN": "no-token-of-anything",
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin",
        "_HANDLER": str(properties.get("Handler", "index.lambda_handler")),
    }
    return runtime | {key: str(value) for key, value in own.items()}


def _tables(stacks: list[Stack]) -> list[Table]:
    kept = (
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "BillingMode",
        "ProvisionedThroughput",
    )
    found = []
    for stack in stacks:
        for logical_id, resource in stack.resources("AWS::DynamoDB::Table").items():
            properties = stack.properties(resource, *kept)
            found.append(Table(stack.physical_name(logical_id), properties))
    return found


def _attached(stacks: list[Stack]) -> dict[str, list[Mapping[str, Any]]]:
    """The documents of policies that are resources of their own, by the role's name."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for stack in stacks:
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            for resource in stack.resources(kind).values():
                properties = stack.properties(resource, "PolicyDocument", "Roles", "RoleName")
                for role in [*properties.get("Roles", []), properties.get("RoleName")]:
                    if role is not None and "PolicyDocument" in properties:
                        found.setdefault(str(role), []).append(properties["PolicyDocument"])
    return found


def _roles(stacks: list[Stack]) -> list[Role]:
    found = []
    attached = _attached(stacks)
    for stack in stacks:
        for logical_id, resource in stack.resources("AWS::IAM::Role").items():
            properties = stack.properties(resource, "AssumeRolePolicyDocument", "Policies")
            inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
            found.append(
                Role(
                    stack.physical_name(logical_id),
                    stack.arn(logical_id),
                    properties.get("AssumeRolePolicyDocument", {}),
                    (*inline, *attached.get(stack.physical_name(logical_id), ())),
                    logical_id,
                )
            )
    return found


def _machines(root: Path, migration: Migration, stacks: list[Stack]) -> list[StateMachine]:
    found = []
    for stack in stacks:
        for logical_id, resource in stack.resources("AWS::StepFunctions::StateMachine").items():
            properties = stack.properties(
                resource, "Definition", "DefinitionString", "DefinitionSubstitutions", "RoleArn"
            )
            file = migration.templates.definitions.get(logical_id)
            if file is not None:
                properties["DefinitionString"] = _read(root / file, migration)
            definition = _definition(stack, logical_id, resource, properties)
            found.append(
                StateMachine(
                    logical_id,
                    stack.physical_name(logical_id),
                    definition,
                    str(properties.get("RoleArn", "")),
                    str(stack.path if file is None else root / file),
                )
            )
    return found


def _read(path: Path, migration: Migration) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}",
            path=path,
            mend=f"See {migration.path.name}: [templates.definitions]",
        ) from error


def _definition(stack: Stack, logical_id: str, resource: Any, properties: Mapping[str, Any]) -> str:
    if "DefinitionString" in properties:
        text = str(properties["DefinitionString"])
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        raise InputError(
            f"{logical_id} has no Definition or DefinitionString in the template",
            path=stack.path,
            line=getattr(resource, "line", None),
            mend=f'Name its file in migration.toml: [templates.definitions] {logical_id} = "…"',
        )
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace("${" + key + "}", str(value))
    return text
