"""Templates as other deployments read them: another region, partition and account, another value of
each parameter. Worlds stand in one place, where an ARN that was written out is as good as any.

Only what legacy's own templates leave open is tried, and only where legacy means the same there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from drs_refactor.errors import InputError
from drs_refactor.migration import Migration
from harness.aws.function import FunctionDefinition
from harness.aws.permissions import Policy, listed, permits, policy_of
from harness.aws.places import HERE, Place
from harness.aws.templates.stack import Stack
from harness.comparison import Divergence
from harness.tree import Tree, read_stacks, read_tree
from harness.values import MISSING

DEPLOYMENT = "deployment"
"""The kind of such a divergence."""

NAME = "other deployments"
"""What stands for a scenario in an allowance."""

_PSEUDO = {
    "AWS::Region": Place(region="eu-west-1"),
    "AWS::AccountId": Place(account="999999999999"),
    "AWS::Partition": Place(region="us-gov-west-1", partition="aws-us-gov"),
}
_ACTIONS = {
    "function": ("lambda:InvokeFunction",),
    "table": ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"),
    "state machine": ("states:StartExecution",),
}


@dataclass(frozen=True)
class Deployment:
    """One deployment: its name in words, where it is, and what its parameters are."""

    name: str
    place: Place = HERE
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Elsewhere:
    """What was found: the names of the deployments that were read, those in which legacy means
    something else itself, and what only the refactored tree means otherwise; `widened` is what its
    roles permit on top of legacy's that nothing of the tree needs, which is for a person to judge.
    """

    read: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    widened: tuple[str, ...] = ()


def elsewhere(migration: Migration, legacy: Tree, refactored: Tree) -> Elsewhere:
    """Read both trees' templates as of every other deployment that legacy's leave open."""
    found = list(_variables_lost(legacy, refactored))
    read, left_out = [], []
    widened = tuple(_widened(legacy, refactored))
    if migration.templates.values:  # which are of this deployment alone
        return Elsewhere((), (), tuple(found), widened)
    literal = {key: frozenset(f.variables) for key, f in migration.functions.items()}
    old, new = (_meaning(tree, HERE, literal) for tree in (legacy, refactored))
    for deployment in deployments(legacy.root, migration):
        try:
            there = _read(legacy, migration, deployment)
        except (InputError, ValueError):  # no number, say
            left_out.append(deployment.name)
            continue
        if _meaning(there, deployment.place, literal).means != old.means:
            left_out.append(deployment.name)
            continue
        read.append(deployment.name)
        try:
            moved = _read(refactored, migration, deployment)
        except (InputError, ValueError) as error:
            found.append(Divergence(DEPLOYMENT, 0, deployment.name, MISSING, str(error)))
            continue
        meaning = _meaning(moved, deployment.place, literal)
        found += _astray(deployment.name, new, meaning)
        here, now = (legacy, refactored), (there, moved)
        found += _other_values(deployment.name, here, now, literal)
        found += _other_settings(deployment.name, here, now)
        found += _other_permissions(deployment.name, here, now)
    return Elsewhere(tuple(read), tuple(left_out), tuple(found), widened)


def deployments(root: Path, migration: Migration) -> Iterator[Deployment]:
    """The other deployments that a tree's templates leave open."""
    stacks = read_stacks(root, migration)
    texts = [path.read_text(encoding="utf-8") for path in {stack.path for stack in stacks}]
    for pseudo, place in _PSEUDO.items():
        if any(pseudo in text for text in texts):
            yield Deployment(f"{pseudo} is {_told(pseudo, place)}", place)
    seen = set()
    for stack in stacks:
        if stack.name != stack.path.stem:
            continue  # its parameters come from the stack that it is part of
        for name, declared in stack.template.get("Parameters", {}).items():
            for value in _others(stack, name, declared):
                if (name, value) not in seen:
                    seen.add((name, value))
                    yield Deployment(f"{name} is {value}", parameters={name: value})


def _told(pseudo: str, place: Place) -> str:
    told = {"AWS::Region": place.region, "AWS::AccountId": place.account}
    return told.get(pseudo, place.partition)


