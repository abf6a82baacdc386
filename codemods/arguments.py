"""Refuses a move whose arguments could not cross: each invocation of it would fail."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from codemods.scene import Scene
from codemods.signatures import payload_of
from codemods.syntax.crossing import Stuck, stuck_at, stuck_in
from codemods.syntax.source import Statement
from drs_refactor.errors import InputError
from drs_refactor.model import Move


def check_arguments(scene: Scene, calling: Mapping[str, Iterable[Statement]]) -> None:
    """`calling` are, by function, the statements that will call its stub."""
    for move in scene.migration.moves:
        statements = [s for s in calling.get(move.function, ()) if move.function in s.words]
        if not statements:
            continue
        signature = scene.signatures[move.function]
        payload = payload_of(move, signature).values()
        source = scene.migration.functions[move.source]
        statement = scene.statements[move.function]
        for place, stuck in _stuck(statement, statements, source.handler):
            if stuck.parameter in payload:
                file = scene.files[source.path]
                raise InputError(
                    f"{stuck.parameter} of {move.function} cannot cross as JSON: {stuck.why}",
                    path=file.relative,
                    line=file.line(place.code) + stuck.line - 1,
                    mend=f"{_mend(move, stuck)} (migration.toml, line {move.line})",
                )


def _stuck(
    statement: Statement, calling: Iterable[Statement], handler: str
) -> Iterator[tuple[Statement, Stuck]]:
    function = _read(statement)
    if not isinstance(function, ast.FunctionDef):
        return
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
