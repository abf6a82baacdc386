"""Time limits: each caller outlives its callees."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from codemods.scene import Scene
from codemods.templates.function_node import FunctionNode

LAMBDA_LONGEST = 900
"""Seconds: the highest time limit that Lambda has."""

LAMBDA_DEFAULT = 3
_SECONDS = re.compile(r"[1-9][0-9]*")


def limits(
    scene: Scene, functions: Mapping[str, FunctionNode], calls: Mapping[str, list[str]]
) -> dict[str, tuple[int, int]]:
    """The time limits that change, so that each caller outlives its callees by the margin."""
    involved = {key for caller, callees in calls.items() if callees for key in (caller, *callees)}
    old = {key: _limit(function) for key, function in functions.items() if key in involved}
    new = dict(old)
    margin = scene.migration.templates.time_limit_margin
    changed = True
    while changed:
        changed = False
        for caller, callees in calls.items():
            if not callees:
                continue
            needed = max(new[callee] + margin for callee in callees)
            if new[caller] < needed:
                new[caller], changed = needed, True
            if new[caller] > LAMBDA_LONGEST:
                raise functions[caller].document.refuse(
                    f"{functions[caller].logical_id} would need a time limit of {new[caller]} s to "
                    f"outlive {' and '.join(callees)}, and Lambda's longest is {LAMBDA_LONGEST} s",
                    functions[caller].properties,
                    "Lower the limit of the one that is invoked",
                )
    return {key: (old[key], new[key]) for key in functions if new.get(key) != old.get(key)}


def _limit(function: FunctionNode) -> int:
    node = function.get("Timeout")
    if node is None:
        return LAMBDA_DEFAULT
    if not isinstance(node, yaml.ScalarNode) or not _SECONDS.fullmatch(node.value):
        raise function.document.refuse(
            "this time limit is not written as a number, so it cannot be compared",
            node,
            "Write the number of seconds",
        )
    return int(node.value)
