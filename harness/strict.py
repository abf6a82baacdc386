"""The judge: a strict typed walk. DeepDiff, which calls 2 and 2.0 equal, only explains."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from decimal import Decimal
from typing import Any

from harness.values import MISSING


@dataclass(frozen=True)
class Difference:
    """Two values that are not the same, and the path to them."""

    path: str
    legacy: Any
    refactored: Any


def same(one: Any, other: Any) -> bool:
    """True if the two are equal in type and value, all the way down."""
    return next(differences(one, other), None) is None


def differences(one: Any, other: Any, path: str = "") -> Iterator[Difference]:
    """Every place where the two differ. Order counts in lists, not in mappings.

    Numbers are equal if they print alike: 1.50 and 1.5, 0.0 and -0.0 are not; a NaN equals a NaN.
    """
    if type(one) is not type(other):
        yield Difference(path, one, other)
    elif isinstance(one, Mapping | list | tuple) and _same_bytes(one, other):
        return
    elif isinstance(one, Mapping):
        yield from _mappings(one, other, path)
    elif isinstance(one, list | tuple):
        for index in range(max(len(one), len(other))):
            here = one[index] if index < len(one) else MISSING
            there = other[index] if index < len(other) else MISSING
            yield from differences(here, there, f"{path}[{index}]")
    elif is_dataclass(one):
        for name in one.__dataclass_fields__:
            yield from differences(getattr(one, name), getattr(other, name), _join(path, name))
    elif isinstance(one, float | Decimal):
        if str(one) != str(other):
            yield Difference(path, one, other)
    elif one != other:
        yield Difference(path, one, other)


def _same_bytes(one: Any, other: Any) -> bool:
    """True only for equal values; a quick answer for most. False says nothing."""
    try:
        # Version 2 writes neither references nor interned strings: the value decides alone.
        return marshal.dumps(one, 2) == marshal.dumps(other, 2)
    except ValueError:  # a type that marshal does not know
        return False


def _mappings(one: Mapping[Any, Any], other: Mapping[Any, Any], path: str) -> Iterator[Difference]:
    for key in [*one, *(key for key in other if key not in one)]:
        yield from differences(
            one.get(key, MISSING), other.get(key, MISSING), _join(path, str(key))
        )


def _join(path: str, name: str) -> str:
    plain = name.replace("_", "").replace("-", "").isalnum()
    step = name if plain else f"[{name!r}]"
    return f"{path}.{step}" if path and plain else f"{path}{step}"
