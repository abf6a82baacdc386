"""The model of migration.toml: what moves where, and where the tree keeps its functions.

Paths are relative to the tree, so that one file serves the tree before and after. Every mistake is
an InputError with the line of the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError

RAISE = "raise"
"""`on_invocation_failure` of a function that raises where AWS fails it."""


@dataclass(frozen=True)
class Function:
    """A Lambda function: its entry file on either side and its logical id in the templates."""

    key: str
    path: str
    refactored_path: str
    resource: str
    handler: str = "lambda_handler"
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn_variable(self) -> str:
        """The environment variable in which callers find this function's ARN."""
        return re.sub(r"\W+", "_", self.key).upper() + "_ARN"


@dataclass(frozen=True)
class Move:
    """One function that moves.

    `payload` maps a key of the invocation's payload to an expression over the parameters; `mutates`
    is the key whose object takes the changes in place; `returns` the key that is also the result.
    A `helper` has no action: only functions that move with it call it.
    """

    function: str
    name: str
    source: str
    destination: str
    line: int
    action: str = ""
    payload: Mapping[str, str] | None = None
    mutates: str = ""
    returns: str = ""
    carry_to: tuple[str, ...] = ()
    on_invocation_failure: str | Mapping[str, Any] = RAISE

    @property
    def helper(self) -> bool:
        return not self.action


@dataclass(frozen=True)
class Alias:
    """A name for the older of two things that clash in a destination."""

    function: str
    name: str
    alias: str
    line: int


@dataclass(frozen=True)
class Templates:
    """The templates, relative to the tree, and the role that the functions run under."""

    files: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    time_limit_margin: int = 30


@dataclass(frozen=True)
class Migration:
    """A whole migration.toml. `legacy` and `refactored` are the default trees beside it."""

    path: Path
    legacy: Path
    refactored: Path
    layers: tuple[str, ...]
    services_gone: tuple[str, ...]
    functions: Mapping[str, Function]
    moves: tuple[Move, ...]
    aliases: tuple[Alias, ...]
    templates: Templates

    def renames(self) -> dict[str, str]:
        """Moved functions by their old name, with the new one."""
        return {move.function: move.name for move in self.moves if move.name != move.function}


