"""A function as its template has it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from codemods.edits import Edit
from codemods.templates.yaml_text import Document, text_of

_SERVERLESS = "AWS::Serverless::Function"
_FUNCTIONS = frozenset({"AWS::Lambda::Function", _SERVERLESS})


@dataclass(frozen=True)
class FunctionNode:
    """A function's resource in its template. `defaults` are what `Globals` says of every serverless
    function, `condition` the node that names the one under which it exists.
    """

    document: Document
    logical_id: str
    properties: yaml.Node
    serverless: bool = False
    defaults: yaml.Node | None = None
    condition: yaml.Node | None = None

    def get(self, *keys: str) -> yaml.Node | None:
        """A property, its own or that of every serverless function."""
        own = self.own(*keys)
        return own if own is not None else self.document.get(self.defaults, *keys)

    def own(self, *keys: str) -> yaml.Node | None:
        """A property that stands in its own resource: only that is edited."""
        return self.document.get(self.properties, *keys)

    def set_number(self, key: str, value: int) -> Edit:
        """Write a number into its own resource, in the place of the one that stands there."""
        node = self.own(key)
        if node is None:
            return self.document.add_entries(self.properties, [f"{key}: {value}"])
        self.document.editable(node)
        return Edit(node.start_mark.index, node.end_mark.index, str(value))

    def check_is_mapping(self, node: yaml.Node) -> None:
        """Refuse an intrinsic function where entries are to be added: it would get a neighbour."""
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if str(key.value).startswith("Fn::") and key.value != "Fn::Transform":
                raise self.document.refuse(
                    f"the variables of {self.logical_id} are what {key.value} makes them",
                    key,
                    "Write the variables out, with the condition in their values",
                )


def function_in(document: Document, logical_id: str) -> FunctionNode | None:
    """The function of that name, if this template has it. Raises InputError for other things."""
    resource = document.get(document.root, "Resources", logical_id)
    if resource is None:
        return None
    kind = document.get(resource, "Type")
    if kind is not None and kind.value not in _FUNCTIONS:
        raise document.refuse(
            f"{logical_id} is of type {kind.value}, which is no function",
            kind,
            "Name the function's logical id in migration.toml: [functions.…] resource",
        )
    properties = document.get(resource, "Properties")
    if properties is None and document.get(resource, "Fn::Transform") is not None:
        raise document.refuse(
            f"{logical_id} is what a transform puts in its place, and that cannot be seen",
            resource,
            "Write the function out",
        )
    if properties is None:
        return None
    serverless = text_of(kind) == _SERVERLESS
    return FunctionNode(
        document,
        logical_id,
        properties,
        serverless,
        document.get(document.root, "Globals", "Function") if serverless else None,
        document.get(resource, "Condition"),
    )


def resources_of(document: Document) -> list[str]:
    """The logical ids of a template."""
    resources = document.get(document.root, "Resources")
    found = resources.value if isinstance(resources, yaml.MappingNode) else ()
    return [str(key.value) for key, _ in found]
