"""The whole move as one pure step: from a tree's files to the edits that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from codemods import destination, dispatch, leftovers, source, templates
from codemods.edits import Edit, Overlap, apply
from codemods.leftovers import Leftovers
from codemods.origin import stubs_in_source
from codemods.resolve import Resolution, Resolved, Resolver
from codemods.signatures import Signature, check_payload, signature_of
from codemods.source import SourceFile, Statement
from codemods.stubs import INVOKE, needed_names
from drs_refactor.errors import InputError
from drs_refactor.model import Migration, Move


@dataclass(frozen=True)
class Plan:
    """New texts by path in the tree, and what a reviewer wants to know about them."""

    texts: Mapping[str, str]
    resolutions: tuple[Resolution, ...]
    removed: Mapping[str, tuple[str, ...]]
    mentions: tuple[str, ...]
    template_changes: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """The parsed files of a move, and where each moved function stands in its source."""

    root: Path
    migration: Migration
    files: Mapping[str, SourceFile]
    statements: Mapping[str, Statement]
    signatures: Mapping[str, Signature]

    def file(self, function_key: str) -> SourceFile:
        return self.files[self.migration.functions[function_key].path]

    def arriving(self, key: str) -> list[Move]:
        """The moves whose function lands in a destination, as a move or as a carried copy."""
        return [m for m in self.migration.moves if key == m.destination or key in m.carry_to]

    def owned(self, key: str) -> list[Move]:
        """The moves whose action a destination answers."""
        return [m for m in self.migration.moves if m.destination == key and m.action]


def read_scene(root: Path, migration: Migration) -> Scene:
    """Parse what the move touches and find the functions. Raises InputError for what is amiss."""
    if not root.is_dir():
        raise InputError("there is no such folder", path=root, mend="Name the tree with --source")
    keys = {m.source for m in migration.moves} | {m.destination for m in migration.moves}
    keys |= {key for move in migration.moves for key in move.carry_to}
    files = {
        path: source.read(root, path)
        for path in sorted(migration.functions[key].path for key in keys)
    }
    statements, signatures = {}, {}
    for move in migration.moves:
        file = files[migration.functions[move.source].path]
        target = files[migration.functions[move.destination].path]
        statement = _find(file, target, move)
        statements[move.function] = statement
        assert isinstance(statement.node, cst.FunctionDef)
        if move.action:
            signatures[move.function] = signature_of(
                statement.node, file.module.code_for_node, file.relative, file.line(statement.code)
            )
            check_payload(move, signatures[move.function], migration.path)
    return Scene(root, migration, files, statements, signatures)


def make_plan(scene: Scene) -> Plan:
    """Plan all edits. Nothing is written."""
    migration = scene.migration
    edits: dict[str, list[Edit]] = {}
    resolutions: list[Resolution] = []
    removed: dict[str, tuple[str, ...]] = {}
    mentions: list[str] = []
    arrived: dict[str, list[Statement]] = {}
    callers: dict[str, set[str]] = {}
    sources = sorted({move.source for move in migration.moves})
    if len(sources) > 1:
        raise InputError(
            f"functions move out of {' and '.join(sources)}: one source at a time",
            path=migration.path,
            mend="Split migration.toml in two and migrate twice",
        )
    for key in sorted(
        {m.destination for m in migration.moves}
        | {key for m in migration.moves for key in m.carry_to}
    ):
        resolved = _resolve(scene, sources[0], key)
        resolutions += resolved.resolutions
        file = scene.file(key)
        arrived[key] = [
            *(scene.statements[move.function] for move in scene.arriving(key)),
            *resolved.carried,
            *(statement for name in sorted(resolved.shared) for statement in file.bound[name]),
        ]
        callers[key] = resolved.stubs
        edits.setdefault(file.relative, []).extend(destination.edits_of(scene, key, resolved))
    file = scene.file(sources[0])
    stubs, stub_edits, left = _leave(scene, sources[0], file)
    callers[sources[0]] = stubs
    edits.setdefault(file.relative, []).extend([*stub_edits, *left.edits])
    removed[sources[0]] = tuple(sorted(left.names))
    mentions += left.mentions
    texts = {path: _applied(scene.files[path], found) for path, found in edits.items()}
    template_texts, template_changes = templates.edited(scene, callers, arrived)
    return Plan(
        {**texts, **template_texts},
        tuple(resolutions),
        removed,
        tuple(mentions),
        tuple(template_changes),
    )


def _applied(file: SourceFile, edits: list[Edit]) -> str:
    try:
        return apply(file.text, edits)
    except Overlap as error:
        raise InputError(
            "two changes meet in this place",
            path=file.relative,
            line=file.line(error.place),
            mend="Please report it with the lines around that place",
        ) from error


def _find(file: SourceFile, target: SourceFile, move: Move) -> Statement:
    statement = file.function(move.function)
    if statement is None or INVOKE in statement.words:
        moved = target.function(move.name) or target.function(move.function)
        if moved is not None or statement is not None:
            place = f"{target.relative}:{target.line(moved.code)}" if moved else "another function"
            raise InputError(
                f"{move.function} has moved already, to {place}",
                path=file.relative,
                line=file.line(statement.code) if statement else None,
                mend="Migrate the tree as it was before, with --source",
            )
        if move.function in file.bound:
            raise InputError(
                f"{move.function} is no plain function at the top level of the module",
                path=file.relative,
                line=file.line(file.bound[move.function][-1].code),
                mend="Only functions defined at the top level can move",
            )
        raise InputError(
            f"there is no function {move.function!r} in this file",
            path=file.relative,
            mend=f"See {move.source!r} in migration.toml, line {move.line}",
        )
    return statement


def _resolve(scene: Scene, source_key: str, key: str) -> Resolved:
    arriving = scene.arriving(key)
    names = {move.function for move in arriving} | {move.name for move in arriving}
    remote = {
        m.function: needed_names(m, scene.signatures[m.function])
        for m in scene.migration.moves
        if m.function not in names and m.action
    }
    aliases = {a.name: a.alias for a in scene.migration.aliases if a.function == key}
    resolver = Resolver(scene.file(source_key), scene.file(key), key, names, remote, aliases)
    return resolver.resolve([scene.statements[move.function] for move in arriving])


def _leave(scene: Scene, key: str, file: SourceFile) -> tuple[set[str], list[Edit], Leftovers]:
    """The source's side: stubs where functions are still called, the rest taken out."""
    statements = [scene.statements[move.function] for move in scene.migration.moves]
    stay = [s for s in file.statements if s.index not in {m.index for m in statements}]
    called = {
        move.function
        for move in scene.migration.moves
        if move.action and any(statement.refers_to(move.function) for statement in stay)
    }
    for move in scene.migration.moves:
        if move.helper and any(statement.refers_to(move.function) for statement in stay):
            user = next(s for s in stay if s.refers_to(move.function))
            raise InputError(
                f"{move.function} is a helper in migration.toml, but code that stays calls it",
                path=file.relative,
                line=file.line(user.code),
                mend="Give it an action instead of helper = true",
            )
    needed, edits = stubs_in_source(scene, file, called)
    replaced = [scene.statements[name] for name in called]
    left = leftovers.leftovers(file, statements, replaced, needed)
    for move in scene.migration.moves:
        if move.function in called and move.name != move.function:
            edits += dispatch.accept_both(stay, move.function, move.name)
    return called, edits, left