class _Keys:
    """Reads one table of the file and finds the lines of its keys for errors."""

    def __init__(
        self, path: Path, text: str, table: Mapping[str, Any], line: int, name: str
    ) -> None:
        self.path, self.text, self.table, self.start, self.name = path, text, table, line, name

    def line_of(self, key: str) -> int:
        pattern = re.compile(
            rf"^\s*(?:\"{re.escape(key)}\"|{re.escape(key)})\s*[=.]|"
            rf"^\s*\[.*\b{re.escape(key)}\b.*\]"
        )
        for number, line in enumerate(self.text.splitlines()[self.start - 1 :], self.start):
            if pattern.match(line):
                return number
        return self.start

    def fail(self, what: str, key: str = "", mend: str = "") -> InputError:
        line = self.line_of(key) if key else self.start
        return InputError(what, path=self.path, line=line, mend=mend)

    def allow(self, *keys: str) -> None:
        for key in self.table:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise self.fail(f"unknown key {key!r} in {self.name}", key, f"Known keys: {known}")

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        if key not in self.table:
            if default is None:
                raise self.fail(f"{self.name} has no {key!r}", "", f"Add {key} = …")
            return default
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(f"{key!r} must be a {_TOML_NAMES[kind]}", key)
        return value

    def strings(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        values = self.get(key, list, default)
        if not all(isinstance(value, str) for value in values):
            raise self.fail(f"{key!r} must be an array of strings", key)
        return tuple(values)

    def texts(self, key: str) -> dict[str, str]:
        values = self.get(key, dict, {})
        if not all(isinstance(value, str | int) for value in values.values()):
            raise self.fail(f"the values of {key!r} must be strings", key)
        return {name: str(value) for name, value in values.items()}


_TOML_NAMES = {str: "string", int: "whole number", list: "array", dict: "table", bool: "boolean"}


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
        raise InputError(
            f"this is not valid TOML: {error}", path=path, line=int(found[1]) if found else None
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    return _migration(path, text, table)


def _migration(path: Path, text: str, table: Mapping[str, Any]) -> Migration:
    top = _Keys(path, text, table, 1, "migration.toml")
    top.allow("trees", "layers", "services_gone", "functions", "moves", "aliases", "templates")
    trees = _Keys(path, text, top.get("trees", dict, {}), top.line_of("trees"), "[trees]")
    trees.allow("legacy", "refactored")
    functions = {
        key: _function(top, key, value) for key, value in top.get("functions", dict).items()
    }
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[moves]]"]
    moves = tuple(
        _move(_Keys(path, text, value, line, "[[moves]]"), functions)
        for value, line in zip(top.get("moves", list), lines or [1] * 99, strict=False)
    )
    _check_moves(top, moves)
    return Migration(
        path=path,
        legacy=path.parent / trees.get("legacy", str, "legacy"),
        refactored=path.parent / trees.get("refactored", str, "refactored"),
        layers=top.strings("layers", []),
        services_gone=top.strings("services_gone", []),
        functions=functions,
        moves=moves,
        aliases=_aliases(top, functions),
        templates=_templates(top),
    )


def _function(top: _Keys, key: str, value: object) -> Function:
    if not isinstance(value, dict):
        raise top.fail(f"functions.{key} must be a table", key)
    keys = _Keys(top.path, top.text, value, top.line_of(key), f"[functions.{key}]")
    keys.allow("path", "refactored_path", "resource", "handler", "variables")
    path = keys.get("path", str)
    for name in ("path", "refactored_path"):
        relative = keys.get(name, str, path)
        if Path(relative).is_absolute() or ".." in Path(relative).parts:
            raise keys.fail(f"{name!r} leaves the tree", name, "Write it relative to the tree")
    return Function(
        key,
        path,
        keys.get("refactored_path", str, path),
        keys.get("resource", str, key),
        keys.get("handler", str, "lambda_handler"),
        keys.texts("variables"),
    )


def _move(keys: _Keys, functions: Mapping[str, Function]) -> Move:
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
    name = keys.get("function", str)
    for key in ("function", "rename"):
        if not keys.get(key, str, name).isidentifier():
            raise keys.fail(f"{keys.get(key, str, name)!r} is no Python name", key)
    source, destination = keys.get("from", str), keys.get("to", str)
    carry_to = keys.strings("carry_to", [])
    for key, values in (("from", [source]), ("to", [destination]), ("carry_to", carry_to)):
        for value in values:
            if value not in functions:
                known = ", ".join(functions)
                raise keys.fail(f"{value!r} is not among [functions]", key, f"Known: {known}")
    if source == destination:
        raise keys.fail(f"{name} would move to where it is", "to")
    helper = keys.get("helper", bool, False)
    if helper and "action" in keys.table:
        raise keys.fail("a helper has no action", "action", "Take out one of the two")
    failure = keys.table.get("on_invocation_failure", RAISE)
    if failure != RAISE and not isinstance(failure, dict):
        raise keys.fail(
            "'on_invocation_failure' must be \"raise\" or a table of the keys to set",
            "on_invocation_failure",
        )
    payload = keys.texts("payload") if "payload" in keys.table else None
    mutates = keys.get("mutates", str, "")
    if isinstance(failure, dict) and not mutates:
        raise keys.fail(
            "'on_invocation_failure' sets keys, but nothing says in what",
            "on_invocation_failure",
            "Add mutates = the payload key of the state",
        )
    for key in ("mutates", "returns"):
        value = keys.get(key, str, "")
        if value and payload is not None and value not in payload:
            raise keys.fail(f"{value!r} is not among the payload's keys", key)
    return Move(
        function=name,
        name=keys.get("rename", str, name),
        source=source,
        destination=destination,
        line=keys.start,
        action="" if helper else keys.get("action", str, keys.get("rename", str, name)),
        payload=payload,
        mutates=mutates,
        returns=keys.get("returns", str, ""),
        carry_to=carry_to,
        on_invocation_failure=failure,
    )


def _check_moves(top: _Keys, moves: tuple[Move, ...]) -> None:
    if not moves:
        raise top.fail("there is nothing to move: [[moves]] is empty", "moves")
    seen: dict[str, int] = {}
    for move in moves:
        if move.function in seen:
            raise InputError(
                f"{move.function} moves twice",
                path=top.path,
                line=move.line,
                mend=f"It stands in line {seen[move.function]} already",
            )
        seen[move.function] = move.line


def _aliases(top: _Keys, functions: Mapping[str, Function]) -> tuple[Alias, ...]:
    lines = [n for n, line in enumerate(top.text.splitlines(), 1) if line.strip() == "[[aliases]]"]
    found = []
    for value, line in zip(top.get("aliases", list, []), lines, strict=False):
        keys = _Keys(top.path, top.text, value, line, "[[aliases]]")
        keys.allow("function", "name", "alias")
        function = keys.get("function", str)
        if function not in functions:
            raise keys.fail(f"{function!r} is not among [functions]", "function")
        found.append(Alias(function, keys.get("name", str), keys.get("alias", str), line))
    return tuple(found)


def _templates(top: _Keys) -> Templates:
    keys = _Keys(
        top.path, top.text, top.get("templates", dict, {}), top.line_of("templates"), "[templates]"
    )
    keys.allow("files", "parameters", "role", "time_limit_margin")
    return Templates(
        keys.strings("files", []),
        keys.texts("parameters"),
        keys.get("role", str, ""),
        keys.get("time_limit_margin", int, 30),
    )
