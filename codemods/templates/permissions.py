"""The permission to invoke: callers run under a role, which must allow what stubs do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import yaml

from codemods.closest import closest
from codemods.edits import Edit
from codemods.scene import Scene
from codemods.templates.function_node import FunctionNode, resources_of
from codemods.templates.yaml_text import Document
from drs_refactor.errors import InputError

INVOKE_FUNCTION = "lambda:InvokeFunction"
_ARN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


def grants(
    scene: Scene,
    documents: list[Document],
    functions: Mapping[str, FunctionNode],
    calls: Mapping[str, list[str]],
) -> Iterator[tuple[Document, Edit, str]]:
    """The edits that let every caller invoke its callees, where the role does not already."""
    by_role: dict[str, set[str]] = {}
    for caller, callees in calls.items():
        if callees:
            by_role.setdefault(_role(scene, functions[caller]), set()).update(callees)
    for role, names in sorted(by_role.items()):
        document, properties = _defined(scene, documents, role)
        yield from _grant(document, properties, role, [functions[c] for c in sorted(names)])


def _role(scene: Scene, caller: FunctionNode) -> str:
    """The logical id of the role that a caller runs under: its own, or [templates] role where its
    template takes it from elsewhere.
    """
    node, given = caller.get("Role"), scene.migration.templates.role
    known = resources_of(caller.document)
    own = "" if node is None else _role_of(node)
    if own in known:
        assert node is not None
        kind = caller.document.get(caller.document.root, "Resources", own, "Type")
        if kind is None or _text(kind) != "AWS::IAM::Role":
            raise caller.document.refuse(
                f"{caller.logical_id} runs under {own}, which is no AWS::IAM::Role",
                node,
                "Name the role that it runs under",
            )
        return own
    if node is not None and given in known:
        raise caller.document.refuse(
            f"{caller.logical_id} runs under a role that is not in this template, and [templates] "
            f"role is {given!r}",
            node,
            "Name the role that it runs under",
        )
    if not given:
        raise InputError(
            f"the callers must be allowed {INVOKE_FUNCTION}, and no role is named",
            path=scene.migration.path,
            mend="Name its logical id: [templates] role",
        )
    return given


def _defined(scene: Scene, documents: list[Document], role: str) -> tuple[Document, yaml.Node]:
    for document in documents:
        resource = document.get(document.root, "Resources", role)
        if resource is not None:
            return document, document.get(resource, "Properties") or resource
    raise InputError(
        f"no template defines the role {role!r}"
        f"{closest(role, [name for document in documents for name in resources_of(document)])}",
        path=scene.migration.path,
        mend="Name its logical id: [templates] role",
    )


def _grant(
    document: Document, properties: yaml.Node, role: str, callees: list[FunctionNode]
) -> Iterator[tuple[Document, Edit, str]]:
    statements = list(_statements(document, properties))
    for statement in statements:
        _check_deny(document, statement, role, callees)
    invoking = [s for s in statements if _allows_invoke(document, s)]
    resources = [item for s in invoking for item in _items(document.get(s, "Resource"))]
    patterns = [_text(item) for item in resources]
    missing = []
    for callee in callees:
        if any(_is_arn_of(item, callee) for item in resources):
            continue
        arn = arn_by_name(callee)
        if not any(fnmatchcase(_plain(arn), _plain(pattern)) for pattern in patterns):
            _check_parameters(document, arn, properties, callee)
            missing.append(f'!Sub "{arn}"')
    if not missing:
        return
    names = ", ".join(callee.logical_id for callee in callees)
    change = f"{role}: may invoke {names}"
    exact = [
        s for s in invoking if _items(document.get(s, "Resource")) and _only_invokes(document, s)
    ]
    if exact:
        resource = document.get(exact[0], "Resource")
        assert resource is not None
        if isinstance(resource, yaml.SequenceNode):
            yield document, document.add_items(resource, missing), change
        else:
            yield document, _as_list(document, resource, missing), change
        return
    lists = [
        statement_list
        for policy in _policies(document, properties)
        if isinstance(
            statement_list := document.get(policy, "PolicyDocument", "Statement"),
            yaml.SequenceNode,
        )
    ]
    if not lists:
        raise document.refuse(
            f"{role} has no inline policy to which {INVOKE_FUNCTION} could be added",
            properties,
            "Add Policies with one statement; AWS::IAM::Policy and ManagedPolicy are not edited",
        )
    if lists[0].flow_style:
        item = f"{{Effect: Allow, Action: {INVOKE_FUNCTION}, Resource: [{', '.join(missing)}]}}"
        yield document, document.add_items(lists[0], [item]), change
        return
    lines = ["Effect: Allow", f"  Action: {INVOKE_FUNCTION}", "  Resource:"]
    lines += [f"    - {item}" for item in missing]
    edit = document.add_items(lists[0], [lines[0]])
    indent = " " * lists[0].start_mark.column
    rest = "".join(f"{indent}{line}{document.newline}" for line in lines[1:])
    yield document, Edit(edit.start, edit.end, edit.text + rest), change


def _as_list(document: Document, resource: yaml.Node, items: list[str]) -> Edit:
    """A single Resource becomes the first of a list."""
    document.editable(resource)
    line_start = document.text.rfind("\n", 0, resource.start_mark.index) + 1
    line = document.text[line_start : resource.start_mark.index]
    indent = " " * (len(line) - len(line.lstrip(" -")) + 2)
    lines = [document.source(resource), *items]
    text = "".join(f"{document.newline}{indent}- {item}" for item in lines)
    start = len(document.text[: resource.start_mark.index].rstrip(" "))
    return Edit(start, start + len(document.text[start : resource.end_mark.index].rstrip()), text)


def _policies(document: Document, properties: yaml.Node) -> list[yaml.Node]:
    return _items(document.get(properties, "Policies"))


def _statements(document: Document, properties: yaml.Node) -> Iterator[yaml.Node]:
    for policy in _policies(document, properties):
        yield from _items(document.get(policy, "PolicyDocument", "Statement"))


def _allows_invoke(document: Document, statement: yaml.Node) -> bool:
    effect = document.get(statement, "Effect")
    return effect is not None and effect.value == "Allow" and _covers_invoke(document, statement)


def _check_deny(
    document: Document, statement: yaml.Node, role: str, callees: list[FunctionNode]
) -> None:
    """Refuse a role that is denied what it would be allowed: the denial would win."""
    effect = document.get(statement, "Effect")
    if effect is None or effect.value != "Deny" or not _covers_invoke(document, statement):
        return
    for resource in _items(document.get(statement, "Resource")):
        for callee in callees:
            arn = _plain(arn_by_name(callee))
            if _is_arn_of(resource, callee) or fnmatchcase(arn, _plain(_text(resource))):
                raise document.refuse(
                    f"{role} is denied {INVOKE_FUNCTION} on {callee.logical_id}",
                    resource,
                    "Take the function out of what is denied",
                )


def _covers_invoke(document: Document, statement: yaml.Node) -> bool:
    actions = [_text(item) for item in _items(document.get(statement, "Action"))]
    return document.get(statement, "Condition") is None and any(
        fnmatchcase(INVOKE_FUNCTION.lower(), action.lower()) for action in actions
    )


def _only_invokes(document: Document, statement: yaml.Node) -> bool:
    """Another action of the statement must not reach further because of this move."""
    actions = _items(document.get(statement, "Action"))
    return all(_text(action).lower() == INVOKE_FUNCTION.lower() for action in actions)


def _is_arn_of(resource: yaml.Node, callee: FunctionNode) -> bool:
    arn = f"{callee.logical_id}.Arn"
    return (resource.tag == "!GetAtt" and resource.value == arn) or (
        resource.tag == "!Sub" and resource.value == f"${{{arn}}}"
    )


def _role_of(node: yaml.Node) -> str:
    """The logical id of the role, in each way in which CloudFormation lets one write its ARN."""
    while isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        node = node.value[0][1]
    if isinstance(node, yaml.SequenceNode) and node.value:
        node = node.value[0]
    return re.sub(r"^\$\{|\}$", "", _text(node)).removesuffix(".Arn")


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None:
        return []
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _text(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _plain(arn: str) -> str:
    """With the partition written out, and without what fnmatch takes for more than * and ?."""
    return arn.replace("${AWS::Partition}", "aws").replace("[", "").replace("]", "")


def arn_by_name(function: FunctionNode) -> str:
    """The function's ARN as text for !Sub, without a reference to the function."""
    node = function.get("FunctionName")
    if isinstance(node, yaml.ScalarNode) and node.tag in ("!Sub", "tag:yaml.org,2002:str"):
        return f"{_ARN}{node.value}"
    raise function.document.refuse(
        f"{function.logical_id} has no FunctionName that its ARN could be written from",
        node or function.properties,
        f"Give it one (text or !Sub), or allow {INVOKE_FUNCTION} by a wildcard",
    )


def _check_parameters(
    document: Document, arn: str, properties: yaml.Node, callee: FunctionNode
) -> None:
    for name in re.findall(r"\$\{([^}!]+)\}", arn):
        known = document.get(document.root, "Parameters", name) is not None
        if not known and not name.startswith("AWS::"):
            raise document.refuse(
                f"the name of {callee.logical_id} is made of {name}, which this template has not",
                properties,
                f"Add the parameter {name} here, or allow the invocation by a wildcard",
            )
