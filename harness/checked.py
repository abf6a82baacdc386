"""Data as a scenario, checked by pydantic against the classes of `harness.scenario`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from harness.scenario import Scenario, Server

Place = tuple[str | int, ...]


class Mistake(Exception):
    """Data that is no scenario: what is wrong, at which place in it, how to mend it."""

    def __init__(self, what: str, place: Place = (), mend: str = "") -> None:
        super().__init__(what)
        self.what, self.place, self.mend = what, place, mend


@cache
def _adapter() -> TypeAdapter[Scenario]:
    return TypeAdapter(Scenario)


def checked(data: Mapping[str, Any]) -> Scenario:
    """The scenario that the data describes. Raises Mistake for the first thing that is wrong."""
    name = data.get("name")
    if not re.fullmatch(r"\w[\w.-]*", str(name)):
        raise Mistake("a name is made of letters, digits, dots, dashes and underscores")
    _check_keys(data, Scenario, ())
    if not data.get("shows"):
        raise Mistake("`shows` must say in one line what the scenario is for", ("shows",))
    _check_json(data, ())
    try:
        # As JSON, since there lists are tuples and whole numbers floats, and nothing else is.
        scenario = _adapter().validate_json(json.dumps({**data, "name": str(name)}), strict=True)
    except ValidationError as error:
        raise _mistake(error) from error
    if scenario.start is None and not scenario.invoke and not scenario.call:
        raise Mistake("nothing happens: add `start`, `invoke` or `call`")
    for number, server in enumerate(scenario.servers):
        _check_id(server, ("servers", number, "id"))
    ids = [server_id for server in scenario.servers for server_id in server.ids]
    for number, server in enumerate(scenario.servers):
        if any(ids.count(server_id) > 1 for server_id in server.ids[:1]):
            raise Mistake(f"server {server.ids[0]!r} is there twice", ("servers", number))
    return scenario


def _check_id(server: Server, place: Place) -> None:
    try:
        server.ids  # noqa: B018
    except (LookupError, ValueError, AttributeError) as error:
        what = f"the braces of {server.id!r} do not stand for a number"
        raise Mistake(what, place, "Write it as in s-{:017d}") from error


def _check_json(value: object, place: Place) -> None:
    """YAML also has dates and binary data, which neither an event nor a replay file can hold."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_json(item, (*place, str(key)))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _check_json(item, (*place, number))
    elif not isinstance(value, str | int | float | bool | None):
        kind = type(value).__name__
        raise Mistake(f"{path_of(place)} is a {kind}, which JSON lacks", place, "Put it in quotes")


_WANTED = {
    "dataclass_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "tuple_type": "a list",
    "string_type": "a string",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
}


def _mistake(error: ValidationError) -> Mistake:
    first = error.errors()[0]
    place = tuple(part for part in first["loc"] if part != "[key]")
    where = path_of(place)
    if first["type"] == "missing":
        return Mistake(f"{path_of(place[:-1]) or 'it'} lacks {place[-1]!r}", place[:-1])
    text = first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if first["type"] == "value_error":
        return Mistake(f"{where}: {text}", place)
    value = json.dumps(first["input"], ensure_ascii=False, default=str)
    return Mistake(f"{where} is {value[:60]}, not {_WANTED.get(first['type'], text)}", place)


def path_of(place: Place) -> str:
    """A place as people write it: servers[0].launch."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


_PARTS = {
    "servers": "Server",
    "roles": "TrustedRole",
    "networks": "Network",
    "jobs": "PlannedJob",
    "invoke": "Invocation",
    "call": "FunctionCall",
    "refuse": "Disruption",
    "slow": "Latency",
    "alter": "Alteration",
    "faults": "Fault",
    "start": "Start",
    "timing": "JobTiming",
    "quotas": "Quotas",
    "launch": "Launch",
}


def _check_keys(data: Any, kind: Any, place: Place) -> None:
    """Unknown keys are told with the known ones; pydantic would take them for the dataclass's."""
    import harness.scenario as scenario

    if not isinstance(data, Mapping) or not is_dataclass(kind):
        return
    known = {item.name for item in fields(kind)}
    for key, value in data.items():
        if key not in known:
            inside = f" in {path_of(place)}" if place else ""
            offered = ", ".join(sorted(known - {"name", "source"} if not place else known))
            raise Mistake(f"unknown key {key!r}{inside}", (*place, key), f"Known: {offered}")
        part = getattr(scenario, _PARTS.get(key, ""), None)
        if isinstance(value, list):
            for number, item in enumerate(value):
                _check_keys(item, part, (*place, key, number))
        else:
            _check_keys(value, part, (*place, key))
