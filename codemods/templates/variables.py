"""Variables of functions: the ARNs of their callees, and what moved code reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import yaml

from codemods.edits import Edit
from codemods.scene import Scene
from codemods.syntax.source import Statement
from codemods.templates.addresses import arn_for
from codemods.templates.function_node import FunctionNode
from codemods.templates.stacks import Stacks
from codemods.templates.yaml_text import flattened

_READS_ENVIRONMENT = re.compile(
    r"""\b(?:environ(?:\.get\(|\[)|getenv\()\s*["']([A-Za-z_]\w*)["']"""
)


def arns(
    scene: Scene,
    function: FunctionNode,
    callees: Iterable[str],
    functions: Mapping[str, FunctionNode],
    planned: Mapping[str, Iterable[str]],
    stacks: Stacks,
) -> dict[str, str]:
    """The entries by name in which a function finds those that it calls, where they are missing."""
    lines = {}
    for callee in callees:
        variable = scene.migration.functions[callee].arn_variable
        if function.get("Environment", "Variables", variable) is None:
            arn = arn_for(function, functions[callee], stacks, planned)
            lines[variable] = f"{variable}: {arn}"
    return lines


def read_by(
    arrived: Iterable[Statement], source: FunctionNode, function: FunctionNode, stacks: Stacks
) -> dict[str, str]:
    """The entries by name that code reads which moved from `source`, where they are missing."""
    lines = {}
    for name in sorted({n for s in arrived for n in _READS_ENVIRONMENT.findall(s.text)}):
        value = source.get("Environment", "Variables", name)
        if name.startswith("AWS_") or value is None:
            continue
        there = function.get("Environment", "Variables", name)
        if there is None:
            lines[name] = f"{name}: {_copied(source, function, value, stacks)}"
        elif _value(there) != _value(value):
            raise function.document.refuse(
                f"moved code reads {name}, which is another here than in {source.logical_id} "
                f"({source.document.relative}:{value.start_mark.line + 1})",
                there,
                "Give both the same value, or the moved code a variable of its own",
            )
    return lines


def add_variables(function: FunctionNode, lines: Mapping[str, str]) -> Edit:
    """Add entries to the function's own variables: those in Globals are every function's."""
    found = function.own("Environment", "Variables")
    if found is not None:
        function.check_is_mapping(found)
        return function.document.add_entries(found, list(lines.values()))
    if function.own("Environment") is not None:
        raise function.document.refuse(
            "Environment has no Variables", function.properties, "Add Variables with one entry"
        )
    entries = ["Environment:", "  Variables:", *(f"    {line}" for line in lines.values())]
    return function.document.add_entries(function.properties, entries)


def _value(node: yaml.Node) -> object:
    return node.tag, sorted(flattened(node).items())


def _copied(source: FunctionNode, function: FunctionNode, value: yaml.Node, stacks: Stacks) -> str:
    text = source.document.source(value)
    if "\n" in text or not _means_the_same(source, function, value, stacks):
        raise source.document.refuse(
            "this variable must be copied to another function, and cannot be as it is written",
            value,
            f"Add it to {function.logical_id} yourself before migrating",
        )
    return text


def _means_the_same(
    source: FunctionNode, function: FunctionNode, value: yaml.Node, stacks: Stacks
) -> bool:
    """True if a value says the same in the other function's template."""
    if source.document is function.document:
        return True
    if not isinstance(value, yaml.ScalarNode) or value.tag not in ("!Ref", "!Sub"):
        return isinstance(value, yaml.ScalarNode) and not value.tag.startswith("!")
    text = value.value if value.tag == "!Sub" else f"${{{value.value}}}"
    return not stacks.difference(function.document, source.document, text)
