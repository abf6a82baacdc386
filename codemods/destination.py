"""The destination's side of a move: room for the names, what is carried, the functions themselves,
stubs for what went elsewhere, and routes that the handler looks into first.
"""

from __future__ import annotations

import libcst as cst

from codemods import dispatch, imports
from codemods.edits import Edit
from codemods.names import BUILTINS
from codemods.resolve import Resolved
from codemods.routes import ROUTES, dispatch_text, names_of, routes_text
from codemods.scene import Scene
from codemods.source import SourceFile, Statement
from codemods.stubs import STUB_IMPORTS, has_helper, helper_text, stub_text
from drs_refactor.errors import InputError
from drs_refactor.model import Move


def edits_of(scene: Scene, key: str, resolved: Resolved) -> list[Edit]:
    """All edits of one destination file."""
    file = scene.file(key)
    edits = [
        edit for name, alias in resolved.aliased.items() for edit in _rename(file, name, alias)
    ]
    stubs = [m for m in scene.migration.moves if m.function in resolved.stubs]
    absent, taken = imports.missing(file, STUB_IMPORTS if stubs else ())
    lines = [*dict.fromkeys([*resolved.imports, *absent])]
    guarded = [s for s in resolved.carried if imports.is_import(s) and _stands_alone(s)]
    edits += imports.insertion(file, lines, [_plain(statement.own_text) for statement in guarded])
    handler = _handler(file, scene.migration.functions[key].handler)
    pieces = [statement.own_text for statement in resolved.carried if statement not in guarded]
    if stubs and not has_helper(file):
        pieces.append(helper_text(taken))
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
        there = ROUTES in file.bound
        _check_routes(file, owned, there)
        pieces.append(routes_text(owned, scene.signatures, there))
        edits += [] if there else [_route(file, handler)]
    block = "\n\n".join(_plain(piece).strip("\n") + "\n" for piece in pieces)
    return [*edits, _block(file, handler, resolved, block)]


def _block(file: SourceFile, handler: Statement, resolved: Resolved, block: str) -> Edit:
    """Above the handler; below it if defaults and annotations need something that is defined
    there.
    """
    last = max((s.index for name in resolved.shared for s in file.bound[name]), default=0)
    text, gap = block.replace("\n", file.newline), file.newline * 2
    if last < handler.index:
        return Edit(handler.own, handler.own, f"{text}{gap}")
    place = file.statements[last].end
    before = "" if file.text[place - 1] in "\r\n" else file.newline
    return Edit(place, place, f"{before}{gap}{text}")


def _check_routes(file: SourceFile, owned: list[Move], there: bool) -> None:
    """Refuse to take an action, or a name, that the file has given to something else."""
    for name in names_of(owned)[1 if there else 0 :]:
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


def _stands_alone(statement: Statement) -> bool:
    """True if it needs nothing of its module, so that it can stand among the imports."""
    return statement.references <= BUILTINS | {b.name for b in statement.bindings}


def _plain(text: str) -> str:
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


def _rename(file: SourceFile, name: str, alias: str) -> list[Edit]:
    """Call what the module itself means by `name` by its alias, wherever the module does."""
    edits = []
    for statement in file.statements:
        if name not in statement.words:
            continue
        if imports.is_import(statement) and any(b.name == name for b in statement.bindings):
            edits += _import_alias(file, statement, name, alias)
            continue
        edits += [Edit(start, end, alias) for start, end in statement.places_of(name)]
    return edits


def _import_alias(file: SourceFile, statement: Statement, name: str, alias: str) -> list[Edit]:
    finder = _AliasFinder(name)
    statement.node.visit(finder)
    if finder.found is None or finder.inside_try:
        raise InputError(
            f"{name!r} is imported in a way that cannot be given an alias",
            path=file.relative,
            line=file.line(statement.code),
            mend=f"Import it by a statement of its own: from … import {name}",
        )
    if finder.found.asname is not None:
        start, end = statement.place_of(finder.found.asname.name)
        return [Edit(start, end, alias)]
    start, end = statement.place_of(finder.found.name)
    line = statement.bare_text.rstrip()
    if (
        len(line) + len(alias) + 4 > imports.WIDTH
        and line == f"from {line.split()[1]} import {name}"
    ):
        edits = [("(\n    ", start), (f" as {alias},\n)", end)]
        return [Edit(place, place, t.replace("\n", file.newline)) for t, place in edits]
    return [Edit(end, end, f" as {alias}")]


class _AliasFinder(cst.CSTVisitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.found: cst.ImportAlias | None = None
        self.inside_try = False

    def visit_Try(self, node: cst.Try) -> None:
        self.inside_try = True

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        bound = node.evaluated_alias or node.evaluated_name.partition(".")[0]
        if bound == self._name:
            self.found = node


def _handler(file: SourceFile, name: str) -> Statement:
    statement = file.function(name)
    if statement is None:
        raise InputError(
            f"there is no handler {name!r} in this file",
            path=file.relative,
            mend="Name it in migration.toml: [functions.…] handler",
        )
    return statement


def _route(file: SourceFile, handler: Statement) -> Edit:
    """The look into the routes, as the first statement after the handler's docstring."""
    node = handler.node
    assert isinstance(node, cst.FunctionDef)
    parameters = [*node.params.posonly_params, *node.params.params]
    if not isinstance(node.body, cst.IndentedBlock) or not parameters:
        raise InputError(
            f"{node.name.value} has no body on lines of its own, or no parameter",
            path=file.relative,
            line=file.line(handler.code),
            mend="Write its body on lines of its own",
        )
    body = node.body.body
    first = body[0]
    assert isinstance(first, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    if node.get_docstring() is not None:
        place = _line_end(file, handler.place_of(first)[1])
    else:
        start = handler.place_of(first)[0]
        place = file.text.rfind("\n", 0, start) + 1
        for _ in first.leading_lines:
            place = file.text.rfind("\n", 0, place - 1) + 1
    base = file.text[file.text.rfind("\n", 0, handler.place_of(first)[0]) + 1 :]
    base = base[: len(base) - len(base.lstrip(" \t"))]
    text = dispatch_text(parameters[0].name.value, file.indent, base)
    return Edit(place, place, text.replace("\n", file.newline))


def _line_end(file: SourceFile, place: int) -> int:
    end = file.text.find("\n", place)
    return len(file.text) if end < 0 else end + 1
