"""Refuses a move whose arguments or result could not cross: each invocation of it would fail, or
what it changes would be lost. Lists what arrives as something else.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from codemods.scene import Scene
from codemods.signatures import payload_of
from codemods.syntax.crossing import (
    Stuck,
    changed_in,
    defaults_of,
    makes_no_json,
    results_of,
    stuck_at,
    stuck_in,
)
from codemods.syntax.source import Statement
from drs_refactor.errors import InputError
from drs_refactor.model import Move


def check_arguments(scene: Scene, calling: Mapping[str, Iterable[Statement]]) -> list[str]:
    """`calling` are, by function, the statements that will call its stub. Gives the lines that a
    person must look at.
    """
    told: list[str] = []
    for move in scene.migration.moves:
        statements = [s for s in calling.get(move.function, ()) if move.function in s.words]
        function = _read(scene.statements[move.function])
        if statements and isinstance(function, ast.FunctionDef):
            _check_crossing(scene, move, function, statements)
            _check_defaults(scene, move, function)
            _check_changes(scene, move, function, statements)
            told += _results(scene, move, function)
    return told


def _check_crossing(
    scene: Scene, move: Move, function: ast.FunctionDef, calling: Iterable[Statement]
) -> None:
    payload = payload_of(move, scene.signatures[move.function]).values()
    source = scene.migration.functions[move.source]
    for place, stuck in _stuck(scene.statements[move.function], function, calling, source.handler):
        if stuck.parameter in payload:
            file = scene.files[source.path]
            raise InputError(
                f"{stuck.parameter} of {move.function} cannot cross as JSON: {stuck.why}",
                path=file.relative,
                line=file.line(place.code) + stuck.line - 1,
                mend=f"{_mend(move, stuck)} (migration.toml, line {move.line})",
            )


def _check_defaults(scene: Scene, move: Move, function: ast.FunctionDef) -> None:
    """A sentinel as a default is another object in another Lambda, if it can be sent at all."""
    file = scene.file(move.source)
    payload = payload_of(move, scene.signatures[move.function]).values()
    for parameter, default in defaults_of(function).items():
        if isinstance(default, ast.Name) and default.id in file.bound:
            bound = _read(file.bound[default.id][-1])
            default = bound.value if isinstance(bound, ast.Assign) else default
        if parameter in payload and makes_no_json(default):
            raise InputError(
                f"the default of {parameter} of {move.function} cannot cross as JSON",
                path=file.relative,
                line=file.line(scene.statements[move.function].code),
                mend="Let it be None, or leave the parameter out of the payload (migration.toml, "
                f"line {move.line}): its owner then takes its own default",
            )


def _check_changes(
    scene: Scene, move: Move, function: ast.FunctionDef, calling: Iterable[Statement]
) -> None:
    payload = payload_of(move, scene.signatures[move.function])
    sent = {value for key, value in payload.items() if key != move.mutates}
    nodes = [node for statement in calling if (node := _read(statement)) is not None]
    lost = [name for name in changed_in(function, nodes) if name in sent]
    if lost:
        file = scene.file(move.source)
        raise InputError(
            f"{move.function} changes {lost[0]}, and its caller would not see that",
            path=file.relative,
            line=file.line(scene.statements[move.function].code),
            mend=f"Only {move.mutates} comes back: let it return the other"
            if move.mutates
            else f'Say so: mutates = "{lost[0]}" (migration.toml, line {move.line})',
        )


def _results(scene: Scene, move: Move, function: ast.FunctionDef) -> Iterator[str]:
    file = scene.file(move.source)
    first = file.line(scene.statements[move.function].code)
    for what, line, never in results_of(function):
        if never:
            raise InputError(
                f"{move.function} {what}: its invocation could not answer",
                path=file.relative,
                line=first + line - 1,
                mend="Let it return a list, or a text",
            )
        yield f"{file.relative}:{first + line - 1}: {move.function} {what}"


def _stuck(
    statement: Statement,
    function: ast.FunctionDef,
    calling: Iterable[Statement],
    handler: str,
) -> Iterator[tuple[Statement, Stuck]]:
    for caller in calling:
        node = _read(caller)
        for stuck in stuck_at(node, function, handler) if node else ():
            yield caller, stuck
    for stuck in stuck_in(function).values():
        yield statement, stuck


def _read(statement: Statement) -> ast.stmt | None:
    """None for what this Python cannot parse."""
    try:
        return ast.parse(textwrap.dedent(statement.bare_text)).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None


def _mend(move: Move, stuck: Stuck) -> str:
    made = ", ".join(
        f"{name} = {_quoted(text)}"
        for name, text in {**move.made_anew, stuck.parameter: stuck.anew or "…"}.items()
    )
    mend = f"Say what its owner takes for it: made_anew = {{ {made} }}"
    if stuck.parameter in (move.payload or {}):
        return f"{mend}, and take it out of the payload"
    return mend


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"' if '"' not in text else f"'''{text}'''"