def _others(stack: Stack, name: str, declared: Mapping[str, object]) -> Iterator[str]:
    """Other values that a parameter may have."""
    if declared.get("Type") != "String" or not ("Default" in declared or name in stack.given):
        return
    now = str(stack.value({"Ref": name}))
    listed = declared.get("AllowedValues")
    if isinstance(listed, list):
        yield from (str(value) for value in listed if str(value) != now)
        return
    try:
        allowed = re.fullmatch(str(declared.get("AllowedPattern", ".*")), f"{now}2")
    except re.error:  # a pattern of Java's
        return
    if allowed:
        yield f"{now}2"


def _read(tree: Tree, migration: Migration, deployment: Deployment) -> Tree:
    given = {**migration.templates.parameters, **deployment.parameters}
    there = replace(migration, templates=replace(migration.templates, parameters=given))
    return read_tree(tree.root, there, tree.side, deployment.place)


@dataclass(frozen=True)
class _Meaning:
    """What each variable of each function refers to, and what its role permits on what: `means` by
    function and fact; `values` are what stands there.
    """

    means: Mapping[tuple[str, str], object]
    values: Mapping[tuple[str, str], str]


def _meaning(tree: Tree, place: Place, literal: Mapping[str, frozenset[str]]) -> _Meaning:
    things = {kind: dict(_things(tree, place, kind)) for kind in _ACTIONS}
    named = {arn: thing for of_kind in things.values() for thing, (arn, _) in of_kind.items()}
    named |= {name: thing for of_kind in things.values() for thing, (_, name) in of_kind.items()}
    means: dict[tuple[str, str], object] = {}
    values: dict[tuple[str, str], str] = {}
    for key, function in tree.functions.items():
        for variable, value in function.variables.items():
            if value in named and variable not in literal[key]:
                means[key, variable], values[key, variable] = named[value], value
        role = tree.role_of(function)
        if role is None:
            continue
        policy = policy_of(role.arn, role.policies, ())
        for kind, of_kind in things.items():
            for thing, (arn, _) in of_kind.items():
                for action in _ACTIONS[kind]:
                    fact = key, f"{action} on {thing}"
                    means[fact], values[fact] = permits(policy, action, arn), arn
    return _Meaning(means, values)


