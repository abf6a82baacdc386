"""Proof that functions moved verbatim, from the two trees alone, and that nothing of the service is
left where they came from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from codemods import source
from codemods.destination import moved_text
from codemods.source import SourceFile
from drs_refactor.model import Migration, Move


@dataclass(frozen=True)
class Moved:
    """One function and one of its new places; `verbatim` says that its text is what it was."""

    function: str
    name: str
    source: str
    destination: str
    verbatim: bool
    lines: int
    copy: bool


def moved_functions(
    migration: Migration, before_files: Mapping[str, SourceFile], files: Mapping[str, SourceFile]
) -> list[Moved]:
    """Compare every moved function in the new files with its source, token for token."""
    found = []
    for move in migration.moves:
        path = migration.functions[move.source].path
        before = before_files[path]
        statement = before.function(move.function)
        assert statement is not None
        for key in (move.destination, *move.carry_to):
            target = migration.functions[key].path
            after = files[target].function(move.name)
            same = after is not None and _verbatim(before, move, files[target])
            found.append(
                Moved(
                    move.function,
                    move.name,
                    path,
                    target,
                    same,
                    statement.bare_text.count("\n"),
                    key != move.destination,
                )
            )
    return found


def _verbatim(before: SourceFile, move: Move, after: SourceFile) -> bool:
    """The text is the same but for line ends and the renamed token; so is the syntax tree."""
    one, other = before.function(move.function), after.function(move.name)
    assert one is not None
    assert other is not None
    here = moved_text(one, move).replace(before.newline, "\n").strip("\n")
    there = other.own_text.replace(after.newline, "\n").strip("\n")
    if here != there:
        return False
    try:
        return ast.dump(ast.parse(here)) == ast.dump(ast.parse(there))
    except SyntaxError:  # newer than the Python that runs: the text is the same all the same
        return True


def service_calls_left(
    file: SourceFile, services: tuple[str, ...], layers: Mapping[str, str]
) -> list[str]:
    """Places in the source that still make a client of a service, or import a helper that does.

    `layers` are the texts of the modules that the tree's functions share, by module name.
    """
    found = []
    for service in services:
        makes_client = re.compile(
            rf"""\b(?:client|resource)\(\s*(?:service_name\s*=\s*)?["']{re.escape(service)}["']"""
        )
        makers = {
            (module, name)
            for module, content in layers.items()
            for name in _functions_with(content, makes_client)
        }
        for match in makes_client.finditer(file.text):
            line = file.line(match.start())
            found.append(f"{file.relative}:{line}: makes a client of {service}")
        for statement in file.statements:
            for binding in statement.bindings:
                if binding.target in makers:
                    line = file.line(statement.code)
                    found.append(
                        f"{file.relative}:{line}: imports {binding.name}, "
                        f"which makes one of {service}"
                    )
    return found


def _functions_with(content: str, pattern: re.Pattern[str]) -> list[str]:
    if not pattern.search(content):
        return []
    parsed = source.parse(content.encode(), "layer")
    return [
        binding.name
        for statement in parsed.statements
        if pattern.search(statement.text)
        for binding in statement.bindings
    ]
