"""The destination's side of a move: room for the names, what is carried, the functions themselves,
stubs for what went elsewhere, and routes that the handler looks into first.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from codemods import dispatch, imports
from codemods.aliases import renamed
from codemods.caught import exceptions
from codemods.edits import Edit
from codemods.entry import Entry
from codemods.resolve import Resolved
from codemods.routes import BUILTINS_OF_ROUTES, FIRST, FIRST_TEXT, names_of, routes_text
from codemods.scene import Scene
from codemods.stub_helper import STUB_IMPORTS, has_helper, helper_text
from codemods.stubs import stub_text
from codemods.syntax.names import BUILTINS
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError
from drs_refactor.model import Move


def edits_of(scene: Scene, key: str, resolved: Resolved) -> list[Edit]:
    """All edits of one destination file."""
    file = scene.file(key)
    edits = [
        edit for name, alias in resolved.aliased.items() for edit in renamed(file, name, alias)
    ]
    stubs = [m for m in scene.migration.moves if m.function in resolved.stubs]
    absent, taken = _imports_of_stubs(file, resolved) if stubs else ([], [])
    lines = [*dict.fromkeys([*resolved.imports, *absent])]
    guarded = [s for s in resolved.carried if imports.is_import(s) and _stands_alone(s)]
    edits += imports.insertion(file, lines, [_plain(statement.own_text) for statement in guarded])
    entry = Entry.of(file, scene.migration.functions[key].handler)
    pieces = [statement.own_text for statement in resolved.carried if statement not in guarded]
    if stubs and not has_helper(file):
        pieces.append(helper_text(taken, _caught(scene, key, resolved)))
    for move in stubs:
        owner = scene.migration.functions[move.destination]
        signature = scene.signatures[move.function]
        pieces.append(stub_text(move, signature, owner.arn_variable, owner.key, taken))
    arriving = sorted(scene.arriving(key), key=lambda m: scene.statements[m.function].index)
    for move in arriving:
        pieces.append(moved_text(scene.statements[move.function], move))
    pieces += _old_names(scene, arriving)
    owned = scene.owned(key)
    if owned:
        there = entry.has_routes
        _check_routes(file, owned, there, entry.is_plain)
        _check_newcomers(scene, owned, resolved, [*names_of(owned), FIRST])
        pieces.append(routes_text(owned, scene.signatures, there))
        if not there and entry.is_plain:
            edits.append(entry.look_into_routes())
        elif not there:
            pieces.append(FIRST_TEXT)
    wrapped = owned and not there and not entry.is_plain
    block = "\n\n".join(_plain(piece).strip("\n") + "\n" for piece in pieces)
    edits += _blocks(file, entry, resolved, block, entry.wrapping if wrapped else "")
    return [Edit(e.start, e.end, _plain(e.text).replace("\n", file.newline)) for e in edits]


def _caught(scene: Scene, key: str, resolved: Resolved) -> dict[str, str]:
    """What newcomers catch around stubs; its names mean what they meant in the source."""
    arriving = scene.arriving(key)
    around = [*(scene.statements[move.function] for move in arriving), *resolved.carried]
    moved = [scene.statements[name] for name in resolved.stubs]
    found = exceptions(scene.file(arriving[0].source), around, moved)
    bound = {name for s in around for name in s.references}
    return {name: text for name, text in found.items() if text.partition(".")[0] in bound}


def _blocks(
    file: SourceFile, entry: Entry, resolved: Resolved, block: str, wrapping: str
) -> list[Edit]:
    """Above the handler; below it if defaults and annotations need something that is defined
    there, or if it is imported. `wrapping` stands below both.
    """
    handler = entry.statement
    last = max((s.index for name in resolved.shared for s in file.bound[name]), default=0)
    if imports.is_import(handler):
        last = max(s.index for s in file.statements if imports.is_import(s))
    gap = "\n\n"
    if last < handler.index:
        edits = [Edit(handler.own, handler.own, f"{block}{gap}")]
        return [*edits, *([_below(file, handler, f"{gap}{wrapping}")] if wrapping else [])]
    text = f"{gap}{block}{gap}{wrapping}" if wrapping else f"{gap}{block}"
    return [_below(file, file.statements[last], text)]


def _below(file: SourceFile, statement: Statement, text: str) -> Edit:
    before = "" if file.text[statement.end - 1] in "\r\n" else "\n"
    return Edit(statement.end, statement.end, before + text)


def _check_routes(file: SourceFile, owned: list[Move], there: bool, plain: bool) -> None:
    """Refuse to take an action, or a name, that the file has given to something else."""
    names = names_of(owned)[1:] if there else [*names_of(owned), *([] if plain else [FIRST])]
    for name in [*names, *sorted(BUILTINS_OF_ROUTES)]:
        if name in file.bound:
            raise InputError(
                f"the routes need the name {name}, which is taken here",
                path=file.relative,
                line=file.line(file.bound[name][-1].code),
                mend="Rename it",
            )
    for move in owned:
        other = dispatch.answers(file.statements, move.action)
        if other is not None:
            raise InputError(
                f"the action {move.action!r} is answered here already",
                path=file.relative,
                line=file.line(other.code),
                mend=f"Choose another in [[moves]] action (migration.toml, line {move.line})",
            )


def _imports_of_stubs(file: SourceFile, resolved: Resolved) -> tuple[list[str], list[str]]:
    """What the helper of stubs must import, at the module's head and within itself."""
    absent, taken = imports.missing(file, STUB_IMPORTS)
    newcomers = _newcomers(resolved)
    for line in STUB_IMPORTS:
        name = imports.bound_by(line)[0]
        if name in resolved.aliased or newcomers.get(name, line) != line:
            taken.append(line)
    return [line for line in absent if line not in taken], list(dict.fromkeys(taken))


