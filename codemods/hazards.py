"""What a move would change although every name still means the same: state that splits in two when
a Lambda function does, code that looks names up by their text, star imports that come later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import libcst as cst

from codemods.meaning import changed_by, is_part_of
from codemods.source import SourceFile, Statement
from drs_refactor.errors import InputError

_BY_TEXT = frozenset({"eval", "exec", "globals"})
_CHANGING = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)
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


def check_state(
    source: SourceFile,
    names: Iterable[str],
    arriving: Collection[int],
    leaving: Collection[int],
) -> None:
    """Refuse to split state: what one side sets, the other would not see any more.

    `arriving` are the statements that the destination has too, `leaving` those that only it has
    afterwards. A carried function that fills a cache works on either side's own.
    """
    for name in sorted(names):
        if name not in source.bound:
            continue
        for statement in source.statements:
            if statement.index not in arriving and writes(statement, name):
                raise _split(source, statement, name, "stays, and code that moves reads it")
        reader = next(
            (s for s in source.statements if s.index not in arriving and s.refers_to(name)), None
        )
        for index in sorted(leaving):
            statement = source.statements[index]
            if reader is not None and writes(statement, name):
                line = source.line(_first(reader, name))
                raise _split(source, statement, name, f"moves, and line {line} reads it")


def _split(source: SourceFile, statement: Statement, name: str, why: str) -> InputError:
    owner = statement.bindings[0].name if statement.bindings else "this code"
    return InputError(
        f"{name} is set by {owner}, which {why}: each side would have its own {name}",
        path=source.relative,
        line=source.line(_first(statement, name)),
        mend="Pass it as a parameter instead",
    )


def _first(statement: Statement, name: str) -> int:
    places = statement.places_of(name)
    return places[0][0] if places else statement.code


def writes(statement: Statement, name: str) -> bool:
    """True if a function or class sets the module's `name`, or what it stands for, when called."""
    if name not in statement.words or name in {b.name for b in statement.bindings}:
        return False
    if not isinstance(statement.node, cst.FunctionDef | cst.ClassDef):
        return False
    if not statement.refers_to(name):
        return False
    nodes = set(statement.scope.nodes_of(name))
    if name in statement.scope.declared_global:  # nobody declares what is only read
        return True
    return any(_changes(node, nodes, name) for node in _nodes(statement.node))


def _changes(node: cst.CSTNode, nodes: set[cst.Name], name: str) -> bool:
    for target in changed_by(node):
        if isinstance(node, cst.Expr):
            if (
                isinstance(target, cst.Attribute)
                and target.attr.value in _CHANGING
                and target.value in nodes
            ):
                return True
        elif is_part_of(target, name) and _holds(target, nodes):
            return True
    return False


def _holds(node: cst.CSTNode, nodes: set[cst.Name]) -> bool:
    return node in nodes or any(_holds(child, nodes) for child in node.children)


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    queue = [node]
    while queue:
        inner = queue.pop()
        yield inner
        if not isinstance(inner, cst.BaseExpression):
            queue.extend(inner.children)
