"""Scenarios changed where a tree reads data: in events, inputs and table items, and in when things
happen. Knows nothing of what the data means, so it serves every tree.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis.strategies import DrawFn

from harness.fuzzing.drawn import MOMENTS, ODD, between, one_of

Data = dict[str, Any]
Place = tuple[str | int, ...]
Kept = Mapping[str, frozenset[str]]
"""Attributes that a table's items must keep, by the variable that names the table."""

INVOCATIONS = 10
"""No more invocations than this in a changed scenario."""

TEXT = "$json"
"""The key under which a text that is a JSON object stands while it is open."""

_LONG = 130
_WIDE = 12


def mutate(draw: DrawFn, data: Data, kept: Kept, times: int) -> Data:
    """The scenario's data with so many changes."""
    changed = opened(copy.deepcopy(data))
    for _ in range(times):
        if changed.get("invoke") and between(draw, 0, 4) == 0:
            one_of(draw, _INVOCATIONS)(draw, changed["invoke"])
            continue
        places = list(_places(changed, kept))
        if places:
            _change(draw, changed, one_of(draw, places), places)
    closed_again: Data = closed(changed)
    return closed_again


def _places(data: Data, kept: Kept) -> Iterator[Place]:
    """Where a tree reads what it did not make: everything in inputs, events and items."""
    if isinstance(data.get("start"), dict):
        yield from _inside(data["start"]["input"], ("start", "input"))
    for number, invocation in enumerate(data.get("invoke") or ()):
        yield ("invoke", number, "event")
        yield from _inside(invocation["event"], ("invoke", number, "event"))
    for variable, items in (data.get("tables") or {}).items():
        for number, item in enumerate(items):
            for key in item:
                if key not in kept.get(variable, ()):
                    place = ("tables", variable, number, key)
                    yield place
                    yield from _inside(item[key], place)


def _inside(value: Any, place: Place) -> Iterator[Place]:
    if isinstance(value, dict):
        parts: list[tuple[str | int, Any]] = [*value.items()]
    elif isinstance(value, list):
        parts = [*enumerate(value[:_WIDE])]
    else:
        return
    for key, item in parts:
        if key != TEXT:
            yield (*place, key)
        yield from _inside(item, (*place, key))


def at(data: Any, place: Place) -> Any:
    """What stands at a place."""
    for part in place:
        data = data[part]
    return data


def _change(draw: DrawFn, data: Data, place: Place, places: list[Place]) -> None:
    """One change of what stands at a place."""
    holder, key = at(data, place[:-1]), place[-1]
    old = holder[key]
    how = one_of(draw, _CHANGES)
    if how == "removed" and key != "event":
        del holder[key]
    elif how == "another's":
        holder[key] = copy.deepcopy(at(data, one_of(draw, places)))
    elif how == "another type":
        holder[key] = _retyped(old)
    elif how == "added" and isinstance(old, dict):
        old[one_of(draw, ("", "extra", "Ä", "status", "action2"))] = one_of(draw, ODD)
    elif how == "repeated" and isinstance(old, list):
        old.extend(copy.deepcopy(old[:1]) * one_of(draw, (1, 1, 2, _LONG)))
    elif how == "reversed" and isinstance(old, list):
        old.reverse()
    else:
        holder[key] = copy.deepcopy(one_of(draw, ODD))


_CHANGES = (
    *("removed", "removed", "removed", "odd", "odd", "odd", "another's", "another type"),
    *("added", "repeated", "reversed"),
)


def _retyped(value: Any) -> Any:
    """The same thing as another type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if value % 2 else float(value)
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() and value.isascii() and len(value) < 18 else [value]
    if isinstance(value, list):
        return value[0] if value else {}
    if isinstance(value, dict):
        return list(value.values())
    return ""


def _moved(draw: DrawFn, invocations: list[Data]) -> None:
    one_of(draw, invocations)["seconds"] = one_of(draw, MOMENTS)


def _again(draw: DrawFn, invocations: list[Data]) -> None:
    if len(invocations) < INVOCATIONS:
        again = copy.deepcopy(one_of(draw, invocations))
        again["seconds"] = again.get("seconds", 0.0) + one_of(draw, MOMENTS)
        invocations.append(again)


def _left_out(draw: DrawFn, invocations: list[Data]) -> None:
    if len(invocations) > 1:
        invocations.pop(between(draw, 0, len(invocations) - 1))


_INVOCATIONS: tuple[Callable[[DrawFn, list[Data]], None], ...] = (_moved, _again, _left_out)


def opened(value: Any) -> Any:
    """The data with texts that are JSON objects as such, so that changes reach into them."""
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        try:
            return {TEXT: json.loads(value)}
        except ValueError:
            return value
    return value


def closed(value: Any) -> Any:
    """What `opened` opened, as text again."""
    if isinstance(value, dict) and set(value) == {TEXT}:
        return json.dumps(closed(value[TEXT]), ensure_ascii=False)
    if isinstance(value, dict):
        return {key: closed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [closed(item) for item in value]
    return value
