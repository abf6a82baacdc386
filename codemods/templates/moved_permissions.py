"""Where each function has a role of its own, moved code needs in its new home what its old role
allowed: statements of inline policies are copied, anything else is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import yaml

from codemods.scene import Scene
from codemods.syntax.source import Statement
from codemods.templates.copied_statements import copied
from codemods.templates.function_node import FunctionNode
from codemods.templates.permissions import Grant
from codemods.templates.roles import RoleNode, role_of
from codemods.templates.services import Used, used_by
from codemods.templates.stacks import Stacks, referred
from codemods.templates.yaml_text import Document, flattened, items, read, text_of
from drs_refactor.errors import InputError
from drs_refactor.services import iam_prefixes

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
_OF_EVERY_FUNCTION = ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRay")


@dataclass(frozen=True)
class _Allowed:
    """A statement that allows something; `inline` says that it stands in the role itself."""

    document: Document
    node: yaml.Node
    inline: bool

    @property
    def actions(self) -> list[str]:
        return [text_of(item) for item in items(self.document.get(self.node, "Action"))]

    @property
    def resources(self) -> list[object]:
        found = items(self.document.get(self.node, "Resource"))
        return [sorted(flattened(node).items()) for node in found]

    @property
    def place(self) -> str:
        return f"{self.document.relative}:{self.node.start_mark.line + 1}"


def moved_permissions(
    scene: Scene,
    documents: list[Document],
    functions: Mapping[str, FunctionNode],
    arrived: Mapping[str, list[Statement]],
    planned: Mapping[str, Iterable[str]],
    stacks: Stacks,
) -> tuple[list[Grant], list[str]]:
    """What the roles of destinations are given, and what a person must look at."""
    home = scene.migration.moves[0].source
    grants: list[Grant] = []
    told: list[str] = []
    by_role: dict[tuple[str, str], tuple[RoleNode, list[Statement]]] = {}
    for key in sorted(arrived.keys() - {home}):
        if _same_value(functions[home], functions[key]):
            continue
        try:
            source, role = (role_of(scene, documents, functions[k]) for k in (home, key))
        except InputError as error:
            used = used_by(scene, home, arrived[key])
            if used.services:
                told.append(
                    f"{functions[key].logical_id}: moved code uses {', '.join(used.services)}, and "
                    f"its role cannot be compared with that of {functions[home].logical_id}: "
                    f"{error.what}"
                )
            continue
        if source.key != role.key:
            by_role.setdefault(role.key, (role, []))[1].extend(arrived[key])
    for role, statements in by_role.values():
        source = role_of(scene, documents, functions[home])
        used = used_by(scene, home, statements)
        told += (
            f"{role.logical_id}: moved code makes a client of a service that cannot be told "
            f"({place}): compare with {source.logical_id}"
            for place in used.untold
        )
        if not used.services:
            continue
        try:
            given, left = _compared(documents, source, role, used, planned, stacks)
        except InputError as error:
            told.append(
                f"{role.logical_id}: moved code uses {', '.join(used.services)}, and the role "
                f"cannot be compared with {source.logical_id} ({error.place}: {error.what})"
            )
            continue
        grants += given
        told += left
    return grants, told


def _same_value(one: FunctionNode, other: FunctionNode) -> bool:
    """True if both functions say the same of their role."""
    roles = [function.get("Role") for function in (one, other)]
    if one.document is not other.document or None in roles:
        return False
    ours, theirs = ((node.tag, flattened(node)) for node in roles if node is not None)
    return ours == theirs


def _compared(
    documents: list[Document],
    source: RoleNode,
    role: RoleNode,
    used: Used,
    planned: Mapping[str, Iterable[str]],
    stacks: Stacks,
) -> tuple[list[Grant], list[str]]:
    grants: list[Grant] = []
    told: list[str] = []
    prefixes = {prefix for service in used.services for prefix in iam_prefixes(service)}
    there = list(_allowed(documents, role))
    ours = list(_allowed(documents, source))
    for statement in ours:
        concerned = [a for a in statement.actions if _concerns(a, prefixes)]
        missing = [a for a in concerned if not _covered(a, statement, there)]
        if not missing:
            continue
        names = ", ".join(missing)
        as_there = f"as {source.logical_id} does, {statement.place}"
        why = "" if statement.inline else "it stands in a policy of its own"
        new = None
        if not why:
            new, why = copied(statement.document, statement.node, role, concerned, planned, stacks)
        if new is not None:
            grants.append((role, new, f"{role.logical_id}: also allows {names} ({as_there})"))
        else:
            told.append(
                f"{role.logical_id}: must allow {names} ({as_there}), and the statement cannot be "
                f"copied: {why}"
            )
    for service in used.services:
        of_service = iam_prefixes(service)
        if any(_concerns(a, of_service) for statement in ours for a in statement.actions):
            continue
        if any(_whole(statement, of_service) for statement in there):
            continue
        told += (
            f"{role.logical_id}: moved code uses {service}, which {source.logical_id} may be "
            f"allowed by {what}: see that {role.logical_id} is, too"
            for what in _unseen(source, role)
        )
    return grants, told


def _allowed(documents: list[Document], role: RoleNode) -> Iterator[_Allowed]:
    """What a role is allowed: its own statements, and those of policies that name it."""
    found = [(role.document, node, True) for node in role.statements()]
    for document in documents:
        resources = read(document.root, "Resources")
        for _, node in resources.value if isinstance(resources, yaml.MappingNode) else ():
            properties = read(node, "Properties")
            named = [*items(read(properties, "Roles")), *items(read(properties, "RoleName"))]
            if text_of(read(node, "Type")) in _POLICIES and any(
                referred(name) == role.logical_id for name in named
            ):
                statements = items(read(properties, "PolicyDocument", "Statement"))
                found += [(document, statement, False) for statement in statements]
    for document, node, inline in found:
        if text_of(document.get(node, "Effect")) == "Allow":
            yield _Allowed(document, node, inline)


def _concerns(action: str, prefixes: Iterable[str]) -> bool:
    pattern = action.lower().partition(":")[0]
    return any(fnmatchcase(prefix, pattern) for prefix in prefixes)


def _covered(action: str, statement: _Allowed, there: list[_Allowed]) -> bool:
    """True if the action is allowed there on all that the statement names."""
    fitting = [
        other
        for other in there
        if read(other.node, "Condition") is None
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in other.actions)
    ]
    if any(_everything(other) for other in fitting):
        return True
    known = [resource for other in fitting for resource in other.resources]
    return bool(statement.resources) and all(r in known for r in statement.resources)


def _everything(statement: _Allowed) -> bool:
    resources = items(statement.document.get(statement.node, "Resource"))
    return any(text_of(node) == "*" for node in resources)


def _whole(statement: _Allowed, prefixes: Iterable[str]) -> bool:
    """True if all actions of a service are allowed on everything."""
    patterns = [action.lower() for action in statement.actions]
    return (
        _everything(statement)
        and read(statement.node, "Condition") is None
        and any(fnmatchcase(f"{prefix}:*", p) for p in patterns for prefix in prefixes)
    )


def _unseen(source: RoleNode, role: RoleNode) -> Iterator[str]:
    """Policies of the source's role whose statements are not in the templates, and which the other
    role has not.
    """
    theirs = [flattened(node) for node in _attached(role)]
    for node in _attached(source):
        text = source.document.source(node).partition("\n")[0]
        if flattened(node) not in theirs and not any(name in text for name in _OF_EVERY_FUNCTION):
            yield f"{text} ({source.document.relative}:{node.start_mark.line + 1})"


def _attached(role: RoleNode) -> list[yaml.Node]:
    if not role.own:
        return items(role.document.get(role.properties, "ManagedPolicyArns"))
    return [node for node in items(role.policies) if read(node, "Statement") is None]
