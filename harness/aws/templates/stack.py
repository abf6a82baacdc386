"""Stacks: a template with its parameters, evaluated as far as the world needs it.

Evaluates Ref, GetAtt, Sub, Join, Select, Split, If, And, Or, Not, Equals, FindInMap, ImportValue,
Condition, and nested stacks with their parameters and outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError
from harness.aws.places import HERE, Place
from harness.aws.templates import document

NO_VALUE = object()
"""What `!Ref AWS::NoValue` gives: the property is as if not written."""

_NAME_PROPERTY = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::IAM::Role": "RoleName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
_ARN = {
    "AWS::DynamoDB::Table": ("dynamodb", "table/{}"),
    "AWS::Lambda::Function": ("lambda", "function:{}"),
    "AWS::IAM::Role": ("iam", "role/{}"),
    "AWS::StepFunctions::StateMachine": ("states", "stateMachine:{}"),
}
_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


@dataclass
class Stack:
    """A template in use. `exports` is shared by all stacks of one world; `values` are what
    migration.toml says that references stand for, by name or by place ("main.yaml:12").
    """

    path: Path
    name: str
    template: document.Mapping
    given: Mapping[str, Any]
    siblings: Mapping[str, Path] = field(default_factory=dict)
    exports: dict[str, Callable[[], Any]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    place: Place = HERE
    _children: dict[str, Stack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for output in self.template.get("Outputs", {}).values():
            export = output.get("Export") if isinstance(output, dict) else None
            if export:
                name = self.value(export["Name"])
                self.exports[name] = partial(self.value, output["Value"])

    def resources(self, kind: str) -> dict[str, document.Mapping]:
        """The resources of a type whose condition holds, by logical id."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if resource.get("Type") == kind and self.holds(resource)
        }

    def nested(self) -> dict[str, Stack]:
        """The stacks that this one contains and whose templates are in the tree, by logical id."""
        names = self.resources("AWS::CloudFormation::Stack")
        return {name: child for name in names if (child := self._child(name)) is not None}

    def properties(self, resource: document.Mapping, *keys: str) -> dict[str, Any]:
        """The named properties of a resource, evaluated; others may need what nobody knows."""
        given = resource.get("Properties", {})
        value = self.value({key: given[key] for key in keys if key in given})
        assert isinstance(value, dict)
        return value

    def physical_name(self, logical_id: str) -> str:
        """The name that a resource has, its own or one made of stack and logical id."""
        resource = self._resource(logical_id)
        given = resource.get("Properties", {}).get(_NAME_PROPERTY.get(resource["Type"], ""))
        return str(self.value(given)) if given is not None else f"{self.name}-{logical_id}"

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""
        name = self.physical_name(logical_id)
        service, form = _ARN.get(self._resource(logical_id)["Type"], ("unknown", "{}"))
        return self.place.arn(service, form.format(name), everywhere=service == "iam")

    def value(self, node: Any) -> Any:
        """The value of a node, all intrinsics evaluated. Raises InputError for what it cannot."""
        if isinstance(node, dict):
            if len(node) == 1:
                name = next(iter(node))
                if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
                    return self._intrinsic(name, node[name], getattr(node, "line", None))
            evaluated = {key: self.value(item) for key, item in node.items()}
            return {key: item for key, item in evaluated.items() if item is not NO_VALUE}
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        return node

    def _intrinsic(self, name: str, argument: Any, line: int | None) -> Any:
        place = f"{self.path.name}:{line}"
        for known in (_name_of(name, argument), place):
            if known in self.values:
                return self.values[known]
        handler = _INTRINSICS.get(name)
        if handler is None:
            raise self._unknown(f"{name} is not evaluated", line, place)
        try:
            return handler(self, argument)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            what = f"{name} cannot be evaluated ({type(error).__name__}: {error})"
            raise self._unknown(what, line, _name_of(name, argument) or place) from error

    def _unknown(self, what: str, line: int | None, key: str) -> InputError:
        mend = f'Say what it stands for in migration.toml: [templates.values] "{key}" = "…"'
        return InputError(what, path=self.path, line=line, mend=mend)

    def _ref(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in _PSEUDO:
            return _PSEUDO[name](self)
        if name in self.template.get("Parameters", {}):
            return self._parameter(name)
        kind = self._resource(name)["Type"]
        if kind == "AWS::StepFunctions::StateMachine":
            return self.arn(name)
        return self.physical_name(name)

    def _parameter(self, name: str) -> Any:
        if name in self.given:
            return self.given[name]
        declared = self.template["Parameters"][name]
        if "Default" not in declared:
            raise InputError(
                f"parameter {name} has no value",
                path=self.path,
                line=getattr(declared, "line", None),
                mend=f'Give it one in migration.toml: [templates.parameters] {name} = "…"',
            )
        value = declared["Default"]
        listed = declared.get("Type") == "CommaDelimitedList"
        return str(value).split(",") if listed else value

    def _get_att(self, argument: list[str]) -> Any:
        name, attribute = argument[0], str(self.value(argument[1]))
        if f"{name}.{attribute}" in self.values:
            return self.values[f"{name}.{attribute}"]
        if attribute.startswith("Outputs."):
            child = self._child(name)
            if child is None:
                raise KeyError(f"the template of {name} is not in the tree")
            return child.value(
                child.template["Outputs"][attribute.removeprefix("Outputs.")]["Value"]
            )
        return self.arn(name) if attribute == "Arn" else f"{self.physical_name(name)}.{attribute}"

    def _sub(self, argument: Any) -> str:
        text, values = (argument, {}) if isinstance(argument, str) else argument

        def replacement(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in values:
                return str(self.value(values[name]))
            if "." in name:
                return str(self._get_att(name.split(".", 1)))
            return str(self._ref(name))

        return _PLACEHOLDER.sub(replacement, text)

    def _condition(self, name: str) -> bool:
        return bool(self.value(self.template["Conditions"][name]))

    def _if(self, argument: list[Any]) -> Any:
        return self.value(argument[1] if self._condition(argument[0]) else argument[2])

    def holds(self, resource: Mapping[str, Any]) -> bool:
        """True for a resource whose condition holds, or that has none."""
        return "Condition" not in resource or self._condition(resource["Condition"])

    def _resource(self, logical_id: str) -> document.Mapping:
        resource = self.template["Resources"][logical_id]
        assert isinstance(resource, document.Mapping)
        return resource

    def _child(self, logical_id: str) -> Stack | None:
        if logical_id not in self._children:
            properties = self._resource(logical_id).get("Properties", {})
            url = properties["TemplateURL"]
            text = str(url.get("Fn::Sub", "")) if isinstance(url, dict) else str(url)
            path = self.siblings.get(text.rpartition("/")[2])
            if path is None:
                return None
            # Evaluated when asked for: stacks may pass outputs to one another in any order.
            given = _Lazy(
                {
                    k: (lambda v=v: self.value(v))
                    for k, v in properties.get("Parameters", {}).items()
                }
            )
            self._children[logical_id] = Stack(
                path,
                f"{self.name}-{logical_id}",
                document.read(path),
                given,
                self.siblings,
                self.exports,
                self.values,
                self.place,
            )
        return self._children[logical_id]


class _Lazy(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key)()


def _name_of(intrinsic: str, argument: Any) -> str:
    """How migration.toml names what a reference refers to, where it has a name."""
    if intrinsic in ("Ref", "Fn::ImportValue") and isinstance(argument, str):
        return argument
    if intrinsic == "Fn::GetAtt" and isinstance(argument, list):
        return ".".join(map(str, argument))
    return ""


_PSEUDO: dict[str, Callable[[Stack], Any]] = {
    "AWS::AccountId": lambda s: s.place.account,
    "AWS::Region": lambda s: s.place.region,
    "AWS::Partition": lambda s: s.place.partition,
    "AWS::URLSuffix": lambda s: "amazonaws.com",
    "AWS::StackName": lambda s: s.name,
    "AWS::StackId": lambda s: s.place.arn("cloudformation", f"stack/{s.name}/0"),
    "AWS::NoValue": lambda s: NO_VALUE,
    "AWS::NotificationARNs": lambda s: [],
}
_INTRINSICS: dict[str, Callable[[Stack, Any], Any]] = {
    "Ref": Stack._ref,
    "Condition": Stack._condition,
    "Fn::GetAtt": Stack._get_att,
    "Fn::Sub": Stack._sub,
    "Fn::If": Stack._if,
    "Fn::Join": lambda s, a: str(a[0]).join(str(item) for item in s.value(a[1])),
    "Fn::Select": lambda s, a: s.value(a[1])[int(s.value(a[0]))],
    "Fn::Split": lambda s, a: str(s.value(a[1])).split(a[0]),
    "Fn::Equals": lambda s, a: str(s.value(a[0])) == str(s.value(a[1])),
    "Fn::And": lambda s, a: all(s.value(item) for item in a),
    "Fn::Or": lambda s, a: any(s.value(item) for item in a),
    "Fn::Not": lambda s, a: not s.value(a[0]),
    "Fn::FindInMap": lambda s, a: s.value(
        s.template["Mappings"][s.value(a[0])][s.value(a[1])][s.value(a[2])]
    ),
    "Fn::ImportValue": lambda s, a: s.exports[s.value(a)](),
    "Fn::Base64": lambda s, a: s.value(a),
    "Fn::GetAZs": lambda s, a: [f"{s.place.region}{zone}" for zone in "abcdef"],
}


def stacks_of(
    paths: list[Path],
    parameters: Mapping[str, Any],
    values: Mapping[str, str] | None = None,
    place: Place = HERE,
) -> list[Stack]:
    """All stacks that the templates make, nested ones included. Roots are those nobody nests."""
    siblings = {path.name: path for path in paths}
    templates = {path: document.read(path) for path in paths}
    nested = {
        str(resource["Properties"].get("TemplateURL", "")) if isinstance(resource, dict) else ""
        for template in templates.values()
        for resource in template["Resources"].values()
        if isinstance(resource, dict) and resource.get("Type") == "AWS::CloudFormation::Stack"
    }
    exports: dict[str, Callable[[], Any]] = {}
    roots = [
        Stack(path, path.stem, template, parameters, siblings, exports, values or {}, place)
        for path, template in templates.items()
        if not any(path.name in url for url in nested)
    ]
    found: list[Stack] = []
    queue = list(roots)
    while queue:
        stack = queue.pop(0)
        found.append(stack)
        queue.extend(stack.nested().values())
    return found
