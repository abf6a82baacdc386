"""Signatures of functions that are to be invoked, and the payloads that stand for their calls."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst

from drs_refactor.errors import InputError
from drs_refactor.model import RESERVED, Move


@dataclass(frozen=True)
class Signature:
    """A function's parameters: the text of its `def` up to the colon, and the names in order."""

    header: str
    parameters: tuple[str, ...]
    by_keyword: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


def signature_of(node: cst.FunctionDef, code: Any, path: str, line: int) -> Signature:
    """The signature of a function that is to be invoked remotely."""
    params = node.params
    plain = [*params.posonly_params, *params.params, *params.kwonly_params]
    odd, mend = (
        ("has *args", "Give it plain parameters before it moves")
        if isinstance(params.star_arg, cst.Param)
        else ("has **kwargs", "Give it plain parameters before it moves")
        if params.star_kwarg
        else ("is async", "Move a plain function that runs it")
        if node.asynchronous
        else ("is a generator", "Let it return a list")
        if is_generator(node)
        else ("", "")
    )
    if odd:
        raise InputError(
            f"{node.name.value} {odd}: an invocation cannot keep that",
            path=path,
            line=line,
            mend=mend,
        )
    bare = node.with_changes(
        body=cst.SimpleStatementSuite([cst.Pass()]), leading_lines=[], decorators=[]
    )
    header = code(bare).rstrip().replace("\r\n", "\n")
    return Signature(
        header[: header.rindex(":") + 1],
        tuple(p.name.value for p in plain),
        frozenset(p.name.value for p in params.kwonly_params),
        frozenset(p.name.value for p in plain if p.default is not None),
    )


def is_generator(node: cst.FunctionDef) -> bool:
    """True if the function itself yields, not one that is defined in it."""
    queue: list[cst.CSTNode] = [node.body]
    while queue:
        inner = queue.pop()
        if isinstance(inner, cst.Yield):
            return True
        if not isinstance(inner, cst.FunctionDef | cst.ClassDef | cst.Lambda):
            queue.extend(inner.children)
    return False


def payload_of(move: Move, signature: Signature) -> dict[str, str]:
    """The invocation's payload: by default each parameter under its own name."""
    if move.payload is None:
        return {name: name for name in signature.parameters if name not in move.made_anew}
    return dict(move.payload)


def names_in(expression: str) -> frozenset[str]:
    """The names that an expression takes from around it. What a lambda or a comprehension binds in
    it counts as well.
    """
    return frozenset(n.id for n in ast.walk(ast.parse(expression)) if isinstance(n, ast.Name))


def keys_made_of(move: Move, signature: Signature) -> list[str]:
    """The payload's keys that what is made anew is made of."""
    names = frozenset().union(*map(names_in, move.made_anew.values()))
    return [key for key in payload_of(move, signature) if key in names]


def keys_of(move: Move, signature: Signature) -> dict[str, str]:
    """The payload key that each parameter takes in the owner, by parameter.

    A key stands for the parameter that it is read from; one that is computed, for the next
    parameter that has none.
    """
    payload = payload_of(move, signature)
    found = {value: key for key, value in payload.items() if value in signature.parameters}
    spent = {*found.values(), *keys_made_of(move, signature)}
    others = [key for key in payload if key not in spent]
    for name in signature.parameters:
        if name not in found and name not in move.made_anew and others:
            found[name] = others.pop(0)
    return {name: found[name] for name in signature.parameters if name in found}


def unwrapped_key(expression: str, parameter: str) -> str | None:
    """The key that `parameter.get(key, parameter)` takes out, if that is what the payload is.

    The owner gives its function what the key is wrapped in again: what comes out of a mapping may
    have that key itself, and would be unwrapped twice.
    """
    node = ast.parse(expression, mode="eval").body
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and [ast.unparse(part) for part in (node.func.value, *node.args[1:])] == [parameter] * 2
        and not node.keywords
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ):
        return node.args[0].value
    return None


def check_payload(move: Move, signature: Signature, path: Path) -> None:
    """Refuse a payload from which the owner could not make the same call."""
    payload, keys = payload_of(move, signature), keys_of(move, signature)
    there = {*keys, *move.made_anew}
    without = [n for n in signature.parameters if n not in there | signature.optional]
    spent = {*keys.values(), *keys_made_of(move, signature)}
    unused = [key for key in payload if key not in spent]
    positional = [n for n in signature.parameters if n not in signature.by_keyword]
    given = [n in there for n in positional]
    what = ""
    if strange := [n for n in move.made_anew if n not in signature.parameters]:
        what = f"{strange[0]!r}, which is made anew, is no parameter"
    elif without:
        what = f"nothing in the payload is for {without[0]!r}"
    elif unused:
        what = f"{unused[0]!r} in the payload is for no parameter"
    elif given != sorted(given, reverse=True):
        what = f"nothing in the payload is for {positional[given.index(False)]!r}"
    elif move.mutates and move.mutates not in payload:
        what = f"{move.mutates!r}, which it mutates, is not in the payload"
    elif found := sorted(RESERVED & payload.keys()):
        what = f"the payload key {found[0]!r} is taken"
    else:
        computed = [k for k, v in payload.items() if v != k and k in signature.parameters]
        if computed:
            what = f"payload key {computed[0]!r} is also a parameter"
    if what:
        raise InputError(
            f"{move.function}({', '.join(signature.parameters)}): {what}",
            path=path,
            line=move.line,
            mend="Mend [[moves]] payload: one key for each parameter, or made_anew for it",
        )