def _things(tree: Tree, place: Place, kind: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """What can be referred to, by what it is called in words: its ARN and its name."""
    if kind == "function":
        for key, function in tree.functions.items():
            yield f"function {key}", (function.arn, function.name)
    elif kind == "table":
        for number, table in enumerate(tree.tables, 1):
            yield f"table {number}", (place.arn("dynamodb", f"table/{table.name}"), table.name)
    else:
        for one in tree.machines:
            arn = place.arn("states", f"stateMachine:{one.name}")
            yield f"state machine {one.logical_id}", (arn, one.name)


def _astray(where: str, here: _Meaning, there: _Meaning) -> Iterator[Divergence]:
    """Facts that hold here and not there."""
    for (key, fact), meant in here.means.items():
        now = there.means.get((key, fact), False)
        if now == meant or meant is False:
            continue
        if meant is True:
            found = f"its role permits it not on {there.values.get((key, fact), 'what is there')}"
        else:
            found = f"it is not {meant} there"
        yield Divergence(DEPLOYMENT, 0, f"{key} {fact}, where {where}", MISSING, found)


def _other_values(
    where: str,
    here: tuple[Tree, Tree],
    there: tuple[Tree, Tree],
    literal: Mapping[str, frozenset[str]],
) -> Iterator[Divergence]:
    """Variables and names that both trees have, and that only here are the same."""
    for key, function in here[0].functions.items():
        facts = [_facts(tree.functions[key], literal[key]) for tree in (*here, *there)]
        for name in sorted(facts[0].keys() & facts[1].keys()):
            old, new, wanted, found = (one.get(name) for one in facts)
            if old == new and wanted != found:
                yield Divergence(
                    DEPLOYMENT, 0, f"{function.key} {name}, where {where}", wanted or MISSING, found
                )


def _facts(function: FunctionDefinition, literal: frozenset[str]) -> dict[str, str]:
    runtime = ("AWS_", "_HANDLER")  # which Lambda sets
    variables = function.variables.items()
    own = {name: v for name, v in variables if name not in literal and not name.startswith(runtime)}
    return {**own, "FunctionName": function.name, "Role": function.role}


def _other_settings(
    where: str, here: tuple[Tree, Tree], there: tuple[Tree, Tree]
) -> Iterator[Divergence]:
    """Settings that are legacy's own or the move's here, and are neither there."""
    for key in here[0].functions:
        for name in ("timeout", "memory", "concurrency", "handler", "runtime"):
            trees = (*here, *there)
            old, new, wanted, found = (getattr(tree.functions[key], name) for tree in trees)
            expected = wanted if old == new else new if old == wanted else found
            if found != expected:
                yield Divergence(DEPLOYMENT, 0, f"{key} {name}, where {where}", expected, found)


def _other_permissions(
    where: str, here: tuple[Tree, Tree], there: tuple[Tree, Tree]
) -> Iterator[Divergence]:
    """What legacy's role permits both here and there, and the refactored one only here."""
    told: dict[str, Divergence] = {}
    for key in here[0].functions:
        roles = [tree.role_of(tree.functions[key]) for tree in (*here, *there)]
        policies = [policy_of(role.arn, role.policies, ()) for role in roles if role is not None]
        if len(policies) < len(roles):
            continue
        pairs = zip(_asked(policies[0]), _asked(policies[2]), strict=False)
        for (action, on), (action_there, on_there) in pairs:
            wanted = action == action_there and permits(policies[2], action, on_there)
            kept = wanted and permits(policies[1], action, on)
            if kept and not permits(policies[3], action, on_there):
                path = f"{key} {action}, where {where}"
                what = f"its role permits it not on {on_there}, where legacy's does"
                told.setdefault(path, Divergence(DEPLOYMENT, 0, path, MISSING, what))
    yield from told.values()


def _asked(policy: Policy) -> Iterator[tuple[str, str]]:
    """An action and a resource that each pattern of a policy's allowing statements permits."""
    for statement in policy.statements:
        if statement.get("Effect") == "Allow":
            for action in listed(statement.get("Action", [])):
                for resource in listed(statement.get("Resource", [])):
                    yield str(action).replace("*", "Any"), str(resource).replace("*", "any")


def _variables_lost(legacy: Tree, refactored: Tree) -> Iterator[Divergence]:
    """Variables of legacy's that a function has no more, though its code reads them."""
    for key, function in refactored.functions.items():
        lost = legacy.functions[key].variables.keys() - function.variables.keys()
        if not lost:
            continue
        for path in sorted(function.folders[0].rglob("*.py")):
            text = function.edited.get(path) or path.read_bytes()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and node.value in lost:
                    lost -= {node.value}
                    place = f"{path.relative_to(refactored.root).as_posix()}:{node.lineno}"
                    old = legacy.functions[key].variables[node.value]
                    what = f"{key} {node.value}"
                    yield Divergence(DEPLOYMENT, 0, what, old, MISSING, refactored_place=place)


def _widened(legacy: Tree, refactored: Tree) -> Iterator[str]:
    """What a role of the refactored tree permits, legacy's did not, and nobody needs."""
    probes = [("lambda:InvokeFunction", HERE.arn("lambda", "function:another"), "any function")]
    probes += [("lambda:UpdateFunctionCode", f.arn, f.key) for f in refactored.functions.values()]
    told: dict[str, None] = {}
    for key, function in refactored.functions.items():
        old, new = legacy.role_of(legacy.functions[key]), refactored.role_of(function)
        if old is None or new is None:
            continue
        before, now = (policy_of(role.arn, role.policies, ()) for role in (old, new))
        for action, arn, on in probes:
            if permits(now, action, arn) and not permits(before, action, arn):
                told[f"{new.name} permits {action} on {on}"] = None
    yield from told
