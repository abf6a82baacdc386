"""The whole move as one pure step: from a tree's files to the edits that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods import destination, dispatch, hazards, leftovers, neighbours, setups
from codemods.arguments import check_arguments
from codemods.edits import Edit, Overlap, apply
from codemods.entry import Entry
from codemods.leftovers import Leftovers
from codemods.origin import stubs_in_source
from codemods.resolve import Resolution, Resolved, Resolver
from codemods.scene import Scene
from codemods.signatures import names_in, payload_of
from codemods.stubs import needed_names
from codemods.syntax.names import BUILTINS
from codemods.syntax.source import SourceFile, Statement
from codemods.templates import template_plan as templates
from codemods.tree_modules import TreeModules
from drs_refactor.errors import InputError


@dataclass(frozen=True)
class Plan:
    """New texts by path in the tree, and what a reviewer wants to know about them."""

    texts: Mapping[str, str]
    resolutions: tuple[Resolution, ...]
    removed: Mapping[str, tuple[str, ...]]
    mentions: tuple[str, ...]
    template_changes: tuple[str, ...]
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By destination, what its own code calls things whose names newcomers took."""
    callers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The moved functions that each function calls through a stub."""


def make_plan(scene: Scene) -> Plan:
    """Plan all edits. Nothing is written."""
    migration = scene.migration
    edits: dict[str, list[Edit]] = {}
    resolutions: list[Resolution] = []
    removed: dict[str, tuple[str, ...]] = {}
    mentions: list[str] = []
    arrived: dict[str, list[Statement]] = {}
    callers: dict[str, set[str]] = {}
    aliases: dict[str, Mapping[str, str]] = {}
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
        if scene.file(key).relative in edits:
            raise InputError(
                f"functions move to {key!r}, and to another handler of its file",
                path=migration.path,
                line=scene.arriving(key)[0].line,
                mend="Name one of the two in all [[moves]]: it can answer all of them",
            )
        resolved = _resolve(scene, sources[0], key)
        resolutions += resolved.resolutions
        aliases[key] = resolved.aliased
        file = scene.file(key)
        arrived[key] = [
            *(scene.statements[move.function] for move in scene.arriving(key)),
            *resolved.carried,
            *(statement for name in sorted(resolved.shared) for statement in file.bound[name]),
        ]
        callers[key] = resolved.stubs
        edits.setdefault(file.relative, []).extend(destination.edits_of(scene, key, resolved))
        newcomers = {b.name for statement in arrived[key] for b in statement.bindings}
        mentions += hazards.newly_reached(file, newcomers)
    file = scene.file(sources[0])
    moved = {statement.index for statement in scene.statements.values()}
    stay = [s for s in file.statements if s.index not in moved]
    stubs, stub_edits, left = _leave(scene, file, stay)
    callers[sources[0]] = stubs
    mentions += check_arguments(scene, _calling(callers, {**arrived, sources[0]: stay}))
    for key, function in migration.functions.items():
        if function.path == file.relative:  # every handler of that file may call them
            callers[key] = stubs
    edits.setdefault(file.relative, []).extend([*stub_edits, *left.edits])
    removed[sources[0]] = tuple(sorted(left.names))
    mentions += left.mentions
    texts = {path: _applied(scene.files[path], found) for path, found in edits.items()}
    template_texts, template_changes, fixed = templates.edited(scene, callers, arrived)
    mentions += fixed
    return Plan(
        {**texts, **template_texts},
        tuple(resolutions),
        removed,
        tuple(mentions),
        tuple(template_changes),
        aliases,
        {key: frozenset(names) for key, names in callers.items()},
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
    moved = [scene.statements[move.function] for move in arriving]
    resolved = resolver.resolve(moved, _names_of_routes(scene, source_key, key))
    _check_hazards(scene, scene.file(source_key), key, resolved)
    return resolved


def _names_of_routes(scene: Scene, source_key: str, key: str) -> frozenset[str]:
    """What a destination's routes take from the source's module, to make arguments anew."""
    names: frozenset[str] = frozenset()
    bound = scene.file(source_key).bound
    for move in scene.owned(key):
        payload = payload_of(move, scene.signatures[move.function])
        for parameter, expression in move.made_anew.items():
            wanted = names_in(expression) - payload.keys()
            strange = sorted(wanted - BUILTINS - bound.keys() - scene.file(key).bound.keys())
            if strange:
                raise InputError(
                    f"made_anew {parameter} = {expression!r}: neither the payload nor "
                    f"{scene.file(source_key).relative} has {strange[0]!r}",
                    path=scene.migration.path,
                    line=move.line,
                    mend=f"The payload's keys are {', '.join(payload) or 'none'}",
                )
            names |= wanted & bound.keys()
    return names


def _check_hazards(scene: Scene, file: SourceFile, key: str, resolved: Resolved) -> None:
    moved, target = [scene.statements[m.function] for m in scene.arriving(key)], scene.file(key)
    hazards.check_lookups(file, [*moved, *resolved.carried])
    went = {s.index for s in (*moved, *resolved.carried)}
    for name in sorted({b.name for s in resolved.carried for b in s.bindings} | resolved.shared):
        setups.check_registered(file, name, (s for s in file.statements if s.index not in went))
    hazards.check_handlers(file, resolved.carried, scene.handlers(file.relative, target.relative))
    hazards.check_globals(file, [*moved, *resolved.carried])
    hazards.check_future(file, scene.file(key), [*moved, *resolved.carried])
    carried = {binding.name for s in resolved.carried for binding in s.bindings}
    handler = Entry.of(target, scene.migration.functions[key].handler).statement
    names = carried | {move.name for move in scene.arriving(key)}
    hazards.check_star_imports(target, names, handler.index)
    hazards.check_renamed(target, resolved.aliased, file)
    modules = _modules(scene)
    neighbours.check_imports(modules, file, target, moved, resolved)
    users = neighbours.users_of(scene.root, modules, target.relative)
    neighbours.check_users(users, resolved.aliased, target, file.relative)


def _modules(scene: Scene) -> TreeModules:
    return TreeModules(scene.root, scene.migration.layers)


def _reaches(statement: Statement, name: str) -> bool:
    return statement.refers_to(name) or hazards.looks_up(statement, name)


def _calling(
    callers: Mapping[str, set[str]], statements: Mapping[str, list[Statement]]
) -> dict[str, list[Statement]]:
    """By moved function, what will call its stub."""
    found: dict[str, list[Statement]] = {}
    for key, functions in callers.items():
        for function in functions:
            found.setdefault(function, []).extend(statements[key])
    return found


def _leave(
    scene: Scene, file: SourceFile, stay: list[Statement]
) -> tuple[set[str], list[Edit], Leftovers]:
    """The source's side: stubs where functions are still called, the rest taken out."""
    statements = [scene.statements[move.function] for move in scene.migration.moves]
    users = neighbours.users_of(scene.root, _modules(scene), file.relative)
    neighbours.check_callers(users, scene.migration)
    called = {
        move.function
        for move in scene.migration.moves
        if move.action
        and (
            users.of(move.function) or any(_reaches(statement, move.function) for statement in stay)
        )
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
    needed, edits = stubs_in_source(scene, file, called, stay)
    replaced = [scene.statements[name] for name in called]
    needed |= users.among(file.bound) | scene.handlers(file.relative)
    left = leftovers.leftovers(file, statements, replaced, needed)
    for move in scene.migration.moves:
        if move.function in called and move.name != move.function:
            edits += dispatch.accept_both(stay, move.function, move.name)
    return called, edits, left
