"""What no JSON can carry between two Lambdas: a client, a logger, Lambda's context, a date, a set;
changes to an argument; results that are no JSON. Read from how a function uses its parameters, and
from what its callers give.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods.syntax.module_names import CLIENT_MAKERS, called
from codemods.syntax.reading import changed_in_place, parameters_of

_JSON = frozenset().union(*map(dir, (dict, list, str, int, float, bool, None)))
"""The attributes of what JSON gives."""
_MADE = frozenset(
    {"set", "frozenset", "object", "bytes", "bytearray", "Decimal", "date", "datetime"}
)
"""Calls that make what is none of JSON's values."""
_ASKING = frozenset({"hasattr", "isinstance", "type"})
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Stuck:
    """A parameter that cannot cross, why, and the line, counted from the function's or the
    caller's first; `anew` is an expression that could make it there, "" if none is known.
    """

    parameter: str
    why: str
    line: int
    anew: str = ""


def stuck_in(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Stuck]:
    """Parameters whose attributes are none that JSON's values have. What the function asks for its
    type first, or binds again, is left out.
    """
    found: dict[str, Stuck] = {}
    parameters = set(parameters_of(node)) - set(_bound_or_asked(node))
    for inner in _outside_of_guards(node):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id in parameters
            and inner.attr not in _JSON
        ):
            name = inner.value.id
            why = f"its attribute {inner.attr!r} is used"
            found.setdefault(name, Stuck(name, why, inner.lineno))
    return found


def stuck_at(
    caller: ast.stmt,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    handler: str,
) -> Iterator[Stuck]:
    """What the calls in one statement give that cannot cross: a client that is made there, and the
    context of Lambda's `handler`.
    """
    made: dict[str, ast.expr] = {}
    contexts: set[str] = set()
    if isinstance(caller, _FUNCTION) and caller.name == handler:
        contexts = set(parameters_of(caller)[1:2])
    for inner in ast.walk(caller):
        if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
            made[inner.targets[0].id] = inner.value
    for call in ast.walk(caller):
        if not isinstance(call, ast.Call) or called(call) != function.name:
            continue
        for parameter, given in _given(call, function):
            source = made.get(given.id, given) if isinstance(given, ast.Name) else given
            if isinstance(source, ast.Call) and called(source) in CLIENT_MAKERS:
                anew = "" if _names(source) & made.keys() else ast.unparse(source)
                yield Stuck(parameter, "it is given a client", call.lineno, anew)
            elif isinstance(given, ast.Name) and given.id in contexts - made.keys():
                used = any(n.id == parameter for b in function.body for n in _name_nodes(b))
                anew = "" if used else "None"
                yield Stuck(parameter, "it is given Lambda's context", call.lineno, anew)


def changed_in(
    function: ast.FunctionDef | ast.AsyncFunctionDef, callers: Iterable[ast.stmt]
) -> list[str]:
    """Parameters whose object the function changes, where a caller gives what it holds itself."""
    changed = set(changed_in_place(function)) - set(_bound_or_asked(function))
    held = {
        parameter
        for caller in callers
        for call in ast.walk(caller)
        if isinstance(call, ast.Call) and called(call) == function.name
        for parameter, given in _given(call, function)
        if isinstance(given, ast.Name | ast.Attribute | ast.Subscript)
    }
    return [name for name in parameters_of(function) if name in changed & held]


def results_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int, bool]]:
    """Results that arrive as something else: what of them, the line, and whether none arrives."""
    for inner in _own_nodes(node):
        if not isinstance(inner, ast.Return):
            continue
        given = inner.value
        if isinstance(given, ast.Tuple):
            yield "gives a tuple, which arrives as a list", inner.lineno, False
        elif makes_no_json(given):
            yield "gives what JSON lacks", inner.lineno, True
        elif isinstance(given, ast.Dict) and any(
            isinstance(key, ast.Constant) and not isinstance(key.value, str) for key in given.keys
        ):
            yield "gives a dictionary whose keys arrive as text", inner.lineno, False


def makes_no_json(node: ast.expr | None) -> bool:
    """True for an expression whose value no JSON has, if that can be seen."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in _MADE
    return isinstance(node, ast.Set | ast.SetComp | ast.GeneratorExp | ast.Lambda)


def defaults_of(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The defaults of its parameters, by name."""
    given = function.args
    plain = [a.arg for a in (*given.posonlyargs, *given.args)]
    found = dict(zip(plain[len(plain) - len(given.defaults) :], given.defaults, strict=True))
    by_keyword = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return found | {a.arg: default for a, default in by_keyword if default is not None}


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function, and not to one that is defined in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (*_FUNCTION, ast.Lambda, ast.ClassDef)):
            yield from _own_nodes(child)


def _given(
    call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterable[tuple[str, ast.expr]]:
    yield from zip(parameters_of(function), call.args, strict=False)
    yield from ((k.arg, k.value) for k in call.keywords if k.arg)


def _bound_or_asked(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.Call) and called(inner) in _ASKING:
            yield from (n.id for a in inner.args[:1] for n in _name_nodes(a))


def _outside_of_guards(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those in a `try` that expects an AttributeError."""
    for child in ast.iter_child_nodes(node):
        expected = child.handlers if isinstance(child, ast.Try) else []
        if not any(e.type and "AttributeError" in _names(e.type) for e in expected):
            yield child
            yield from _outside_of_guards(child)


def _name_nodes(node: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name))


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in _name_nodes(node)}