def _newcomers(resolved: Resolved) -> dict[str, str]:
    """The names that come along, with the imports that they are."""
    carried = {binding.name: "" for s in resolved.carried for binding in s.bindings}
    return carried | {imports.bound_by(line)[0]: line for line in resolved.imports}


def _check_newcomers(
    scene: Scene, owned: list[Move], resolved: Resolved, routes: Sequence[str]
) -> None:
    """Refuse to bring along what has a name of the routes, or to call what they hide."""
    source = scene.file(owned[0].source)
    newcomers = _newcomers(resolved).keys() | {move.name for move in owned}
    for name in sorted(newcomers & {*routes, *BUILTINS_OF_ROUTES}):
        raise InputError(
            f"the routes need the name {name}, which would come with what moves",
            path=source.relative,
            line=source.line(source.bound[name][-1].code) if name in source.bound else None,
            mend="Rename it",
        )
    for move in owned:
        if move.name in ("event", "request", "result", move.mutates):
            raise InputError(
                f"{move.name} is the name of a variable of its route too",
                path=scene.migration.path,
                line=move.line,
                mend="Give it another name: rename",
            )


def _stands_alone(statement: Statement) -> bool:
    """True if it needs nothing of its module, so that it can stand among the imports."""
    return statement.references <= BUILTINS | {b.name for b in statement.bindings}


def _plain(text: str) -> str:
    """With \\n for every line end: Python reads all of them as that, within strings too."""
    return text.replace("\r\n", "\n")


def moved_text(statement: Statement, move: Move) -> str:
    """The function as it stands in its source; a rename changes the one token of its `def`."""
    text = statement.own_text
    if move.name == move.function:
        return text
    assert isinstance(statement.node, cst.FunctionDef)
    start, end = statement.place_of(statement.node.name)
    return text[: start - statement.own] + move.name + text[end - statement.own :]


def _old_names(scene: Scene, arriving: list[Move]) -> list[str]:
    """A renamed function that arriving code calls by its old name answers to that too."""
    found = []
    for move in arriving:
        users = [scene.statements[other.function] for other in arriving]
        if move.name != move.function and any(u.refers_to(move.function) for u in users):
            found.append(
                f"# The old name, which the code above calls.\n{move.function} = {move.name}\n"
            )
    return found
