"""[[moves]] of migration.toml: each one, and what two of them must not share."""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Mapping
from typing import Any

from drs_refactor.errors import InputError
from drs_refactor.model import RAISE, RESERVED, Function, Move
from drs_refactor.toml_keys import Keys


def identifier(keys: Keys, key: str, default: str | None = None) -> str:
    """A key's value, if it is a Python name. Raises InputError."""
    value: str = keys.get(key, str, default)
    if not value.isidentifier() or keyword.iskeyword(value):
        raise keys.fail(f"{key} = {value!r} is no Python name", key, mend="Write a plain name")
    return value


def move(keys: Keys, functions: Mapping[str, Function]) -> Move:
    """Read one of [[moves]]. Raises InputError."""
    keys.allow(
        "function",
        "rename",
        "from",
        "to",
        "action",
        "payload",
        "made_anew",
        "mutates",
        "returns",
        "carry_to",
        "on_invocation_failure",
        "helper",
    )
    function = identifier(keys, "function")
    name = identifier(keys, "rename", function)
    helper = keys.get("helper", bool, False)
    if helper and "action" in keys.table:
        raise keys.fail("a helper has no action", "action", mend="Take out one of the two")
    source, destination, carry_to = _places(keys, function, functions)
    payload, made_anew = _payload(keys), _made_anew(keys)
    mutates = identifier(keys, "mutates") if "mutates" in keys.table else ""
    returns = keys.get("returns", str, "")
    if mutates and payload is not None and mutates not in payload:
        raise keys.fail(f"{mutates!r} is not among the payload's keys", "mutates")
    if returns and returns != mutates:
        raise keys.fail(
            f"returns = {returns!r} is not what the function mutates",
            "returns",
            mend="Take it out: any other result comes back by itself",
        )
    return Move(
        function=function,
        name=name,
        source=source,
        destination=destination,
        line=keys.line,
        action="" if helper else identifier(keys, "action", name),
        payload=payload,
        made_anew=made_anew,
        mutates=mutates,
        returns=returns,
        carry_to=carry_to,
        on_invocation_failure=_failure(keys, mutates),
    )


def _places(
    keys: Keys, name: str, functions: Mapping[str, Function]
) -> tuple[str, str, tuple[str, ...]]:
    source, destination = keys.get("from", str), keys.get("to", str)
    carry_to = keys.strings("carry_to")
    for key, values in (("from", [source]), ("to", [destination]), ("carry_to", carry_to)):
        for value in values:
            if value not in functions:
                known = ", ".join(functions)
                raise keys.fail(f"{value!r} is not among [functions]", key, mend=f"Known: {known}")
            if key != "from" and functions[value].path == functions[source].path:
                raise keys.fail(
                    f"{name} would move to where it is", key, mend="Name another function"
                )
    if len({destination, *carry_to}) != 1 + len(carry_to):
        raise keys.fail(f"{name} would arrive twice in one place", "carry_to")
    return source, destination, carry_to


def _payload(keys: Keys) -> dict[str, str] | None:
    if "payload" not in keys.table:
        return None
    payload = keys.texts("payload")
    for key, expression in payload.items():
        if not key.isidentifier() or keyword.iskeyword(key) or key in RESERVED:
            raise keys.fail(
                f"{key!r} cannot be a payload key", "payload", key, mend="Choose another name"
            )
        _check_expression(keys, "payload", key, expression)
    return payload


def _made_anew(keys: Keys) -> dict[str, str]:
    made_anew = keys.texts("made_anew")
    for name, expression in made_anew.items():
        _check_expression(keys, "made_anew", name, expression)
        if name in keys.table.get("payload", {}):
            raise keys.fail(
                f"{name!r} is sent in the payload, and made anew",
                "made_anew",
                name,
                mend="Take out one of the two",
            )
    return made_anew


def _check_expression(keys: Keys, table: str, key: str, expression: str) -> None:
    try:
        ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError):
        raise keys.fail(f"{expression!r} is no Python expression", table, key) from None


def _failure(keys: Keys, mutates: str) -> str | Mapping[str, Any]:
    key = "on_invocation_failure"
    failure: str | Mapping[str, Any] = keys.table.get(key, RAISE)
    if failure == RAISE:
        return RAISE
    if not isinstance(failure, dict):
        raise keys.fail(f'{key!r} must be "raise" or a table of the keys to set', key)
    if not mutates:
        raise keys.fail(
            f"{key!r} sets keys, but nothing says in what",
            key,
            mend="Add mutates = the payload key of the state",
        )
    for name, value in failure.items():
        if not _is_json(value):
            raise keys.fail(f"{name!r} must be something that JSON has", key, name)
    return failure


def _is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def check_moves(top: Keys, moves: tuple[Move, ...]) -> None:
    """Refuse no moves at all, and two that would take the same name or action."""
    if not moves:
        raise top.fail("there is nothing to move: [[moves]] is empty", "moves")
    seen: dict[tuple[str, str], Move] = {}
    for move in moves:
        facts = [("function", move.function)]
        facts += [(f"name in {key}", move.name) for key in (move.destination, *move.carry_to)]
        facts += [(f"action of {move.destination}", move.action)] if move.action else []
        for what, value in facts:
            other = seen.setdefault((what, value), move)
            if other is not move:
                twice = "moves twice" if what == "function" else f"is the {what} of two moves"
                raise InputError(
                    f"{value} {twice}",
                    path=top.path,
                    line=move.line,
                    mend=f"It stands in line {other.line} already",
                )
