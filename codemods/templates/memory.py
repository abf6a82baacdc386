"""Memory: a moved function has no less of it, and of the CPU that goes with it, than at home."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from codemods.scene import Scene
from codemods.templates.function_node import FunctionNode

LAMBDA_DEFAULT = 128
"""MB of a function whose template says nothing (AWS, "AWS::Lambda::Function")."""

_MEGABYTES = re.compile(r"[1-9][0-9]*")


def memories(
    scene: Scene, functions: Mapping[str, FunctionNode]
) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """The functions that get more memory, by key, with the old and the new number of MB; and what
    is not written as a number, so that a person must compare.
    """
    needed: dict[str, int] = {}
    unknown: list[str] = []
    for move in scene.migration.moves:
        wanted = _memory(functions[move.source])
        for key in (move.destination, *move.carry_to):
            found = _memory(functions[key])
            if wanted is None or found is None:
                line = _untold(functions[key], functions[move.source])
                unknown += [line] if line not in unknown else []
            elif found < wanted:
                needed[key] = max(wanted, needed.get(key, 0))
    return {key: (_memory(functions[key]) or 0, new) for key, new in needed.items()}, unknown


def _memory(function: FunctionNode) -> int | None:
    node = function.get("MemorySize")
    if node is None:
        return LAMBDA_DEFAULT
    if not isinstance(node, yaml.ScalarNode) or not _MEGABYTES.fullmatch(node.value):
        return None
    return int(node.value)


def _untold(function: FunctionNode, source: FunctionNode) -> str:
    node = function.get("MemorySize") or function.properties
    place = f"{function.document.relative}:{node.start_mark.line + 1}"
    return (
        f"{place}: {function.logical_id} must have the memory of {source.logical_id}, and one of "
        "the two is not written as a number"
    )
