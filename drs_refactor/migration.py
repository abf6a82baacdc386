"""Reads migration.toml. Every mistake is an InputError with the line of the key."""

from __future__ import annotations

import ast
import keyword
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drs_refactor.declared_allowances import allowance
from drs_refactor.errors import InputError
from drs_refactor.model import (
    RAISE,
    RESERVED,
    Alias,
    Function,
    Migration,
    Move,
    Scenarios,
    Templates,
)
from drs_refactor.toml_keys import Keys, lines_of

__all__ = ["Alias", "Function", "Migration", "Move", "Templates", "load"]


def load(path: Path) -> Migration:
    """Read and check a migration.toml."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(
            "there is no such file", path=path, mend="Name one with --config FILE"
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise InputError(f"this is not valid TOML: {error}", path=path, line=line) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError("cannot be read: it is not UTF-8", path=path) from error
    return _migration(path, Keys(path, lines_of(text), table, (), "migration.toml"))


def _migration(path: Path, top: Keys) -> Migration:
    top.allow(
        "trees",
        "layers",
        "services_gone",
        "functions",
        "moves",
        "aliases",
        "templates",
        "scenarios",
        "allowances",
    )
    trees = top.table_of("trees", "[trees]", {})
    trees.allow("legacy", "refactored")
    functions = _functions(top)
    moves = tuple(_move(keys, functions) for keys in top.tables("moves"))
    _check_moves(top, moves)
    return Migration(
        path=path,
        legacy=path.parent / trees.get("legacy", str, "legacy"),
        refactored=path.parent / trees.get("refactored", str, "refactored"),
        layers=top.inside("layers", top.strings("layers")),
        services_gone=top.strings("services_gone"),
        functions=functions,
        moves=moves,
        aliases=tuple(_alias(keys, functions) for keys in top.tables("aliases", [])),
        templates=_templates(top),
        scenarios=_scenarios(top),
        allowances=tuple(allowance(keys) for keys in top.tables("allowances", [])),
    )


def _scenarios(top: Keys) -> Scenarios:
    keys = top.table_of("scenarios", "[scenarios]", {})
    keys.allow("files", "shipped")
    files = keys.inside("files", keys.strings("files"))
    return Scenarios(files, keys.get("shipped", bool, not files), keys.line)


def _functions(top: Keys) -> dict[str, Function]:
    tables = top.table_of("functions", "[functions]")
    found: dict[str, Function] = {}
    for key in tables.table:
        keys = tables.table_of(key, f"[functions.{key}]")
        keys.allow("path", "refactored_path", "resource", "handler", "variables")
        if not re.fullmatch(r"[A-Za-z][\w-]*", key, re.ASCII):
            raise keys.fail(
                f"{key!r} cannot be the name of a variable", mend="Use letters, digits, - and _"
            )
        path = keys.get("path", str)
        for name in ("path", "refactored_path"):
            keys.inside(name, (keys.get(name, str, path),))
        function = Function(
            key,
            path,
            keys.get("refactored_path", str, path),
            keys.get("resource", str, key),
            _identifier(keys, "handler", "lambda_handler"),
            keys.texts("variables"),
        )
        for other in found.values():
            if other.arn_variable == function.arn_variable:
                raise keys.fail(
                    f"{key!r} and {other.key!r} would share the variable {other.arn_variable}",
                    mend="Rename one of the two",
                )
        found[key] = function
    return found


def _identifier(keys: Keys, key: str, default: str | None = None) -> str:
    value: str = keys.get(key, str, default)
    if not value.isidentifier() or keyword.iskeyword(value):
        raise keys.fail(f"{key} = {value!r} is no Python name", key, mend="Write a plain name")
    return value


def _move(keys: Keys, functions: Mapping[str, Function]) -> Move:
    keys.allow(
        "function",
        "rename",
        "from",
        "to",
        "action",
        "payload",
        "mutates",
        "returns",
        "carry_to",
        "on_invocation_failure",
        "helper",
    )
    function = _identifier(keys, "function")
    name = _identifier(keys, "rename", function)
    helper = keys.get("helper", bool, False)
    if helper and "action" in keys.table:
        raise keys.fail("a helper has no action", "action", mend="Take out one of the two")
    source, destination, carry_to = _places(keys, function, functions)
    payload = _payload(keys)
    mutates = _identifier(keys, "mutates") if "mutates" in keys.table else ""
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
        action="" if helper else _identifier(keys, "action", name),
        payload=payload,
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
        try:
            ast.parse(expression, mode="eval")
        except (SyntaxError, ValueError):
            raise keys.fail(f"{expression!r} is no Python expression", "payload", key) from None
    return payload


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


def _check_moves(top: Keys, moves: tuple[Move, ...]) -> None:
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


def _alias(keys: Keys, functions: Mapping[str, Function]) -> Alias:
    keys.allow("function", "name", "alias")
    function = keys.get("function", str)
    if function not in functions:
        known = ", ".join(functions)
        raise keys.fail(
            f"{function!r} is not among [functions]", "function", mend=f"Known: {known}"
        )
    return Alias(function, _identifier(keys, "name"), _identifier(keys, "alias"), keys.line)


def _templates(top: Keys) -> Templates:
    keys = top.table_of("templates", "[templates]", {})
    keys.allow("files", "parameters", "role", "time_limit_margin", "values", "definitions")
    margin = keys.get("time_limit_margin", int, 30)
    if margin < 0:
        raise keys.fail("'time_limit_margin' must not be negative", "time_limit_margin")
    definitions = keys.texts("definitions")
    keys.inside("definitions", tuple(definitions.values()))
    return Templates(
        keys.inside("files", keys.strings("files")),
        keys.texts("parameters"),
        keys.get("role", str, ""),
        margin,
        keys.texts("values"),
        definitions,
    )
