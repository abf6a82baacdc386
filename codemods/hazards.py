"""What a move would change although every name still means the same: code that looks names up by
their text, star imports that come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from codemods.syntax.lookups import reached_by_text, reaches
from codemods.syntax.names import BUILTINS
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError

_BY_TEXT = frozenset({"eval", "exec", "globals"})
_FOLDER = "__file__"


def check_lookups(source: SourceFile, arriving: Iterable[Statement]) -> None:
    """Refuse code that moves and looks into its module: it would look into another one."""
    for statement in arriving:
        found = sorted((_BY_TEXT | {_FOLDER}) & statement.references - source.bound.keys())
        if not found and reached_by_text(statement):
            found = ["sys.modules" if "modules" in statement.words else "its __name__"]
        if found:
            what = "its file's folder" if found[0] == _FOLDER else "its module by text"
            mend = (
                "Take the path from a variable, or the content from a module that both import"
                if found[0] == _FOLDER
                else "Write the names out before it moves"
            )
            name = statement.bindings[0].name if statement.bindings else "this code"
            raise InputError(
                f"{name} would move and looks into {what}, with {found[0]}",
                path=source.relative,
                line=source.line(_first(statement, found[0])),
                mend=mend,
            )


def looks_up(statement: Statement, name: str) -> bool:
    """True if a statement may reach the module's `name` by its text: `globals()[…]`, `__all__`."""
    if name in statement.words and any(b.name == "__all__" for b in statement.bindings):
        return True
    return reaches(statement, name)


def check_renamed(destination: SourceFile, names: Iterable[str], source: SourceFile) -> None:
    """Refuse to give an alias to what code there may look up by its text."""
    for name in sorted(names):
        for statement in destination.statements:
            if reaches(statement, name):
                raise InputError(
                    f"{name!r} must be given an alias, and this code may look it up by its text",
                    path=destination.relative,
                    line=destination.line(statement.code),
                    mend=f"Write the names out here, or rename {name} in {source.relative}",
                )


def newly_reached(destination: SourceFile, names: Iterable[str]) -> Iterator[str]:
    """Lines that tell of code which looks names up by their text and would find newcomers."""
    arriving = sorted(set(names) - destination.bound.keys())
    for statement in destination.statements:
        found = [name for name in arriving if reaches(statement, name)]
        if found:
            line = destination.line(statement.code)
            what = f"looks names up by text, and finds {' and '.join(found)} now"
            yield f"{destination.relative}:{line}: {what}"


def check_star_imports(destination: SourceFile, names: Iterable[str], below: int) -> None:
    """Refuse names that a star import further down may bind again."""
    for statement in destination.statements[below:]:
        if statement.imports_star and (found := sorted(names)):
            raise InputError(
                f"{found[0]!r} would arrive above this import, whose names cannot be told",
                path=destination.relative,
                line=destination.line(statement.code),
                mend="Import by name, or move it above the handler",
            )


def check_future(
    source: SourceFile, destination: SourceFile, arriving: Iterable[Statement]
) -> None:
    """Refuse annotations that one module evaluates and the other keeps as texts."""
    here, there = ("annotations" in file.future for file in (source, destination))
    for statement in arriving if here != there else ():
        if _annotated(statement.node):
            has, lacks = (source, destination) if here else (destination, source)
            raise InputError(
                f"{has.relative} has `from __future__ import annotations`, without which the "
                f"annotations in line {source.line(statement.code)} of {source.relative} are "
                "evaluated",
                path=lacks.relative,
                line=1,
                mend="Add that import here before migrating",
            )


def check_handlers(
    source: SourceFile, carried: Iterable[Statement], handlers: frozenset[str]
) -> None:
    """Refuse to bring a handler along: it would leave its own file, or take another's place."""
    for statement in carried:
        for binding in statement.bindings:
            if binding.name in handlers:
                raise InputError(
                    f"code that moves uses {binding.name}, the name of a handler",
                    path=source.relative,
                    line=source.line(statement.code),
                    mend="Rename it, or put what is needed of it into a function of its own",
                )


def check_globals(source: SourceFile, arriving: list[Statement]) -> None:
    """Refuse a name that only `global` statements bind, and that both sides of the move use."""
    went = {statement.index for statement in arriving}
    names = {name for statement in arriving for name in statement.references}
    for name in sorted(names - source.bound.keys() - BUILTINS):
        users = [s for s in source.statements if name in s.words and s.refers_to(name)]
        setter = next((s for s in users if name in s.scope.declared_global), None)
        stays = next((s for s in users if s.index not in went), None)
        if setter is not None and stays is not None:
            raise InputError(
                f"{name} is bound by `global` alone, and used on both sides of the move",
                path=source.relative,
                line=source.line(stays.code),
                mend=f"Pass {name} as an argument, or make it where it is used",
            )


def _annotated(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.FunctionDef):
        return isinstance(node, cst.ClassDef)
    params = node.params
    plain = [*params.posonly_params, *params.params, *params.kwonly_params]
    return node.returns is not None or any(p.annotation is not None for p in plain)


def _first(statement: Statement, name: str) -> int:
    places = statement.places_of(name)
    return places[0][0] if places else statement.code
