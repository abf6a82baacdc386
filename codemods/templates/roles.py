"""The role that a function runs under: a resource, or what SAM makes of a function's `Policies`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from codemods.closest import closest
from codemods.edits import Edit
from codemods.scene import Scene
from codemods.templates.function_node import FunctionNode, resources_of
from codemods.templates.yaml_text import Document, is_list, items, text_of
from drs_refactor.errors import InputError

INVOKE_FUNCTION = "lambda:InvokeFunction"


@dataclass(frozen=True)
class NewStatement:
    """A statement that is to be added: its lines, and what stands for it within brackets."""

    lines: list[str]
    within: str


@dataclass(frozen=True)
class RoleNode:
    """A role. `own` is true where it is what SAM makes for one serverless function: the node is
    then the function's.
    """

    document: Document
    logical_id: str
    properties: yaml.Node
    own: bool = False
    condition: yaml.Node | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.document.relative, self.logical_id

    @property
    def policies(self) -> yaml.Node | None:
        return self.document.get(self.properties, "Policies")

    @property
    def statement_lists(self) -> list[yaml.Node]:
        """What stands under Statement in each inline policy."""
        keys = ("Statement",) if self.own else ("PolicyDocument", "Statement")
        found = (self.document.get(policy, *keys) for policy in items(self.policies))
        return [node for node in found if node is not None]

    def statements(self) -> Iterator[yaml.Node]:
        for statement_list in self.statement_lists:
            yield from items(statement_list)

    @property
    def goals(self) -> list[str]:
        """The resources that must not be reached from what the role refers to. SAM calls the role
        that it makes by the function's name.
        """
        return [self.logical_id, f"{self.logical_id}Role"] if self.own else [self.logical_id]

    @property
    def list_to_grow(self) -> yaml.SequenceNode | None:
        """The first inline policy's statements, if they are a list."""
        return next(filter(is_list, self.statement_lists), None)

    @property
    def can_grow(self) -> bool:
        """True if there is a place for one more statement."""
        policies = self.policies
        fits = policies is None or is_list(policies) or isinstance(policies, yaml.ScalarNode)
        return self.list_to_grow is not None or (self.own and fits)

    @property
    def in_brackets(self) -> bool:
        """True if statements are added within brackets."""
        place = self.list_to_grow or self.policies
        return in_brackets(place if isinstance(place, yaml.CollectionNode) else self.properties)

    def add(self, statements: list[NewStatement]) -> list[Edit]:
        """Add statements, where the role `can_grow`."""
        grown, policies = self.list_to_grow, self.policies
        if grown is not None:
            return [self.document.add_item(grown, new.lines, new.within) for new in statements]
        item = ["Statement:"]
        for new in statements:
            item += [f"  - {new.lines[0]}", *(f"    {line}" for line in new.lines[1:])]
        braces = f"{{Statement: [{', '.join(new.within for new in statements)}]}}"
        if policies is None:
            entry = ["Policies:", f"  - {item[0]}", *(f"    {line}" for line in item[1:])]
            return [
                self.document.add_entries(
                    self.properties, [f"Policies: [{braces}]"] if self.in_brackets else entry
                )
            ]
        if is_list(policies):
            return [self.document.add_item(policies, item, braces)]
        more = braces if self.in_brackets else "\n".join(item)
        return [as_list(self.document, self.properties, policies, [more])]


def role_of(scene: Scene, documents: list[Document], function: FunctionNode) -> RoleNode:
    """The role that a caller runs under: its own, or [templates] role where its template takes it
    from elsewhere. Raises InputError if there is none.
    """
    document = function.document
    if function.serverless and function.get("Role") is None:
        return RoleNode(
            document, function.logical_id, function.properties, True, function.condition
        )
    role = _named(scene, function)
    for place in [document, *(other for other in documents if other is not document)]:
        resource = place.get(place.root, "Resources", role)
        if resource is not None:
            properties = place.get(resource, "Properties") or resource
            condition = place.get(resource, "Condition")
            return RoleNode(place, role, properties, False, condition)
    raise InputError(
        f"no template defines the role {role!r}"
        f"{closest(role, [name for place in documents for name in resources_of(place)])}",
        path=scene.migration.path,
        mend="Name its logical id: [templates] role",
    )


def _named(scene: Scene, caller: FunctionNode) -> str:
    node, given = caller.get("Role"), scene.migration.templates.role
    known = resources_of(caller.document)
    own = "" if node is None else _role_in(node)
    if own in known:
        assert node is not None
        kind = caller.document.get(caller.document.root, "Resources", own, "Type")
        if kind is None or text_of(kind) != "AWS::IAM::Role":
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


def _role_in(node: yaml.Node) -> str:
    """The logical id of the role, in each way in which CloudFormation lets one write its ARN."""
    while isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        node = node.value[0][1]
    if isinstance(node, yaml.SequenceNode) and node.value:
        node = node.value[0]
    return re.sub(r"^\$\{|\}$", "", text_of(node)).removesuffix(".Arn")


def in_brackets(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def as_list(document: Document, holder: yaml.Node, single: yaml.Node, more: list[str]) -> Edit:
    """What stands alone in its holder, on one line, becomes the first of a list."""
    document.editable(single)
    if in_brackets(holder):
        text = ", ".join([document.source(single), *more])
        return Edit(single.start_mark.index, single.end_mark.index, f"[{text}]")
    line_start = document.text.rfind("\n", 0, single.start_mark.index) + 1
    line = document.text[line_start : single.start_mark.index]
    indent = document.newline + " " * (len(line) - len(line.lstrip(" -")) + 2)
    listed = [document.source(single), *more]
    text = "".join(f"{indent}- " + item.replace("\n", f"{indent}  ") for item in listed)
    start = len(document.text[: single.start_mark.index].rstrip())
    return Edit(start, start + len(document.text[start : single.end_mark.index].rstrip()), text)
