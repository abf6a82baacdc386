"""A strict check of raw answers against botocore's model: names, types, enums, constraints.

botocore's parser ignores names it does not know and checks no value; this looks at the body.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

ENVELOPE = {"__type", "Message"}
"""What the protocol adds to an error's body."""
PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
}


def problems(shape: Shape, value: Any, path: str = "$") -> Iterator[str]:
    """Every way in which the raw JSON `value` is no instance of `shape`."""
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        yield from _size_problems(shape, len(value), path)
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield f"{path}: not a map"
            return
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.key({key})")
            yield from problems(shape.value, item, f"{path}.{key}")
    else:
        yield from _scalar_problems(shape, value, path)


def _structure_problems(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: not a structure"
        return
    names = {member.serialization.get("name", key): key for key, member in shape.members.items()}
    for key in value.keys() - names.keys():
        yield f"{path}.{key}: not in {shape.name}"
    for key in shape.required_members:
        if value.get(key) is None:
            yield f"{path}.{key}: required and missing"
    if shape.metadata.get("union") and len(value) != 1:
        yield f"{path}: a union with {len(value)} members"
    for key in value.keys() & names.keys():
        yield from problems(shape.members[names[key]], value[key], f"{path}.{key}")


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    expected = PYTHON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    if isinstance(shape, StringShape):
        yield from _size_problems(shape, len(value), path)
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is not in the enum of {shape.name}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif shape.type_name in ("integer", "long"):
        yield from _size_problems(shape, value, path)


def _size_problems(shape: Shape, size: int, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield f"{path}: size {size} is outside {low}..{high}"


class StrictAnswers:
    """Checks each answer of a client as it arrives; `seen` holds the (operation, status)."""

    def __init__(self, client: Any) -> None:
        self.seen: set[tuple[str, int]] = set()
        client.meta.events.register("before-parse.drs.*", self._check)

    def _check(
        self, operation_model: OperationModel, response_dict: dict[str, Any], **_: Any
    ) -> None:
        status, body = response_dict["status_code"], response_dict["body"]
        self.seen.add((operation_model.name, status))
        content = json.loads(body) if body else {}
        if status < 300:
            assert status == operation_model.http["responseCode"], (operation_model.name, status)
            assert operation_model.output_shape or not content, (operation_model.name, body)
            shape = operation_model.output_shape
            found = list(problems(shape, content)) if shape else []
        else:
            found = list(_error_problems(operation_model, status, content))
        assert not found, f"{operation_model.name}: {found}"


def _error_problems(
    operation: OperationModel, status: int, content: dict[str, Any]
) -> Iterator[str]:
    """The error is one that the operation models, with its status and members."""
    modelled = {shape.name: shape for shape in operation.error_shapes}
    shape = modelled.get(content["__type"])
    if shape is None:
        yield f"{content['__type']} is not modelled"
        return
    if status != shape.metadata["error"]["httpStatusCode"]:
        yield f"{shape.name} with status {status}"
    members = {key: value for key, value in content.items() if key not in ENVELOPE}
    yield from problems(shape, members)
