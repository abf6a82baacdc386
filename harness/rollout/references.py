"""The resources of a tree's stacks, and which of them CloudFormation updates before which.

A resource is updated after those that it names: by Ref, GetAtt, Sub or DependsOn; all others at the
same time, in any order. A nested stack is one resource of its parent, so all that is in it comes
after all that the parent gives it (AWS, "DependsOn attribute", "Embed stacks within other stacks").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from drs_refactor.errors import InputError
from harness.aws.templates.stack import Stack

_PLACEHOLDER = re.compile(r"\$\{\s*([A-Za-z0-9]+)\s*(?:\.[^}]*)?\}")


@dataclass(frozen=True)
class Resource:
    """A resource. `address` is the logical ids from its root stack down to it; `line` that of its
    definition; `before` are the addresses of all that is updated before it.
    """

    address: str
    logical_id: str
    kind: str
    stack: Stack = field(repr=False)
    line: int
    before: frozenset[str] = frozenset()

    @property
    def root(self) -> str:
        """The stack that people update."""
        return self.address.partition("/")[0]

    @property
    def place(self) -> str:
        return f"{self.stack.path.as_posix()}:{self.line}"

    @property
    def definition(self) -> Mapping[str, Any]:
        found = self.stack.template["Resources"][self.logical_id]
        assert isinstance(found, Mapping)
        return found

    def value(self, name: str) -> Any:
        """A property, evaluated, or as it is written where that needs what nobody knows."""
        given = self.definition.get("Properties", {}).get(name)
        try:
            return self.stack.value(given)
        except InputError:
            return given


def resources_of(stacks: Iterable[Stack]) -> dict[str, Resource]:
    """All resources whose condition holds, by address."""
    found: dict[str, Resource] = {}
    named: dict[str, set[str]] = {}
    everything = list(stacks)
    inner = {id(child) for stack in everything for child in stack.nested().values()}
    for stack in everything:
        if id(stack) not in inner:
            _collect(stack, stack.name, frozenset(), found, named)
    for address in found:
        before = _closure(address, named, list(found))
        found[address] = Resource(**{**vars(found[address]), "before": before})
    return found


def _collect(
    stack: Stack,
    address: str,
    inherited: frozenset[str],
    found: dict[str, Resource],
    named: dict[str, set[str]],
) -> None:
    children = stack.nested()
    for logical_id in stack.template["Resources"]:
        definition = stack.template["Resources"][logical_id]
        if not isinstance(definition, Mapping) or not stack.holds(definition):
            continue
        own = f"{address}/{logical_id}"
        names = set(_names(stack, definition)) & set(stack.template["Resources"])
        named[own] = {f"{address}/{name}" for name in names - {logical_id}} | inherited
        found[own] = Resource(
            own,
            logical_id,
            str(definition.get("Type", "")),
            stack,
            max(1, getattr(definition, "line", 1) - 1),
        )
        if logical_id in children:
            _collect(children[logical_id], own, frozenset(named[own]), found, named)


def _names(stack: Stack, node: Any) -> Iterator[str]:
    """What a definition names; of an If, in the branch that is taken."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "Ref" and isinstance(value, str):
                yield value
            elif key == "Fn::GetAtt":
                yield str(value[0] if isinstance(value, list) else str(value).partition(".")[0])
            elif key == "Fn::Sub":
                text, values = (value, {}) if isinstance(value, str) else value
                yield from (n for n in _PLACEHOLDER.findall(text) if n not in values)
                yield from _names(stack, values)
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            elif key == "Fn::If":
                yield from _names(stack, _taken(stack, value))
            else:
                yield from _names(stack, value)
    elif isinstance(node, list):
        for item in node:
            yield from _names(stack, item)


def _taken(stack: Stack, branches: list[Any]) -> Any:
    try:
        return branches[1] if stack.value({"Condition": branches[0]}) else branches[2]
    except InputError:
        return None  # nothing is taken to come before that may not


def _closure(address: str, named: Mapping[str, set[str]], known: list[str]) -> frozenset[str]:
    seen: set[str] = set()
    queue = list(named[address])
    while queue:
        name = queue.pop()
        if name in seen or name not in named:
            continue
        seen.add(name)
        queue += named[name]
        queue += [inside for inside in known if inside.startswith(f"{name}/")]
    return frozenset(seen - {address})
