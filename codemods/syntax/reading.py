"""What a function does with its parameters, read from its text: which one it changes, whether it
gives that back, and what its own `except` says when it fails. Proposals, for a person to confirm.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_CHANGING = {
    *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"),
    *("update", "setdefault", "popitem", "add", "discard", "set", "appendleft", "popleft"),
}


@dataclass(frozen=True)
class Reading:
    """A proposal for [[moves]]: as there. `doubts` are what nobody can tell from the text alone."""

    payload: Mapping[str, str]
    mutates: str = ""
    returns: str = ""
    failure: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def reading_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Reading:
    """Read one function."""
    parameters = parameters_of(node)
    payload = {name: name for name in parameters}
    unwrapped = _unwrapped(node, parameters)
    if unwrapped is not None:
        local, parameter, expression = unwrapped
        payload = {
            (local if name == parameter else name): (expression if name == parameter else name)
            for name in parameters
        }
    changed = [name for name in payload if name in set(changed_in_place(node))]
    doubts = [f"it changes {name} too, and only one can come back" for name in changed[1:]]
    mutates = changed[0] if changed else ""
    results = [r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value is not None]
    given_back = [isinstance(r, ast.Name) and r.id == mutates for r in results]
    returns = mutates if mutates and results and all(given_back) else ""
    if mutates and any(given_back) and not returns:
        doubts.append(f"it gives back {mutates} in one place and something else in another")
    failure = _failure(node, mutates) if mutates else {}
    return Reading(payload, mutates, returns, failure, tuple(doubts))


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of plain parameters in their order."""
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def _unwrapped(
    node: ast.FunctionDef | ast.AsyncFunctionDef, parameters: list[str]
) -> tuple[str, str, str] | None:
    """`state = event.get("application", event)`: the local, the parameter, the expression; only if
    the parameter is used for nothing else.
    """
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        local = statement.targets[0].id
        inner = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
        for parameter in inner & set(parameters):
            used = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == parameter]
            there = [
                n
                for n in ast.walk(statement.value)
                if isinstance(n, ast.Name) and n.id == parameter
            ]
            if inner == {parameter} and len(used) == len(there) and local not in parameters:
                return local, parameter, ast.unparse(statement.value)
    return None


def changed_in_place(node: ast.AST) -> Iterator[str]:
    """Names whose object is changed in place: their items set or deleted, or a changing method."""
    for inner in ast.walk(node):
        target: ast.AST | None = None
        if isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(
            inner.ctx, ast.Store | ast.Del
        ):
            target = inner.value
        elif (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in _CHANGING
        ):
            target = inner.func.value
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            yield target.id


def _failure(node: ast.FunctionDef | ast.AsyncFunctionDef, state: str) -> dict[str, Any]:
    """What the last `except` of the outermost `try` sets in the state: constants, and its error."""
    tries = [s for s in node.body if isinstance(s, ast.Try)]
    if not tries or not tries[-1].handlers:
        return {}
    handler = tries[-1].handlers[-1]
    found: dict[str, Any] = {}
    for statement in handler.body:
        if not isinstance(statement, ast.Assign):
            continue
        target = statement.targets[0]
        if (
            isinstance(target, ast.Subscript)
            and isinstance(target.value, ast.Name)
            and target.value.id == state
            and isinstance(target.slice, ast.Constant)
            and isinstance(target.slice.value, str)
        ):
            value = _json(statement.value, handler.name)
            if value is not None:
                found[target.slice.value] = value
    return found


def _json(value: ast.expr, error: str | None) -> str | int | float | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str | int | float):
        return value.value
    names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
    return "{error}" if error and error in names else None
