"""Proof that functions moved verbatim, from the two trees alone, and that nothing of the service is
left where they came from.
"""

from __future__ import annotations
import __future__

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import CodeType

from codemods.destination import moved_text
from codemods.proofs.service import Uses
from codemods.syntax.source import SourceFile
from drs_refactor.model import Migration, Move

SAME, DIFFERENT, NOT_TOLD = "same", "different", "not told"


@dataclass(frozen=True)
class Moved:
    """One function and one of its new places; `verbatim` says that its text is what it was,
    `compiled` whether its code is: same, different, or not told by a Python older than the syntax.
    """

    function: str
    name: str
    source: str
    destination: str
    verbatim: bool
    compiled: str
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
                    _compiled(before, move, files[target]),
                    statement.bare_text.count("\n"),
                    key != move.destination,
                )
            )
    return found


def _verbatim(before: SourceFile, move: Move, after: SourceFile) -> bool:
    """The text is the same but for line ends and the renamed token."""
    one, other = before.function(move.function), after.function(move.name)
    assert one is not None
    assert other is not None
    here = moved_text(one, move).replace("\r\n", "\n").strip("\n")
    return here == other.own_text.replace("\r\n", "\n").strip("\n")


def _compiled(before: SourceFile, move: Move, after: SourceFile) -> str:
    """Whether the functions compile to the same code, each in isolation, as its file would have it.

    Inside their modules they need not: Python compiles by how a module binds its globals.
    """
    one, other = before.function(move.function), after.function(move.name)
    if one is None or other is None:
        return DIFFERENT
    try:
        here = _code(moved_text(one, move), before.future)
        there = _code(other.own_text, after.future)
    except SyntaxError:  # newer than the Python that runs
        return NOT_TOLD
    return SAME if here == there else DIFFERENT


def _code(text: str, future: frozenset[str]) -> CodeType:
    flags = 0
    for name in future:
        flags |= getattr(__future__, name).compiler_flag
    lines = text.replace("\r\n", "\n").strip("\n")
    code: CodeType = compile(lines, "moved", "exec", flags=flags, dont_inherit=True)
    return code


def service_calls_left(
    file: SourceFile, services: Iterable[str], shared: Mapping[str, tuple[str, str]]
) -> list[str]:
    """Places in the source that still use a service. `shared` are path and text of the modules that
    it can import from the tree, by module name.
    """
    texts = {**dict(shared.values()), file.relative: file.text}
    paths = {name: path for name, (path, _) in shared.items()}
    found: list[str] = []
    for service in services:
        found += map(str, Uses(service, texts, paths).of(file.relative))
    return list(dict.fromkeys(found))
