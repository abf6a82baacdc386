"""What a move would change although every name still means the same: code that looks names up by
their text, star imports that come later.
"""

from __future__ import annotations

from collections.abc import Iterable

from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError

_BY_TEXT = frozenset({"eval", "exec", "globals"})
_FOLDER = "__file__"


def check_lookups(source: SourceFile, arriving: Iterable[Statement]) -> None:
    """Refuse code that moves and looks into its module: it would look into another one."""
    for statement in arriving:
        found = sorted((_BY_TEXT | {_FOLDER}) & statement.references - source.bound.keys())
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
    if _BY_TEXT & statement.words and _BY_TEXT & statement.references:
        return True
    if name not in statement.words:
        return False
    by_module = "getattr" in statement.references and "__name__" in statement.references
    return by_module or any(binding.name == "__all__" for binding in statement.bindings)


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


def _first(statement: Statement, name: str) -> int:
    places = statement.places_of(name)
    return places[0][0] if places else statement.code
