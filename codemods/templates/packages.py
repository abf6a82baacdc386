"""Where templates say that a function's code is: one that never changes its name cannot go back."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from codemods.templates.function_node import FunctionNode


def fixed_packages(functions: dict[str, FunctionNode]) -> Iterator[str]:
    """A line for each function whose package has one key for every release: reverting the stack
    then leaves the new code where it is, since nothing of the resource changes.
    """
    for function in functions.values():
        key = function.get("Code", "S3Key")
        if not isinstance(key, yaml.ScalarNode) or function.get("Code", "S3ObjectVersion"):
            continue
        if not key.tag.startswith("tag:") or "${" in key.value:
            continue  # a reference: each release may have its own
        line = key.start_mark.line + 1
        yield (
            f"{function.document.relative}:{line}: {function.logical_id} always runs {key.value}: "
            "a stack that is rolled back keeps the new code. Give S3Key the release, or set "
            "S3ObjectVersion"
        )
