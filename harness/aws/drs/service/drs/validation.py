"""Checks a request against the constraints of botocore's model, as AWS's front door does.

botocore itself checks types, required members and minima before it sends; not patterns,
enums and maxima, which are left to the service.
"""

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

from .exceptions import ValidationException

Problem = tuple[str, str]


def check_request(operation: OperationModel, params: dict[str, Any]) -> None:
    """Raise ValidationException for what the model forbids, if the operation models that error."""
    modelled = {shape.name for shape in operation.error_shapes}
    if "ValidationException" not in modelled or operation.input_shape is None:
        return
    problems = list(_problems(operation.input_shape, params, ""))
    if problems:
        text = "; ".join(f"{name}: {message}" for name, message in problems)
        raise ValidationException(text, problems, reason="fieldValidationFailed")


def _problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:
    """Every (path, message) where `value` breaks the constraints of `shape`."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"{path}{name}", "is required"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _problems(member, value[name], f"{path}{name}.")
        return
    name = path.rstrip(".")
    if isinstance(shape, ListShape):
        yield from _range_problems(shape, len(value), name)
        for index, item in enumerate(value):
            yield from _problems(shape.member, item, f"{name}[{index}].")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{name}.key.")
            yield from _problems(shape.value, item, f"{name}.{key}.")
    elif isinstance(shape, StringShape):
        yield from _range_problems(shape, len(value), name)
        yield from _string_problems(shape, value, name)
    elif shape.type_name in ("integer", "long"):
        yield from _range_problems(shape, value, name)


def _range_problems(shape: Shape, size: int, name: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield name, f"must be at least {low}"
    if high is not None and size > high:
        yield name, f"must be at most {high}"


def _string_problems(shape: StringShape, value: str, name: str) -> Iterator[Problem]:
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield name, f"must match {pattern}"
    if shape.enum and value not in shape.enum:
        yield name, f"must be one of {', '.join(shape.enum)}"
