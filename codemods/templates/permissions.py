"""The permission to invoke: callers run under a role, which must allow what stubs do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import yaml

from codemods.edits import Edit
from codemods.scene import Scene
from codemods.templates.addresses import ARN, arn_by_name, name_of, no_name
from codemods.templates.cycles import leads_to
from codemods.templates.function_node import FunctionNode
from codemods.templates.roles import INVOKE_FUNCTION, NewStatement, RoleNode, as_list, role_of
from codemods.templates.stacks import Stacks
from codemods.templates.yaml_text import Document, is_list, items, text_of

Grant = tuple[RoleNode, Edit | NewStatement, str]
"""What a role is given, and the line that tells it."""


@dataclass(frozen=True)
class _Callee:
    """What functions of one role call. `known` is what a variable of theirs said of it before."""

    function: FunctionNode
    known: yaml.Node | None


def grants(
    scene: Scene,
    documents: list[Document],
    functions: Mapping[str, FunctionNode],
    calls: Mapping[str, list[str]],
    planned: Mapping[str, list[str]],
    stacks: Stacks,
) -> Iterator[Grant]:
    """What lets every caller invoke its callees, where the role does not already."""
    roles: dict[tuple[str, str], RoleNode] = {}
    by_role: dict[tuple[str, str], dict[str, _Callee]] = {}
    for caller, names in calls.items():
        if not names:
            continue
        role = role_of(scene, documents, functions[caller])
        roles[role.key] = role
        for name in names:
            variable = scene.migration.functions[name].arn_variable
            value = functions[caller].get("Environment", "Variables", variable)
            known = value if functions[caller].document is role.document else None
            by_role.setdefault(role.key, {}).setdefault(name, _Callee(functions[name], known))
    for key, role in sorted(roles.items(), key=lambda pair: pair[0]):
        callees = [callee for _, callee in sorted(by_role[key].items())]
        own = {role.logical_id: [callee.function.logical_id for callee in callees]}
        yield from _grant(role, callees, stacks, {**own, **planned})


def _grant(
    role: RoleNode,
    callees: list[_Callee],
    stacks: Stacks,
    planned: Mapping[str, list[str]],
) -> Iterator[Grant]:
    document = role.document
    statements = list(role.statements())
    for statement in statements:
        _check_deny(document, statement, role.logical_id, [c.function for c in callees])
    invoking = [s for s in statements if _allows_invoke(document, s)]
    resources = [item for s in invoking for item in items(document.get(s, "Resource"))]
    missing = [
        _written(role, callee, stacks, planned)
        for callee in callees
        if not any(_reaches(item, callee.function) for item in resources)
    ]
    if not missing:
        return
    names = ", ".join(callee.function.logical_id for callee in callees)
    change = f"{role.logical_id}: may invoke {names}"
    for statement in invoking:
        resource = document.get(statement, "Resource")
        if resource is None or not _only_invokes(document, statement):
            continue
        if is_list(resource) and resource.value:
            yield role, document.add_items(resource, missing), change
            return
        if not is_list(resource) and "\n" not in document.source(resource):
            yield role, as_list(document, statement, resource, missing), change
            return
    lines = ["Effect: Allow", f"Action: {INVOKE_FUNCTION}", "Resource:"]
    lines += [f"  - {item}" for item in missing]
    within = f"{{Effect: Allow, Action: {INVOKE_FUNCTION}, Resource: [{', '.join(missing)}]}}"
    if not role.can_grow:
        raise _no_place(role)
    yield role, NewStatement(lines, within), change


def _no_place(role: RoleNode) -> Exception:
    if role.own:
        return role.document.refuse(
            f"{role.logical_id} has Policies to which {INVOKE_FUNCTION} cannot be added",
            role.policies or role.properties,
            "Write them as a list",
        )
    return role.document.refuse(
        f"{role.logical_id} has no inline policy to which {INVOKE_FUNCTION} could be added",
        role.properties,
        "Add Policies with one statement; AWS::IAM::Policy and ManagedPolicy are not edited",
    )


def _written(
    role: RoleNode, found: _Callee, stacks: Stacks, planned: Mapping[str, list[str]]
) -> str:
    """The callee's ARN in the role: by name, so that nothing refers to the function; by reference
    where it has no name, and that closes no circle; as a person wrote it for the caller.
    """
    document, callee = role.document, found.function
    if not name_of(callee) and document is callee.document:
        circle = any(leads_to(document, callee.logical_id, goal, planned) for goal in role.goals)
        if not circle and stacks.same_condition(
            document, role.condition, document, callee.condition
        ):
            return f"!GetAtt {callee.logical_id}.Arn"
    why = stacks.difference(document, callee.document, name_of(callee))
    if name_of(callee) and not why:
        return f'!Sub "{arn_by_name(callee)}"'
    if found.known is not None and document is not callee.document:
        text = document.source(found.known)
        if "\n" not in text:
            return text
    if not why:
        raise no_name(callee)
    raise document.refuse(
        f"the name of {callee.logical_id} is made of {why}",
        role.properties,
        f"{_remedy(why.partition(',')[0], nested=document is not callee.document)}, "
        "or allow the invocation by a wildcard",
    )


def _remedy(name: str, nested: bool) -> str:
    if name.startswith("AWS::"):
        return "Make the name of parameters"
    if nested:
        return (
            f"Give both the same {name}, and name the template that nests them in [templates] files"
        )
    return f"Add the parameter {name} here"


def _allows_invoke(document: Document, statement: yaml.Node) -> bool:
    effect = document.get(statement, "Effect")
    return text_of(effect) == "Allow" and _covers_invoke(document, statement)


def _check_deny(
    document: Document, statement: yaml.Node, role: str, callees: list[FunctionNode]
) -> None:
    """Refuse a role that is denied what it would be allowed: the denial would win."""
    effect = document.get(statement, "Effect")
    if text_of(effect) != "Deny" or not _covers_invoke(document, statement):
        return
    for resource in items(document.get(statement, "Resource")):
        for callee in callees:
            if _reaches(resource, callee):
                raise document.refuse(
                    f"{role} is denied {INVOKE_FUNCTION} on {callee.logical_id}",
                    resource,
                    "Take the function out of what is denied",
                )


def _covers_invoke(document: Document, statement: yaml.Node) -> bool:
    actions = [text_of(item) for item in items(document.get(statement, "Action"))]
    return document.get(statement, "Condition") is None and any(
        fnmatchcase(INVOKE_FUNCTION.lower(), action.lower()) for action in actions
    )


def _only_invokes(document: Document, statement: yaml.Node) -> bool:
    """Another action of the statement must not reach further because of this move."""
    actions = items(document.get(statement, "Action"))
    return all(text_of(action).lower() == INVOKE_FUNCTION.lower() for action in actions)


def _reaches(resource: yaml.Node, callee: FunctionNode) -> bool:
    """True if a statement's resource is the callee's ARN, or a pattern for it."""
    reference = f"{callee.logical_id}.Arn"
    if (resource.tag == "!GetAtt" and resource.value == reference) or (
        resource.tag == "!Sub" and resource.value == f"${{{reference}}}"
    ):
        return True
    # A function without a name has one that only a wildcard for all can match.
    arn = f"{ARN}{name_of(callee) or chr(0)}"
    return fnmatchcase(_plain(arn), _plain(text_of(resource)))


def _plain(arn: str) -> str:
    """With the partition written out, and without what fnmatch takes for more than * and ?."""
    return arn.replace("${AWS::Partition}", "aws").replace("[", "").replace("]", "")
