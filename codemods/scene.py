"""What a move has to do with: the parsed files, and where each moved function stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import libcst as cst

from codemods.closest import closest
from codemods.decorators import check_decorators
from codemods.signatures import Signature, check_payload, signature_of
from codemods.stub_helper import INVOKE
from codemods.syntax import source
from codemods.syntax.meaning import sets_up
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError
from drs_refactor.model import Migration, Move


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

    def handlers(self, *paths: str) -> frozenset[str]:
        """The names of the handlers that stand in these files."""
        functions = self.migration.functions.values()
        return frozenset(f.handler for f in functions if f.path in paths)

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
        handler = migration.functions[move.destination].handler
        if handler in (move.name, move.function):
            raise InputError(
                f"{move.function} would take the place of the handler {handler!r}",
                path=migration.path,
                line=move.line,
                mend="Give it another name: rename",
            )
        assert isinstance(statement.node, cst.FunctionDef)
        if move.action:
            check_decorators(file, statement)
            signatures[move.function] = signature_of(
                statement.node, file.module.code_for_node, file.relative, file.line(statement.code)
            )
            check_payload(move, signatures[move.function], migration.path)
    return Scene(root, migration, files, statements, signatures)


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
        inner = next((s for s in file.statements if _defines(s, move.function)), None)
        if move.function in file.bound or inner is not None:
            bound = inner or file.bound[move.function][-1]
            raise InputError(
                f"{move.function} is no plain function at the top level of the module",
                path=file.relative,
                line=file.line(bound.code),
                mend="Only functions defined at the top level can move",
            )
        functions = [s.node.name.value for s in file.statements if _is_function(s.node)]
        raise InputError(
            f"there is no function {move.function!r} in this file"
            f"{closest(move.function, functions)}",
            path=file.relative,
            line=1,
            mend=f"See {move.source!r} in migration.toml, line {move.line}",
        )
    _check_bound_once(file, statement, move.function)
    return statement


def _is_function(node: cst.CSTNode) -> TypeGuard[cst.FunctionDef]:
    return isinstance(node, cst.FunctionDef)


def _defines(statement: Statement, name: str) -> bool:
    """True if a function of that name stands anywhere in the statement."""
    queue: list[cst.CSTNode] = [statement.node] if name in statement.words else []
    while queue:
        node = queue.pop()
        if _is_function(node) and node.name.value == name:
            return True
        if not isinstance(node, cst.BaseExpression):
            queue.extend(node.children)
    return False


def _check_bound_once(file: SourceFile, statement: Statement, name: str) -> None:
    """Refuse a function that other code puts something in the place of, or sets up."""
    for other in file.statements:
        if other.index == statement.index or name not in other.words:
            continue
        if other in file.bound[name] or name in other.scope.declared_global:
            what = "is bound again here, so its definition is not all that it is"
        elif sets_up(other, name):
            what = "is given attributes here, which its stub would have in its place"
        else:
            continue
        raise InputError(
            f"{name} {what}",
            path=file.relative,
            line=file.line(other.code),
            mend="Write it as one plain function before it moves",
        )
