"""Reads migration.toml. Every mistake is an InputError with the line of the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from drs_refactor.declared_allowances import allowance
from drs_refactor.declared_gates import gates
from drs_refactor.declared_moves import check_moves, identifier, move
from drs_refactor.model import (
    Alias,
    Function,
    Migration,
    Move,
    Scenarios,
    Templates,
)
from drs_refactor.services import available_services
from drs_refactor.toml_keys import Keys, read

__all__ = ["Alias", "Function", "Migration", "Move", "Templates", "load"]


def load(path: Path) -> Migration:
    """Read and check a migration.toml."""
    return _migration(path, read(path, "migration.toml", "Name one with --config FILE"))


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
        "gates",
    )
    trees = top.table_of("trees", "[trees]", {})
    trees.allow("legacy", "refactored", "sample")
    functions = _functions(top)
    moves = tuple(move(keys, functions) for keys in top.tables("moves"))
    check_moves(top, moves)
    return Migration(
        path=path,
        legacy=path.parent / trees.get("legacy", str, "legacy"),
        refactored=path.parent / trees.get("refactored", str, "refactored"),
        layers=top.inside("layers", top.strings("layers")),
        services_gone=_services(top),
        functions=functions,
        moves=moves,
        aliases=tuple(_alias(keys, functions) for keys in top.tables("aliases", [])),
        templates=_templates(top),
        scenarios=_scenarios(top),
        allowances=tuple(allowance(keys) for keys in top.tables("allowances", [])),
        gates=gates(top.table_of("gates", "[gates]", {})),
        sample=trees.get("sample", bool, False),
    )


def _services(top: Keys) -> tuple[str, ...]:
    services = top.strings("services_gone")
    for service in services:
        if service not in available_services():
            raise top.fail(
                f"botocore knows no service {service!r}",
                "services_gone",
                mend="Name it as boto3.client() does",
            )
    return services


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
            identifier(keys, "handler", "lambda_handler"),
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


def _alias(keys: Keys, functions: Mapping[str, Function]) -> Alias:
    keys.allow("function", "name", "alias")
    function = keys.get("function", str)
    if function not in functions:
        known = ", ".join(functions)
        raise keys.fail(
            f"{function!r} is not among [functions]", "function", mend=f"Known: {known}"
        )
    return Alias(function, identifier(keys, "name"), identifier(keys, "alias"), keys.line)


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
