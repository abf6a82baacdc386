"""What only the moved functions used leaves the source with them: imports, constants, fallbacks,
table handles. What a person must look at (prose about them) is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from codemods import imports
from codemods.edits import Edit
from codemods.hazards import looks_up
from codemods.syntax.meaning import configures
from codemods.syntax.source import SourceFile, Statement


@dataclass(frozen=True)
class Leftovers:
    """Edits that take things out, the names that went, and prose that mentions what is gone."""

    edits: tuple[Edit, ...]
    names: frozenset[str]
    mentions: tuple[str, ...]


def leftovers(
    file: SourceFile,
    moved: Iterable[Statement],
    replaced: Iterable[Statement],
    still_used: frozenset[str],
) -> Leftovers:
    """What to take out of `file`: the `moved`, but for those `replaced` by stubs, and all that
    nothing else uses. `still_used` are names that the stubs need.
    """
    stubs = {statement.index for statement in replaced}
    gone = {statement.index for statement in moved} - stubs
    candidates = _closure(file, moved)
    removed: set[str] = set()
    while True:
        names = {
            name
            for name in candidates - removed - still_used
            if not _referenced(file, name, gone | stubs)
        }
        if not names:
            break
        removed |= names
        for statement in file.statements:
            bound = {binding.name for binding in statement.bindings if not _kept(statement)}
            if (bound and bound <= removed) or any(configures(statement, name) for name in names):
                gone.add(statement.index)
    edits = []
    for statement in file.statements:
        if statement.index in gone:
            edits.append(removal(file, statement, frozenset(gone)))
        elif imports.is_plain_import(statement) and not _kept(statement):
            here = frozenset(b.name for b in statement.bindings) & removed
            if here:
                edits.append(Edit(statement.code, statement.end, imports.without(statement, here)))
    return Leftovers(
        tuple(edits), frozenset(removed), tuple(_mentions(file, gone | stubs, removed))
    )


def _kept(statement: Statement) -> bool:
    """True for an import that says itself that nothing here has to use it."""
    return "F401" in statement.text and imports.is_plain_import(statement)


def removal(file: SourceFile, statement: Statement, gone: frozenset[int]) -> Edit:
    """Take a statement out, with the comments that belong to it and the blank lines above them.

    Comments above a statement that others follow without a blank line speak of all of them, and
    stay. A section's banner goes when all of its section does.
    """
    if _leads_a_group(file, statement, gone):
        return Edit(statement.code, statement.end, "")
    before = file.text[statement.start : statement.own]
    if _section_is_gone(file, statement, gone):
        return Edit(statement.start, statement.end, "")
    lines = before.splitlines(keepends=True)
    while lines and not lines[-1].strip():
        lines.pop()
    return Edit(statement.start + sum(map(len, lines)), statement.end, "")


def _leads_a_group(file: SourceFile, statement: Statement, gone: frozenset[int]) -> bool:
    following = file.statements[statement.index + 1 :]
    for other in following:
        if other.code != other.start:
            return False
        if other.index not in gone:
            return True
    return False


def _has_banner(file: SourceFile, statement: Statement) -> bool:
    return bool(file.text[statement.start : statement.own].strip())


def _section_is_gone(file: SourceFile, statement: Statement, gone: frozenset[int]) -> bool:
    """True if the statement has a banner and nothing up to the next one stays."""
    if not _has_banner(file, statement):
        return False
    for other in file.statements[statement.index + 1 :]:
        if _has_banner(file, other):
            return True
        if other.index not in gone:
            return False
    return True


def _closure(file: SourceFile, statements: Iterable[Statement]) -> set[str]:
    """The module-level names that the statements use, directly or through one another."""
    found: set[str] = set()
    queue = list(statements)
    while queue:
        statement = queue.pop()
        for name in statement.references:
            if name in file.bound and name not in found:
                found.add(name)
                queue.extend(file.bound[name])
    return found


def _referenced(file: SourceFile, name: str, gone: set[int]) -> bool:
    binders = {statement.index for statement in file.bound[name]}
    return any(
        statement.index not in gone
        and statement.index not in binders
        and not configures(statement, name)
        and (statement.refers_to(name) or looks_up(statement, name))
        for statement in file.statements
    )


def _mentions(file: SourceFile, out: set[int], removed: set[str]) -> list[str]:
    """Lines of comments and docstrings that stay and speak of what is gone."""
    names = removed | {b.name for index in out for b in file.statements[index].bindings}
    found = []
    for statement in file.statements:
        if statement.index in out or imports.is_import(statement):
            continue
        spoken = names & statement.words
        for name in sorted(spoken - statement.references if spoken else ()):
            match = re.search(rf"\b{name}\b", statement.text)
            assert match is not None
            line = file.line(statement.start + match.start())
            found.append(f"{file.relative}:{line}: speaks of {name}")
    return found
