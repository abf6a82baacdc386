"""Plain values as the harness keeps them: copied, typed, and written to JSON without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


def frozen_copy(value: Any) -> Any:
    """A deep copy that later changes to `value` do not reach. Unknown objects become their repr."""
    if value is None or isinstance(value, bool | int | float | str | Decimal | datetime | bytes):
        return value
    if isinstance(value, Mapping):
        return {key: frozen_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [frozen_copy(item) for item in value]
    if isinstance(value, tuple):
        return tuple(frozen_copy(item) for item in value)
    if isinstance(value, set | frozenset):
        return frozenset(value)
    if isinstance(value, bytearray):
        return bytes(value)
    return f"<{type(value).__name__}>"


def to_json(value: Any) -> Any:
    """The value as JSON types; what JSON lacks becomes {"$type": name, "value": text}."""
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal):
        return {"$type": "Decimal", "value": str(value)}
    if isinstance(value, datetime):
        return {"$type": "datetime", "value": value.isoformat()}
    if isinstance(value, bytes):
        return {"$type": "bytes", "value": value.hex()}
    if isinstance(value, tuple):
        return {"$type": "tuple", "value": [to_json(item) for item in value]}
    if isinstance(value, frozenset):
        return {"$type": "set", "value": sorted(map(repr, value))}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Missing):
        return {"$missing": True}
    return value


class Missing:
    """Stands for what one side of a comparison does not have."""

    def __repr__(self) -> str:
        return "(missing)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Missing)

    def __hash__(self) -> int:
        return hash(Missing)


MISSING = Missing()
